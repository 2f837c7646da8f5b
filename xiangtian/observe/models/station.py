"""Stations, where they stood when, and what they must report when."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class Station(models.Model):
    """A station as such: its code, names and network; where it stands is told by its sites."""

    NETWORKS: ClassVar = [("national", "国家站网"), ("regional", "区域站网"), ("special", "专业站网")]

    code = models.CharField(max_length=32, unique=True)
    zh = models.CharField(max_length=60)
    en = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=30)
    network = models.CharField(max_length=12, choices=NETWORKS, default="regional")
    wigos = models.CharField(max_length=40, blank=True)
    """WIGOS station identifier, written as in `0-20000-0-58358`; empty: none is assigned."""
    drill = models.BooleanField(default=False)
    """Whether the station exists in exercises only."""
    opened = models.DateField(null=True)
    """First day of its work; None: nobody told."""
    closed = models.DateField(null=True)
    """Last day of its work; None: it works still."""
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["wigos"], condition=~Q(wigos=""), name="station_wigos_once"),
            models.CheckConstraint(
                condition=Q(closed=None) | Q(opened=None) | Q(closed__gte=F("opened")), name="station_closes_after"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.zh} {self.code}"

    @property
    def national(self) -> bool:
        """Whether it is a national station."""
        return self.network == "national"


class Site(models.Model):
    """A station while it stood at one place, by whole Beijing dates, both included; periods never overlap."""

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="sites")
    lon = models.FloatField()
    lat = models.FloatField()
    alt_m = models.FloatField()
    pressure_alt_m = models.FloatField(null=True)
    """Height of the barometer above sea level; None: nobody told."""
    precision_deg = models.FloatField(default=0.0001)
    """The step in which the position is known, degrees: 1/60 for whole minutes of arc."""
    district = models.CharField(max_length=6, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    """Why the station came here: a relocation and its order."""
    source = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["station", "valid_from"], name="site_one_row_a_period"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="site_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station.code} {self.lon:.4f} {self.lat:.4f} {self.valid_from}"


class ObservingTask(models.Model):
    """A duty to report one element at regular minutes, from `valid_from` until `valid_to` (excluded)."""

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="tasks")
    element = models.CharField(max_length=60)
    interval_min = models.PositiveSmallIntegerField()
    offset_min = models.PositiveSmallIntegerField(default=0)
    network = models.CharField(max_length=12, choices=Station.NETWORKS)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(interval_min__gte=1, interval_min__lte=1440), name="task_interval"),
            models.CheckConstraint(condition=Q(offset_min__lt=F("interval_min")), name="task_offset"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="task_ends_after_it_begins"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["station", "element"])]

    def __str__(self) -> str:
        return f"{self.station.code} {self.element} / {self.interval_min} min"
