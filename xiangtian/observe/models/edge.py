"""Smart stations as the centre knows them: what arrived, what is missing, what they were told."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class EdgeStation(models.Model):
    """A station with an agent: how far its sequence has come, its last state, the configuration it should have."""

    station = models.CharField(max_length=32, unique=True)
    district = models.CharField(max_length=6, blank=True)
    epoch = models.CharField(max_length=40, blank=True)
    last_seq = models.BigIntegerField(default=0)
    last_received = models.DateTimeField(null=True)
    """When the newest of its readings was received here."""
    state = models.JSONField(default=dict)
    """What it said of itself last."""
    state_received = models.DateTimeField(null=True)
    drift_s = models.FloatField(null=True)
    """Receipt of its last state minus the moment its clock showed when it sent it, s; the way takes part of it."""
    wanted = models.JSONField(default=dict)
    wanted_version = models.IntegerField(default=0)
    wanted_sent = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.station


class EdgeGap(models.Model):
    """Sequence numbers that have not arrived, though later ones have."""

    STATES: ClassVar = [("open", "缺号"), ("given_up", "站端已放弃")]

    station = models.ForeignKey(EdgeStation, on_delete=models.CASCADE, related_name="gaps")
    epoch = models.CharField(max_length=40)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    since = models.DateTimeField()
    asked = models.DateTimeField(null=True)
    times_asked = models.IntegerField(default=0)
    state = models.CharField(max_length=8, choices=STATES, default="open")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["station", "epoch", "first"])]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(last__gte=models.F("first")), name="edge_gap_is_a_range"),
        ]

    def __str__(self) -> str:
        return f"{self.station} {self.first}-{self.last}"


class EdgeCommand(models.Model):
    """An order to a station; sent again until it is answered or expires."""

    STATES: ClassVar = [("waiting", "待发送"), ("sent", "已发送"), ("answered", "已应答"), ("expired", "已过期")]

    identifier = models.CharField(max_length=32, unique=True)
    station = models.ForeignKey(EdgeStation, on_delete=models.CASCADE, related_name="commands")
    verb = models.CharField(max_length=20)
    arguments = models.JSONField(default=dict)
    actor = models.CharField(max_length=80)
    issued = models.DateTimeField()
    expires = models.DateTimeField()
    state = models.CharField(max_length=8, choices=STATES, default="waiting")
    sent = models.DateTimeField(null=True)
    answered = models.DateTimeField(null=True)
    ok = models.BooleanField(null=True)
    words = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "id"])]

    def __str__(self) -> str:
        return f"{self.station} {self.verb}"
