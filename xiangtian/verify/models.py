"""Scores, line by line, with everything they were made of."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Score(models.Model):
    """One claim or one episode and what became of it (see `verify/match.py`)."""

    OUTCOMES: ClassVar = [
        ("hit", "命中"),
        ("late", "迟发"),
        ("false_alarm", "空报"),
        ("miss", "漏报"),
        ("under_warned", "等级偏低"),
    ]
    hazard = models.CharField(max_length=30)
    district = models.CharField(max_length=6)
    colour = models.CharField(max_length=6)
    outcome = models.CharField(max_length=12, choices=OUTCOMES)
    event = models.CharField(max_length=80, blank=True)
    message = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=8)
    issued = models.DateTimeField(null=True)
    ends = models.DateTimeField(null=True)
    first_met = models.DateTimeField(null=True)
    last_met = models.DateTimeField(null=True)
    station = models.CharField(max_length=32, blank=True)
    most_mm = models.FloatField(null=True)
    window_h = models.FloatField(null=True)
    lead_min = models.FloatField(null=True)
    rule_version = models.CharField(max_length=80)
    pairing = models.CharField(max_length=40)
    lake_version = models.BigIntegerField()
    scored = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["hazard", "district", "colour", "event", "rule_version", "pairing", "status"],
                condition=~models.Q(event=""),
                name="claim_scored_once",
            ),
            models.UniqueConstraint(
                fields=["hazard", "district", "colour", "first_met", "rule_version", "pairing", "status"],
                condition=models.Q(event=""),
                name="episode_scored_once",
            ),
        ]
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.outcome} {self.district} {self.colour}"


class ForecastScore(models.Model):
    """What became of one forecast of rain: counts beside the radar frames that followed (see `verify/ahead.py`)."""

    run = models.CharField(max_length=200)
    method = models.CharField(max_length=40)
    time = models.DateTimeField(db_index=True)
    frames = models.IntegerField()
    tallies = models.JSONField()
    scored = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "method"], name="forecast_scored_once")]
        ordering: ClassVar = ["-time", "method"]

    def __str__(self) -> str:
        return f"{self.method} {self.run}"
