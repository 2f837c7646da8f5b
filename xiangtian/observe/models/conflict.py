"""Lists of stations that were compared with what is registered, and where they disagree."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class StationList(models.Model):
    """A list that was read and compared: which, by whom, with what result."""

    time = models.DateTimeField()
    form = models.CharField(max_length=20)
    """Key of the reader, `metadata.lists.FORMATS`."""
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    actor = models.CharField(max_length=150)
    counts = models.JSONField()
    """Stations by verdict (new, same, differs, impossible, elsewhere); differences, fresh and settled ones."""
    refused = models.JSONField(default=list)
    """Lines that could not be used, as [line, station, reason]; the first hundred."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-time"])]

    def __str__(self) -> str:
        return f"{self.name} ({self.form})"


class Conflict(models.Model):
    """One difference between a list and the register; settled once, it does not come back."""

    FIELDS: ClassVar = [
        ("new", "新站"), ("position", "位置"), ("altitude", "海拔"), ("name", "站名"), ("opened", "起始日期"),
        ("closed", "终止日期"), ("impossible", "不可能的位置"),
    ]  # fmt: skip
    DECISIONS: ClassVar = [("keep", "保留本库"), ("take", "采用来源"), ("move", "记为迁站"), ("other", "另填数值")]

    fingerprint = models.CharField(max_length=64, unique=True)
    """Hash of form, station, field and what the list says: the same claim is settled once."""
    listed = models.ForeignKey(StationList, on_delete=models.PROTECT, related_name="conflicts")
    form = models.CharField(max_length=20)
    code = models.CharField(max_length=32)
    district = models.CharField(max_length=6, blank=True)
    field = models.CharField(max_length=12, choices=FIELDS)
    ours = models.JSONField(null=True)
    theirs = models.JSONField()
    suggested = models.JSONField(null=True)
    """What the list probably meant, where it can't mean what it says."""
    distance_m = models.FloatField(null=True)
    note = models.CharField(max_length=300, blank=True)
    valid_from = models.DateField(null=True)
    """First day of the period the list speaks of; None: of the present."""
    found = models.DateTimeField()
    decision = models.CharField(max_length=5, choices=DECISIONS, blank=True)
    value = models.JSONField(null=True)
    since = models.DateField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    settled = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(settled=None, decision="") | (Q(settled__isnull=False) & ~Q(decision="") & ~Q(reason="")),
                name="conflict_settled_with_reason",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["settled", "code"])]

    def __str__(self) -> str:
        return f"{self.code} {self.field} ({self.form})"
