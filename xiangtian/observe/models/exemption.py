"""Exemptions: times that don't count against a station, applied for by one person and approved by another."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from xiangtian.core.models import Person


class Exemption(models.Model):
    """A stretch of time in which what was due at some stations is taken out of the figures, once approved."""

    KINDS: ClassVar = [
        ("maintenance", "批准的维护"),
        ("relocation", "迁站"),
        ("flood", "洪涝灾害"),
        ("power", "电网停电"),
        ("command", "上级指令"),
    ]
    STATES: ClassVar = [("waiting", "待审批"), ("approved", "已批准"), ("refused", "未批准"), ("withdrawn", "已撤回")]

    stations = models.JSONField()
    """Codes."""
    districts = models.JSONField()
    """Codes of the districts these stations stood in when it was applied for."""
    element = models.CharField(max_length=60, blank=True)
    """Empty: all."""
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    """Due times from `starts` to `ends`, both included, are exempt."""
    kind = models.CharField(max_length=11, choices=KINDS)
    reason = models.TextField()
    state = models.CharField(max_length=9, choices=STATES, default="waiting")
    applied_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="exemptions")
    applied = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided = models.DateTimeField(null=True)
    decision = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="exemption_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("applied_by")), name="exemption_four_eyes"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "refused"])
                | (Q(decided_by__isnull=False) & Q(decided__isnull=False)),
                name="exemption_decided_by_somebody",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "starts"], name="exemption_in_state")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {'、'.join(self.stations[:3])}"
