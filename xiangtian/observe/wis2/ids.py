"""Identifiers of WIS2: of a centre, of a dataset's record, of a notification."""

from __future__ import annotations

import re
import uuid

CENTRE = re.compile(r"[a-z]{2,}(-[a-z0-9_]+)+")
TEST = "-test"
"""What ends the identifier of a centre that only tries: everybody may use it, nobody takes its data for real."""
DATASET = "surface-based-observations.synop"
"""Our one dataset: hourly surface observations."""


class CentreError(ValueError):
    """No centre identifier; the message says what is allowed."""


def centre(text: str) -> str:
    """Give a centre identifier back if it is one.

    Parameters
    ----------
    text : str
        Top-level domain and name with a dash between, in lower case: `cn-cma`, `cn-cma-suzhou-test`.

    Returns
    -------
    str
        The same.

    Raises
    ------
    CentreError
        If it is none.

    References
    ----------
    WIS2 Topic Hierarchy, requirements /req/core/centre-id and /req/core/conventions. Centres are registered with WMO;
    this checks the form only.
    """
    if not CENTRE.fullmatch(text):
        words = f"“{text}”不是 WIS2 中心标识：应为小写的 国别-名称，如 cn-cma-suzhou"
        raise CentreError(f"{words} (lower-case words with dashes, the top-level domain first)")
    return text


def for_exercise(text: str) -> str:
    """Give the identifier under which a centre tries: with `-test` at its end.

    >>> for_exercise("cn-cma-suzhou"), for_exercise("cn-cma-suzhou-test")
    ('cn-cma-suzhou-test', 'cn-cma-suzhou-test')
    """
    return text if text.endswith(TEST) else text + TEST


def metadata_id(centre_id: str, dataset: str = DATASET) -> str:
    """Give the identifier of a dataset's discovery record.

    >>> metadata_id("cn-cma")
    'urn:wmo:md:cn-cma:surface-based-observations.synop'

    References
    ----------
    WMO Core Metadata Profile 2, requirement /req/core/identifier.
    """
    return f"urn:wmo:md:{centre_id}:{dataset}"


def message_id(data_id: str, sha256: str, pubtime: str) -> str:
    """Give the UUID of a notification: the same content published at the same moment has the same one (RFC 4122, 4.3).

    >>> message_id("cn-cma/a", "00", "2026-07-01T00:00:00Z") == message_id("cn-cma/a", "00", "2026-07-01T00:00:00Z")
    True
    """
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"wis2:{data_id}#{sha256}@{pubtime}"))
