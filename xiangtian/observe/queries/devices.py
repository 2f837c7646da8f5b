"""Who measured what: the sensor position, the device and its certificate at a moment; the readings a swap touches."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl
from django.db.models import Q

from xiangtian.core import clock
from xiangtian.core.home import Home
from xiangtian.observe.models import Certificate, Device, Installation, SensorPosition
from xiangtian.observe.queries.account import readings

IN_FORCE, EXPIRED, NONE = "in force", "expired", "none"


@dataclass(frozen=True)
class Measured:
    """Who measured an element of a station at a moment; None: nobody wrote it down."""

    station: str
    element: str
    moment: dt.datetime
    position: SensorPosition | None
    installation: Installation | None
    certificate: Certificate | None
    """The certificate in force, or else the last one before."""

    @property
    def device(self) -> Device | None:
        """The device that stood there."""
        return self.installation.device if self.installation else None

    @property
    def calibration(self) -> str:
        """Whether the device was calibrated then: "in force", "expired" or "none"."""
        if self.certificate is None:
            return NONE
        day = clock.administrative_day(self.moment)
        return IN_FORCE if self.certificate.valid_from <= day <= self.certificate.valid_to else EXPIRED


def measured(station: str, element: str, moment: dt.datetime) -> Measured:
    """Tell which sensor position, device and certificate a reading at a moment belongs to.

    Parameters
    ----------
    station : str
        The station's code.
    element : str
        CF name of the element.
    moment : datetime
        Aware; a period holds from its beginning (included) to its end (excluded).

    Returns
    -------
    Measured
        With None for whatever is not written down.
    """
    holds = Q(valid_from__lte=moment) & (Q(valid_to=None) | Q(valid_to__gt=moment))
    position = SensorPosition.objects.filter(holds, station__code=station, element=element).first()
    found = position.installations.filter(holds).select_related("device").first() if position else None
    certificate = None
    if found:
        day = clock.administrative_day(moment)
        begun = found.device.certificates.filter(element=element, valid_from__lte=day)
        certificate = begun.order_by("-valid_from").first()
    return Measured(station, element, moment, position, found, certificate)


@dataclass(frozen=True)
class Touched:
    """The readings that an installation made another device's: how many, and their times (UTC, rising)."""

    times: tuple[dt.datetime, ...]

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.times)


def touched(home: Home, installation: Installation) -> Touched:
    """List the readings that an installation touches: measured in its period and received before it was entered.

    What came in later was attributed rightly from the beginning.

    Parameters
    ----------
    home : Home
        Whose readings.
    installation : Installation
        With its position and station.

    Returns
    -------
    Touched
        The times at which the position's element has a value.
    """
    position, entered = installation.position, installation.entered
    ends = min(installation.valid_to or entered, entered)
    if ends <= installation.valid_from:
        return Touched(())
    rows = readings(home).read(
        installation.valid_from, ends, [position.station.code], [position.element], as_of=entered
    )
    inside = (pl.col("time") < installation.valid_to) if installation.valid_to else pl.lit(value=True)
    found = rows.filter(inside & pl.col(position.element).is_not_null()).sort("time")
    return Touched(tuple(found["time"].to_list()))
