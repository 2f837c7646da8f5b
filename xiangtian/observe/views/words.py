"""How the pages of stations write elements, units, districts, delays."""

from __future__ import annotations

from django.utils.translation import get_language

from xiangtian.core.elements import Element
from xiangtian.core.places import city

UNITS = {"degC": "℃", "m s-1": "m/s", "degree": "°", "W m-2": "W/m²", "ug m-3": "µg/m³", "mg m-3": "mg/m³", "1": ""}
"""Units as people here write them, where the catalogue's own differ."""


def english() -> bool:
    """Tell whether the reader reads English."""
    return (get_language() or "").startswith("en")


def called(element: Element) -> str:
    """Name an element in the reader's language."""
    return element.en if english() else element.zh


def unit_words(element: Element) -> str:
    """Write an element's unit."""
    return UNITS.get(element.unit, element.unit)


def district_name(code: str) -> str:
    """Name a district in the reader's language; the code where it is unknown."""
    one = city().by_code.get(code)
    return code if one is None else (one.en if english() else one.zh)


def districts() -> list[tuple[str, str]]:
    """Give code and name of every district."""
    return [(one.code, one.en if english() else one.zh) for one in city().districts]
