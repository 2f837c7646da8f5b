"""The topic hierarchy of WIS2: which topics there are, and what one may be subscribed to or published under.

`channel/version/system/centre/kind[/policy/discipline/…]`, as in
`origin/a/wis2/cn-cma/data/core/weather/surface-based-observations/synop`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from xiangtian.observe.wis2.ids import CENTRE

CHANNELS = ("origin", "cache")
KINDS = ("data", "metadata", "reports")
POLICIES = ("core", "recommended")
BELOW: dict[str, frozenset[str]] = {
    "": frozenset({
        "weather", "climate", "hydrology", "atmospheric-composition", "cryosphere", "ocean", "space-weather",
    }),
    "weather": frozenset({
        "advisories-warnings", "aviation", "prediction", "space-based-observations", "surface-based-observations",
        "experimental",
    }),
    "weather/surface-based-observations": frozenset({
        "synop", "temp", "ship", "fixed-marine-platforms", "temp-ship", "wind-profile", "wind-profile-ship",
        "wind-profile-radar", "temperature-profile-radar", "weather-radar", "vertical-profilers", "gnss-iwv",
    }),
}  # fmt: skip
"""What stands below a discipline, as far as this house knows it; elsewhere only the form of a word is checked."""
WORD = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
SYNOP = "weather/surface-based-observations/synop"
CORE_LEVELS = 6
LEVELS = ("channel", "version", "system", "centre-id", "notification-type", "data-policy")


class TopicError(ValueError):
    """No topic of WIS2; the message names the level, what stands there and what is allowed."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic in its parts; `policy` and `subject` are "" where the kind has none."""

    channel: str
    centre: str
    kind: str
    policy: str = ""
    subject: str = ""


def synop(centre: str) -> str:
    """Give the topic of our surface observations.

    >>> synop("cn-cma")
    'origin/a/wis2/cn-cma/data/core/weather/surface-based-observations/synop'
    """
    return f"origin/a/wis2/{centre}/data/core/{SYNOP}"


def metadata(centre: str) -> str:
    """Give the topic of our discovery records.

    >>> metadata("cn-cma")
    'origin/a/wis2/cn-cma/metadata'
    """
    return f"origin/a/wis2/{centre}/metadata"


def parse(topic: str) -> Topic:
    """Read a topic that something is published under.

    Parameters
    ----------
    topic : str
        Without wildcards.

    Returns
    -------
    Topic
        Its parts.

    Raises
    ------
    TopicError
        If a level is missing or not known.

    References
    ----------
    WIS2 Topic Hierarchy (Manual on WIS, WMO-No. 1060, volume II, appendix D): /req/core/conventions, /centre-id,
    /publishing; tables of July 2025.
    """
    words = topic.split("/")
    if len(words) < LEVELS.index("notification-type") + 1:
        raise TopicError(f"{topic!r} has {len(words)} levels; at least channel/version/system/centre/type are needed")
    for place, word in enumerate(words):
        _check(words, place, word)
    if words[4] == "data" and len(words) <= CORE_LEVELS + 1:
        raise TopicError(f"{topic!r} ends too early: data are published at least below a discipline's first level")
    return Topic(words[0], words[3], words[4], "".join(words[5:6]), "/".join(words[CORE_LEVELS:]))


def check_subscription(topic: str) -> str:
    """Give a subscription back if it can name topics of WIS2; `+` stands for one level, a last `#` for all below.

    Raises
    ------
    TopicError
        If a level is not known, or `#` stands elsewhere than at the end.
    """
    words = topic.split("/")
    if "#" in words[:-1]:
        raise TopicError(f"{topic!r}: # may stand at the end only")
    for place, word in enumerate(words):
        if word not in ("+", "#"):
            _check(words, place, word)
    return topic


def _check(words: list[str], place: int, word: str) -> None:
    known = _known(words, place)
    if known is not None and word not in known:
        level = LEVELS[place] if place < CORE_LEVELS else f"level {place + 1}"
        raise TopicError(f"{word!r} is no {level} of WIS2 in {'/'.join(words)!r}; allowed: {', '.join(sorted(known))}")
    if known is None and not (CENTRE if place == LEVELS.index("centre-id") else WORD).fullmatch(word):
        raise TopicError(f"{word!r} in {'/'.join(words)!r} is no topic level: lower-case words with dashes are needed")


def _known(words: list[str], place: int) -> frozenset[str] | None:
    fixed = (CHANNELS, ("a",), ("wis2",), None, KINDS, POLICIES)
    if place < CORE_LEVELS:
        return frozenset(allowed) if (allowed := fixed[place]) else None
    return BELOW.get("/".join(words[CORE_LEVELS:place]))
