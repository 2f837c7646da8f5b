"""Who is on which duty for which stations."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from xiangtian.core.models import Person
from xiangtian.observe.assess.rules import DUTIES

SCOPES = [("station", "站点"), ("district", "行政区"), ("network", "站网")]


class RosterShift(models.Model):
    """A duty of one person for a station, a district or a network; a withdrawn one stays readable."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="roster")
    scope = models.CharField(max_length=8, choices=SCOPES)
    target = models.CharField(max_length=32)
    duty = models.CharField(max_length=12, choices=list(DUTIES.items()))
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    joint = models.BooleanField(default=False)
    """Whether it may stand beside another shift of the same target and duty (a handover, a double watch)."""
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made = models.DateTimeField()
    withdrawn = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends__gt=models.F("starts")), name="roster_shift_ends_after_it_starts"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["starts", "ends"], name="roster_shift_period")]

    def __str__(self) -> str:
        return f"{self.person} {self.get_duty_display()} {self.target}"
