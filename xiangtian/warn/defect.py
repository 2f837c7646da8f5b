"""What is wrong with an alert, in a code for machines and words for people."""

from __future__ import annotations

from dataclasses import dataclass

HARMLESS = ("notice.", "profile.")
"""Codes that begin so don't make an alert invalid: untidiness, and a profile not kept."""


@dataclass(frozen=True)
class Defect:
    """One thing wrong.

    Attributes
    ----------
    code : str
        Stable, lower case: `refused.*` (not read at all), `content.*` (no alert), `structure.*`, `semantic.*`,
        `signature.*`, `profile.*`, and `notice.*` for what is harmless.
    words : str
        What was found, where, and what is allowed.
    """

    code: str
    words: str

    @property
    def harmless(self) -> bool:
        """Whether the alert stays valid in spite of it."""
        return self.code.startswith(HARMLESS)
