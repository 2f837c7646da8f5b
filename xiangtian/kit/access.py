"""Who asks by program, and what they may see: a partner's token, or somebody of the house who is logged in.

Nobody else is answered. A token comes in the header `Authorization: Bearer` and nowhere else: an address is
written into logs and histories. The limit of calls is kept by each process for itself (`xiangtian serve` is one).
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from xiangtian.core import clock
from xiangtian.core.elements import NAMES
from xiangtian.core.models import Person
from xiangtian.core.people import rights
from xiangtian.kit.models import Token
from xiangtian.kit.partners import digest

PEOPLE_PER_MINUTE = 600
WINDOW_S = 60.0


class Refused(Exception):
    """Nobody is let in; the message says why, `status` is 401, 403 or 429."""

    def __init__(self, status: int, words: str, wait_s: int = 0) -> None:
        super().__init__(words)
        self.status = status
        self.wait_s = wait_s


@dataclass(frozen=True)
class Scope:
    """What somebody may see.

    Attributes
    ----------
    partner : int or None
        Number of the partner; None: a person of the house.
    districts : frozenset of str
        Codes of the districts whose stations they may see.
    elements : tuple of str
        Elements they may see, in the order of the catalogue.
    """

    partner: int | None
    districts: frozenset[str]
    elements: tuple[str, ...]


class _Calls:
    """When each reader asked within the last minute, seconds of real time."""

    lock = threading.Lock()
    times: defaultdict[str, deque[float]] = defaultdict(deque)


def enter(headers: Mapping[str, str], user: Person | AnonymousUser) -> Scope:
    """Tell what whoever asks may see, and count the call against their limit.

    Parameters
    ----------
    headers : Mapping
        Headers of the request; with `Authorization` the token decides, whoever is logged in.
    user : Person or AnonymousUser
        Who is logged in.

    Returns
    -------
    Scope
        Of the partner, or of the person's unit with all elements.

    Raises
    ------
    Refused
        401 without a valid token or log-in, 403 without the right to view, 429 beyond the limit.
    """
    if given := headers.get("Authorization", ""):
        return _of_token(given)
    if not isinstance(user, Person):
        raise Refused(401, "须带令牌 Authorization: Bearer … 或先登录 (a token or a log-in is needed)")
    if "view" not in rights(user):
        raise Refused(403, f"{user} 没有权限查看 (no right view)")
    _limit(f"person:{user.pk}", PEOPLE_PER_MINUTE)
    return Scope(None, frozenset(user.unit.districts if user.unit else ()), NAMES)


def _of_token(given: str) -> Scope:
    kind, _, secret = given.partition(" ")
    row = None
    if kind.lower() == "bearer":
        row = Token.objects.select_related("partner").filter(digest=digest(secret.strip())).first()
    now = clock.now()
    if row is None or row.revoked or row.expires <= now:
        raise Refused(401, "令牌无效、已过期或已撤销 (the token is unknown, expired or revoked)")
    partner, day = row.partner, clock.administrative_day(now)
    if not partner.active or day < partner.valid_from or (partner.valid_to and day > partner.valid_to):
        raise Refused(403, f"合作单位“{partner}”的协议此刻不生效 (the agreement is not in force now)")
    _limit(f"token:{row.pk}", partner.per_minute)
    held = set(partner.elements)
    return Scope(partner.pk, frozenset(partner.districts), tuple(name for name in NAMES if name in held))


def _limit(reader: str, most: int) -> None:
    now = clock.wall()
    with _Calls.lock:
        times = _Calls.times[reader]
        while times and times[0] <= now - WINDOW_S:
            times.popleft()
        if len(times) < most:
            times.append(now)
            return
        wait_s = int(times[0] + WINDOW_S - now) + 1
    raise Refused(429, f"每分钟至多 {most} 次，请 {wait_s} 秒后再来 (at most {most} calls a minute)", wait_s)
