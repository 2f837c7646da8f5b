"""What a message's status and times say about how it is marked, whom it may reach and how urgent it is."""

from __future__ import annotations

import datetime as dt

MARKS = {"Exercise": ("【演练】", "EXERCISE"), "Test": ("【测试】", "TEST")}
"""How every text of an exercise or test begins, Chinese and English. Actual messages carry no mark."""

RESTRICTIONS = {
    "Exercise": "演练信息，仅限参加演练的单位和人员，不得向社会传播。 Exercise: participants only, not for the public.",
    "Test": "测试信息，仅限参加测试的单位和人员，不得向社会传播。 Test: participants only, not for the public.",
}
"""The restriction of an exercise or test, whose scope is never Public: readers have shown such alerts to people."""


def marks(status: str) -> tuple[str, str]:
    """Give the Chinese and English mark of a status; empty for Actual.

    Raises
    ------
    ValueError
        If the status is none of Actual, Exercise, Test.
    """
    if status == "Actual":
        return "", ""
    try:
        return MARKS[status]
    except KeyError:
        raise ValueError(f"status {status!r}; this house sends Actual, Exercise or Test") from None


def urgency(msg_type: str, sent: dt.datetime, onset: dt.datetime) -> str:
    """Give CAP urgency from the time between sent and onset.

    Parameters
    ----------
    msg_type : str
        Alert, Update or Cancel; what is cancelled is Past.
    sent, onset : dt.datetime
        When the message is sent and the event begins, aware.

    Returns
    -------
    str
        Immediate under one hour, Expected under six, else Future.

    References
    ----------
    FMI CAP profile (Finnish Meteorological Institute), rule for urgency.
    """
    if msg_type == "Cancel":
        return "Past"
    hours = (onset - sent).total_seconds() / 3600
    return "Immediate" if hours < 1 else "Expected" if hours < 6 else "Future"
