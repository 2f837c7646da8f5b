"""Sensor positions, the devices that stood there when, and their calibration certificates."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from xiangtian.observe.models.station import Station


class SensorPosition(models.Model):
    """A place at a station at which one element is measured, from `valid_from` until `valid_to` (excluded)."""

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="positions")
    element = models.CharField(max_length=60)
    height_m = models.FloatField()
    """Above the ground; below it negative."""
    note = models.CharField(max_length=200, blank=True)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="position_ends_after_it_begins"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["station", "element"])]

    def __str__(self) -> str:
        return f"{self.station.code} {self.element} {self.height_m:g} m"


class Device(models.Model):
    """A physical instrument, known by maker, model and serial number."""

    maker = models.CharField(max_length=60)
    model = models.CharField(max_length=60)
    serial = models.CharField(max_length=60)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["maker", "model", "serial"], name="device_once"),
        ]

    def __str__(self) -> str:
        return f"{self.maker} {self.model} {self.serial}"


class Certificate(models.Model):
    """A calibration of a device for one element, in force on whole Beijing dates, both included."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="certificates")
    element = models.CharField(max_length=60)
    number = models.CharField(max_length=60)
    laboratory = models.CharField(max_length=100, blank=True)
    corrections = models.JSONField(default=list)
    """Corrections to add to a reading, as [reading, correction] in the element's unit, rising."""
    valid_from = models.DateField()
    valid_to = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number", "device", "element"], name="certificate_once"),
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="certificate_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.device})"


class Installation(models.Model):
    """A device while it stood at a sensor position, from `valid_from` until `valid_to` (excluded)."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="installations")
    position = models.ForeignKey(SensorPosition, on_delete=models.PROTECT, related_name="installations")
    reason = models.CharField(max_length=200, blank=True)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    entered = models.DateTimeField()
    """When it was written down: what had been received by then was attributed otherwise before."""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="installation_ends_after_it_begins"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["position", "valid_from"])]

    def __str__(self) -> str:
        return f"{self.device} at {self.position}"
