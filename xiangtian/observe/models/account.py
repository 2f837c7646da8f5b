"""What came in: quarantined messages, how far the intake has read, what each sweep did."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Quarantined(models.Model):
    """Bytes (or a part of them) that were refused, with the reason in words; they can be sent again."""

    STATES: ClassVar = [("waiting", "待处理"), ("resent", "已重送"), ("closed", "已关闭")]

    sha256 = models.CharField(max_length=64, blank=True)
    """Hash of the kept bytes; empty where the message was too large to keep."""
    source = models.CharField(max_length=12)
    name = models.CharField(max_length=300)
    part = models.CharField(max_length=200, blank=True)
    reason = models.TextField()
    size = models.BigIntegerField()
    received = models.DateTimeField()
    state = models.CharField(max_length=8, choices=STATES, default="waiting")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sha256", "name", "part", "received"], name="quarantined_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "-id"])]

    def __str__(self) -> str:
        return f"{self.name}: {self.reason[:80]}"


class Cursor(models.Model):
    """How far one reader of the arrival journal has come (bytes of the journal)."""

    reader = models.CharField(max_length=20, unique=True)
    offset = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.reader} at {self.offset}"


class Batch(models.Model):
    """What one sweep of the intake did: the minute-by-minute account of the observing network."""

    time = models.DateTimeField()
    arrivals = models.IntegerField()
    readings = models.IntegerField()
    duplicates = models.IntegerField()
    corrections = models.IntegerField()
    refused = models.IntegerField()
    doubted = models.IntegerField()
    """Values flagged suspect or wrong."""
    seconds = models.FloatField()
    version = models.BigIntegerField()
    """Version of the observation table after this batch."""

    def __str__(self) -> str:
        return f"{self.time:%H:%M:%S} {self.readings} readings"
