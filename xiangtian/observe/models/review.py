"""Human review: what a person decided about a value that a station reported."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from xiangtian.core.models import Person


class Review(models.Model):
    """One value of one station, what it was held to be, and what a person decided; the reported value stays."""

    FLAGS: ClassVar = [(0, "正确"), (2, "错误"), (3, "订正"), (4, "修改")]
    STATES: ClassVar = [("decided", "待入库"), ("stored", "已生效"), ("overtaken", "已被更正报取代")]

    decision = models.CharField(max_length=32)
    """The same for all values that were decided together."""
    station = models.CharField(max_length=32)
    district = models.CharField(max_length=6, blank=True)
    element = models.CharField(max_length=60)
    time = models.DateTimeField()
    """When the value was observed."""
    value = models.FloatField()
    """As it counted when it was reviewed."""
    tests = models.IntegerField()
    """What the tests had said (`core.flags.unpack`)."""
    old_flag = models.SmallIntegerField()
    new_flag = models.SmallIntegerField(choices=FLAGS)
    new_value = models.FloatField(null=True)
    """What counts from now on, where it was corrected (3) or modified (4)."""
    reason = models.TextField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="reviews")
    decided = models.DateTimeField()
    state = models.CharField(max_length=9, choices=STATES, default="decided")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(new_flag__in=(0, 2, 3, 4)), name="review_sets_a_flag_it_may"),
            models.CheckConstraint(
                condition=models.Q(new_flag__in=(0, 2), new_value=None)
                | models.Q(new_flag__in=(3, 4), new_value__isnull=False),
                name="review_value_goes_with_its_flag",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="review_has_a_reason"),
            models.UniqueConstraint(fields=["decision", "time"], name="review_once_in_a_decision"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["station", "element", "time"], name="review_of_a_value"),
            models.Index(fields=["state", "id"], name="review_in_state"),
        ]

    def __str__(self) -> str:
        return f"{self.station} {self.element} {self.time:%m-%d %H:%M}: {self.old_flag} -> {self.new_flag}"
