"""The four colours of Chinese warning signals: rank, level, words, and what CAP calls them."""

from __future__ import annotations

from enum import IntEnum


class Colour(IntEnum):
    """A signal's colour; a larger number is more severe (CMA Order 16, 2007: IV blue to I red)."""

    BLUE = 1
    YELLOW = 2
    ORANGE = 3
    RED = 4

    @property
    def key(self) -> str:
        """The colour's name in rule tables and messages: blue, yellow, orange, red."""
        return self.name.lower()

    @property
    def zh(self) -> str:
        """What the public reads: 蓝色, 黄色, 橙色, 红色."""
        return _ZH[self]

    @property
    def level(self) -> str:
        """Roman level: IV for blue to I for red."""
        return _LEVEL[self]

    @property
    def level_zh(self) -> str:
        """The level in words: Ⅳ级（一般） to Ⅰ级（特别严重）."""
        return _LEVEL_ZH[self]

    @property
    def severity(self) -> str:
        """CAP severity: blue Minor, yellow Moderate, orange Severe, red Extreme."""
        return _SEVERITY[self]


_ZH = {Colour.BLUE: "蓝色", Colour.YELLOW: "黄色", Colour.ORANGE: "橙色", Colour.RED: "红色"}
_LEVEL = {Colour.BLUE: "IV", Colour.YELLOW: "III", Colour.ORANGE: "II", Colour.RED: "I"}
_LEVEL_ZH = {
    Colour.BLUE: "Ⅳ级（一般）",
    Colour.YELLOW: "Ⅲ级（较重）",
    Colour.ORANGE: "Ⅱ级（严重）",
    Colour.RED: "Ⅰ级（特别严重）",
}
_SEVERITY = {Colour.BLUE: "Minor", Colour.YELLOW: "Moderate", Colour.ORANGE: "Severe", Colour.RED: "Extreme"}


def colour(name: str) -> Colour:
    """Read a colour's key.

    Raises
    ------
    ValueError
        If the name is none of the four; the message lists them.

    Examples
    --------
    >>> colour("orange").zh
    '橙色'
    """
    try:
        return Colour[name.upper()]
    except KeyError:
        raise ValueError(f"no signal colour {name!r}; allowed: blue, yellow, orange, red") from None
