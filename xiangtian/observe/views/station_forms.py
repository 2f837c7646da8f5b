"""How the forms of stations are read: days, moments in Beijing time, numbers, corrections."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from xiangtian.core import clock

FIELD = "%Y-%m-%dT%H:%M"


class FieldRefused(ValueError):
    """A field of a form can't be read; the message names it."""


class Fields:
    """The fields of a form that was sent.

    Parameters
    ----------
    sent : mapping
        Name to text.
    """

    def __init__(self, sent: Mapping[str, str]) -> None:
        self._sent = sent

    def text(self, name: str) -> str:
        """Give a text without blanks around it; "" where there is none."""
        return str(self._sent.get(name, "")).strip()

    def number(self, name: str) -> float:
        """Give a number.

        Raises
        ------
        FieldRefused
            If there is none.
        """
        try:
            return float(self.text(name))
        except ValueError as error:
            raise FieldRefused(f"“{self.text(name)}”不是数字：{name} (no number)") from error

    def maybe(self, name: str) -> float | None:
        """Give a number, or None where the field is empty."""
        return self.number(name) if self.text(name) else None

    def whole(self, name: str) -> int:
        """Give a whole number.

        Raises
        ------
        FieldRefused
            If there is none.
        """
        try:
            return int(self.text(name))
        except ValueError as error:
            raise FieldRefused(f"“{self.text(name)}”不是整数：{name} (no whole number)") from error

    def day(self, name: str) -> dt.date | None:
        """Give a date, or None where the field is empty.

        Raises
        ------
        FieldRefused
            If it is no date.
        """
        try:
            return dt.date.fromisoformat(self.text(name)) if self.text(name) else None
        except ValueError as error:
            raise FieldRefused(f"“{self.text(name)}”不是日期，应如 2026-07-01 (no date)") from error

    def a_day(self, name: str) -> dt.date:
        """Give a date.

        Raises
        ------
        FieldRefused
            If there is none.
        """
        found = self.day(name)
        if found is None:
            raise FieldRefused("请填写日期 (a date is needed)")
        return found

    def moment(self, name: str) -> dt.datetime | None:
        """Give a moment that was written in Beijing time, or None where the field is empty.

        Raises
        ------
        FieldRefused
            If it is no moment.
        """
        try:
            return _beijing(self.text(name)) if self.text(name) else None
        except ValueError as error:
            raise FieldRefused(f"“{self.text(name)}”不是时间，应如 2026-07-01T08:00 (no moment)") from error

    def a_moment(self, name: str) -> dt.datetime:
        """Give a moment that was written in Beijing time.

        Raises
        ------
        FieldRefused
            If there is none.
        """
        found = self.moment(name)
        if found is None:
            raise FieldRefused("请填写时间 (a moment is needed)")
        return found

    def pairs(self, name: str) -> tuple[tuple[float, float], ...]:
        """Give pairs of numbers, one pair a line.

        Raises
        ------
        FieldRefused
            If a line holds something else.
        """
        lines = [line.replace(",", " ").split() for line in self.text(name).splitlines() if line.strip()]
        try:
            return tuple((float(first), float(second)) for first, second in lines)
        except ValueError as error:
            raise FieldRefused("订正值每行写“示值 订正值”两个数 (two numbers a line)") from error


def _beijing(text: str) -> dt.datetime:
    return dt.datetime.strptime(text[:16], FIELD).replace(tzinfo=clock.BEIJING).astimezone(clock.UTC)
