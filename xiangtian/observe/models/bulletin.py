"""Monthly bulletins: drafted, open for appeals, frozen; and what was added to a frozen one later.

The database refuses to change or delete a frozen bulletin and any addendum (migration 0005).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from xiangtian.core.models import Person


class Bulletin(models.Model):
    """The bulletin of one month."""

    STATES: ClassVar = [("draft", "起草"), ("open", "公示申诉"), ("frozen", "已定稿")]

    month = models.DateField(unique=True)
    """Its first day."""
    number = models.CharField(max_length=60)
    """Document number (发文字号)."""
    state = models.CharField(max_length=6, choices=STATES, default="draft")
    content = models.JSONField()
    hash = models.CharField(max_length=64, blank=True)
    """SHA-256 over the previous link's hash and the canonical content; of a frozen one."""
    previous = models.CharField(max_length=64, blank=True)
    files = models.JSONField(default=dict)
    """Kind of file to the SHA-256 of its bytes."""
    drafted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    drafted = models.DateTimeField()
    opened = models.DateTimeField(null=True)
    appeals_until = models.DateTimeField(null=True)
    frozen_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    frozen = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-month"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(frozen_by=None) | ~Q(frozen_by=F("drafted_by")), name="bulletin_four_eyes"
            ),
            models.CheckConstraint(
                condition=~Q(state="frozen") | (Q(frozen_by__isnull=False) & ~Q(hash="")), name="bulletin_frozen_whole"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.number}"


class Addendum(models.Model):
    """What must be said after a bulletin was frozen (补遗); a link of the same chain."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.PROTECT, related_name="addenda")
    place = models.IntegerField()
    """1, 2, 3 ... of its bulletin."""
    content = models.JSONField()
    hash = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["bulletin", "place"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bulletin", "place"], name="addendum_once_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.bulletin} 补遗{self.place}"
