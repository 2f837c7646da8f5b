"""Stations and where they stood when."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Station(models.Model):
    """A station as the pages and checks know it; its position is dated by one row for each period."""

    code = models.CharField(max_length=32)
    zh = models.CharField(max_length=60)
    en = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=30)
    lon = models.FloatField()
    lat = models.FloatField()
    alt_m = models.FloatField()
    district = models.CharField(max_length=6, blank=True)
    national = models.BooleanField(default=False)
    drill = models.BooleanField(default=False)
    """Whether the station exists in exercises only."""
    source = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="station_one_row_a_period"),
        ]

    def __str__(self) -> str:
        return f"{self.zh} {self.code}"
