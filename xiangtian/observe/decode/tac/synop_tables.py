"""Code tables of SYNOP text reports (WMO-No. 306, volume I.1, section C)."""

from __future__ import annotations

from xiangtian.observe.decode.refusals import Unfit

BY_EYE_M = (0, 50, 200, 500, 1000, 2000, 4000, 10000, 20000, 50000)
"""Code table 4377, figures 90 to 99: the lower bound of the class."""
PERIODS_H = {"1": 6, "2": 12, "3": 18, "4": 24, "5": 1, "6": 2, "7": 3, "8": 9, "9": 15}
"""Code table 4019 (tR)."""


def visibility(digits: str) -> float:
    """Read horizontal visibility (m) by code table 4377; classes give their lower bound.

    >>> [visibility(digits) for digits in ("00", "50", "56", "81", "89", "97")]
    [0.0, 5000.0, 6000.0, 35000.0, 70000.0, 10000.0]

    Raises
    ------
    Unfit
        If the figure is one of 51 to 55, which are not used.
    """
    figure = int(digits)
    if figure <= 50:
        return figure * 100.0
    if figure <= 55:
        raise Unfit(f"visibility {figure} is not used (code table 4377)")
    if figure <= 80:
        return (figure - 50) * 1000.0
    if figure <= 89:
        return (figure - 80) * 5000.0 + 30000.0 if figure < 89 else 70000.0
    return float(BY_EYE_M[figure - 90])


def rain(digits: str) -> float:
    """Read an amount of rain (mm) by code table 3590; a trace (990) is 0.

    >>> [rain(digits) for digits in ("000", "017", "989", "990", "991", "999")]
    [0.0, 17.0, 989.0, 0.0, 0.1, 0.9]
    """
    figure = int(digits)
    return float(figure) if figure < 990 else (figure - 990) / 10


def period_h(digit: str) -> int:
    """Read the period of a rain amount (h) by code table 4019; 0 where it tells none."""
    return PERIODS_H.get(digit, 0)


def cloud_base(figure: int) -> float | None:
    """Read the height of a cloud's base (m) by code table 1677; None for classes (90 to 99) and unused figures.

    >>> [cloud_base(figure) for figure in (0, 50, 56, 81, 95)]
    [0.0, 1500.0, 1800.0, 10500.0, None]
    """
    if figure <= 50:
        return figure * 30.0
    if 56 <= figure <= 80:
        return (figure - 50) * 300.0
    if 81 <= figure <= 88:
        return (figure - 80) * 1500.0 + 9000.0
    return None
