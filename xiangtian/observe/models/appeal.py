"""Appeals against a charge or a line of the scores, and what was decided."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from xiangtian.core.models import Person
from xiangtian.observe.models.defect import Charge


class Appeal(models.Model):
    """Somebody disagrees, with a reason; somebody else decides, with one. Only before the month is closed."""

    STATES: ClassVar = [("open", "待裁定"), ("upheld", "成立"), ("rejected", "不成立"), ("withdrawn", "已撤回")]
    SCOPES: ClassVar = [("station", "站点"), ("district", "行政区"), ("person", "个人")]

    month = models.DateField()
    """First day of the month it is about."""
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, null=True, related_name="appeals")
    scope = models.CharField(max_length=8, choices=SCOPES, blank=True)
    target = models.CharField(max_length=60, blank=True)
    """Of a score line: the station, the district or the log-in name."""
    metric = models.CharField(max_length=12, blank=True)
    reason = models.TextField()
    state = models.CharField(max_length=9, choices=STATES, default="open")
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appeals")
    made = models.DateTimeField()
    judged_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    judged = models.DateTimeField(null=True)
    judgement = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(judged_by=None) | ~Q(judged_by=F("made_by")), name="appeal_four_eyes"),
            models.CheckConstraint(
                condition=~Q(state__in=["upheld", "rejected"]) | (Q(judged_by__isnull=False) & ~Q(judgement="")),
                name="appeal_judged_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(charge__isnull=False) | (~Q(scope="") & ~Q(target="") & ~Q(metric="")),
                name="appeal_against_something",
            ),
            models.UniqueConstraint(
                fields=["charge"], condition=Q(state="open", charge__isnull=False), name="appeal_open_once_a_charge"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.made_by}: {self.charge or f'{self.target} {self.metric}'}"
