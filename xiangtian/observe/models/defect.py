"""Defects as events, and who is charged with them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from xiangtian.core.models import Person
from xiangtian.observe.assess.rules import CAUSES, DUTIES, KINDS


class Defect(models.Model):
    """Something that went wrong at a station, from when to when, why, and what was done about it.

    One that many stations share has no station of its own; theirs are its children, and all together are one.
    """

    STATES: ClassVar = [("open", "待处理"), ("handled", "已处理"), ("dismissed", "误报")]

    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    station = models.CharField(max_length=32, blank=True)
    district = models.CharField(max_length=6, blank=True)
    element = models.CharField(max_length=60, blank=True)
    """Empty: the whole report."""
    kind = models.CharField(max_length=8, choices=list(KINDS.items()))
    starts = models.DateTimeField()
    """First bad due time."""
    ends = models.DateTimeField(null=True)
    """Last bad due time; None while it goes on."""
    due = models.IntegerField(default=0)
    """Bad reports or values."""
    lost = models.IntegerField(default=0)
    """How many of them never came, or are wrong and not only suspect."""
    cause = models.CharField(max_length=13, choices=list(CAUSES.items()), blank=True)
    cause_words = models.TextField(blank=True)
    words = models.TextField(blank=True)
    found_by = models.CharField(max_length=80)
    found_at = models.DateTimeField()
    noticed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    noticed_at = models.DateTimeField(null=True)
    handled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="handled_defects")
    handled_at = models.DateTimeField(null=True)
    handled_words = models.TextField(blank=True)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="owned_defects")
    """Who owned the station's minute when it began; None: a gap in the roster."""
    state = models.CharField(max_length=9, choices=STATES, default="open")
    rule = models.CharField(max_length=12)
    """Version of the table it was found under."""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends=None) | models.Q(ends__gte=models.F("starts")),
                name="defect_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["station", "element", "kind", "starts"],
                condition=~models.Q(station=""),
                name="defect_found_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["station", "starts"], name="defect_of_station"),
            models.Index(fields=["state", "-starts"], name="defect_in_state"),
        ]

    def __str__(self) -> str:
        return f"{self.station or '多站'} {self.get_kind_display()} {self.starts:%m-%d %H:%M}"


class Charge(models.Model):
    """A defect laid to a person, because of its cause; voided by an exemption, an appeal or another cause.

    A defect that many stations share is laid to each person once, however many of that person's stations it hit.
    """

    defect = models.ForeignKey(Defect, on_delete=models.PROTECT, related_name="charges")
    cause = models.CharField(max_length=13, choices=list(CAUSES.items()))
    duty = models.CharField(max_length=12, choices=list(DUTIES.items()))
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="charges")
    """None: nobody held the duty; the gap in the roster is shown in the person's place."""
    rule = models.CharField(max_length=12)
    made = models.DateTimeField()
    voided = models.DateTimeField(null=True)
    void_words = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["defect", "cause", "person"], condition=models.Q(voided=None), name="charge_once_a_cause"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person or '无人在岗'}: {self.defect}"

    @property
    def contested(self) -> bool:
        """Whether an appeal against it is open."""
        return any(one.state == "open" for one in self.appeals.all())
