"""People, units and shifts of the bureau; facts; the ledger."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models


class Unit(models.Model):
    """A unit of the bureau: the city's, or a county's with its districts."""

    code = models.CharField(max_length=14, unique=True)
    zh = models.CharField(max_length=60)
    en = models.CharField(max_length=60)
    districts = models.JSONField(default=list)
    """Six-digit codes of the districts this unit may act for; empty: none."""

    def __str__(self) -> str:
        return self.zh


class Person(AbstractUser):
    """Somebody who can log in: a member of a unit with roles; what they may do is asked in `core/people.py`."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    zh = models.CharField(max_length=40)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True)
    roles = models.JSONField(default=list)
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.zh or self.username


class Shift(models.Model):
    """Who is on duty from when to when; a warning is drafted and signed by people on shift."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="shifts")
    starts = models.DateTimeField()
    ends = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(ends__gt=models.F("starts")), name="shift_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.starts:%m-%d %H:%M} - {self.ends:%m-%d %H:%M}"


class Fact(models.Model):
    """Something that happened in one room and may matter to a higher one; written with what it tells of."""

    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    detail = models.JSONField(default=dict)
    time = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class FactCursor(models.Model):
    """How far one listener has read the facts."""

    listener = models.CharField(max_length=60, unique=True)
    fact = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.listener} at {self.fact}"


class LedgerEntry(models.Model):
    """One line of the ledger; each holds the hash of the line before it, none is ever changed or deleted."""

    time = models.DateTimeField()
    actor = models.CharField(max_length=80)
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject"])]

    def __str__(self) -> str:
        return f"{self.time:%Y-%m-%d %H:%M:%S} {self.actor} {self.verb} {self.subject}"
