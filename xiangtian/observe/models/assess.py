"""Months that are closed, and the rule tables that figures were judged under."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from xiangtian.core.models import Person


class KeptRule(models.Model):
    """The whole text of a rule table as it was when it first judged something; its version is its hash."""

    version = models.CharField(max_length=12, unique=True)
    table = models.CharField(max_length=60)
    content = models.JSONField()
    kept = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.table} {self.version}"


class ClosedMonth(models.Model):
    """A month whose bulletin is frozen: nothing that its figures stand on may change any more."""

    month = models.DateField(unique=True)
    """Its first day."""
    closed = models.DateTimeField()
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=120)
    """What closed it: number or hash of the bulletin."""

    class Meta:
        ordering: ClassVar = ["-month"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
