"""Counting what was refused, so that one broken file of ten thousand parts does not give ten thousand lines."""

from __future__ import annotations

from collections.abc import Iterable

from xiangtian.observe.reading import Refusal


class Unfit(ValueError):
    """A part of a message is not as its format says; its words are for the duty officer."""


MOST_REASONS = 200
"""More different reasons than these in one message are told as a number only."""


class Refusals:
    """Collects refusals; equal reasons become one, with the places where they stood."""

    def __init__(self) -> None:
        self._parts: dict[str, list[str]] = {}
        self._counts: dict[str, int] = {}
        self._untold = 0

    def add(self, reason: str, part: str = "") -> None:
        """Note that `part` was refused for `reason`."""
        if reason not in self._counts:
            if len(self._counts) >= MOST_REASONS:
                self._untold += 1
                return
            self._counts[reason], self._parts[reason] = 0, []
        self._counts[reason] += 1
        if part and len(self._parts[reason]) < 3:
            self._parts[reason].append(part)

    def extend(self, refusals: Iterable[Refusal]) -> None:
        """Note several refusals."""
        for refusal in refusals:
            self.add(refusal.reason, refusal.part)

    def __bool__(self) -> bool:
        return bool(self._counts)

    def told(self) -> tuple[Refusal, ...]:
        """Give one refusal a reason, in the order in which the reasons first came."""
        told = [Refusal(reason, self._where(reason)) for reason in self._counts]
        if self._untold:
            told.append(Refusal(f"{self._untold} further parts were refused for other reasons"))
        return tuple(told)

    def _where(self, reason: str) -> str:
        parts, count = self._parts[reason], self._counts[reason]
        if not parts:
            return f"{count} times" if count > 1 else ""
        return ", ".join(parts) + (f" and {count - len(parts)} more" if count > len(parts) else "")
