"""Which device stood at which sensor position when."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from xiangtian.core import clock, ledger
from xiangtian.core.models import Person
from xiangtian.core.people import require
from xiangtian.observe.actions.held import RIGHT, StationRefused, reasoned, scope
from xiangtian.observe.metadata.periods import Overlap, apart, meet, span, told
from xiangtian.observe.models import Device, Installation, SensorPosition


@transaction.atomic
def install(
    person: Person, position: int, device: int, begins: dt.datetime, ends: dt.datetime | None, reason: str
) -> Installation:
    """Write down that a device stood at a sensor position for a period; what stood there gives way for just that time.

    A swap that is entered late thus changes the answer of who measured for its own period and no other. A device that
    stood there before and after is written down twice, once for each side.

    Parameters
    ----------
    person : Person
        Who says so.
    position : int
        Key of the sensor position.
    device : int
        Key of the device.
    begins : datetime
        From when on.
    ends : datetime or None
        Until when; None: until whatever is known to follow, or without end.
    reason : str
        Why: a swap, a repair, a first installation.

    Returns
    -------
    Installation
        The new row; `queries.devices.touched` lists the readings that it makes another device's.

    Raises
    ------
    NotAllowed
        If the person has no right to.
    StationRefused
        If the position did not exist then.
    Overlap
        If the device stood at another station then, or the period is empty.
    """
    place = SensorPosition.objects.select_for_update().select_related("station").get(pk=position)
    row = Device.objects.select_for_update().get(pk=device)
    require(person, RIGHT, scope(place.station))
    why = reasoned(reason)
    until = _until(place, begins, ends)
    elsewhere = row.installations.exclude(position__station=place.station).values_list("valid_from", "valid_to")
    apart(f"{row}（在其他站）", begins, until, elsewhere)
    gone = [str(one.device) for one in _give_way(place, begins, until)]
    new = Installation.objects.create(
        device=row, position=place, reason=why, valid_from=begins, valid_to=until, entered=clock.now()
    )
    detail = {"element": place.element, "device": str(row), "instead_of": gone, "period": span(begins, until)}
    ledger.write(person.username, "observe.station_device_installed", place.station.code, detail | {"reason": why})
    return new


def _until(place: SensorPosition, begins: dt.datetime, ends: dt.datetime | None) -> dt.datetime | None:
    """Find the end of a new installation: as told, else the next one's beginning, else the position's end."""
    held = span(place.valid_from, place.valid_to)
    if begins < place.valid_from or (place.valid_to is not None and (ends or begins) > place.valid_to):
        raise StationRefused(f"传感器位置的时段为 {held}，设备须装在其中 (the sensor position did not exist then)")
    if ends is not None:
        if ends <= begins:
            raise Overlap(f"结束 {told(ends)} 不晚于开始 {told(begins)} (it ends before it begins)")
        return ends
    later = place.installations.filter(valid_from__gt=begins).order_by("valid_from").first()
    return later.valid_from if later else place.valid_to


def _give_way(place: SensorPosition, begins: dt.datetime, ends: dt.datetime | None) -> list[Installation]:
    """Cut a period out of what stood at a position; give what was cut."""
    rows = [one for one in place.installations.all() if meet(begins, ends, (one.valid_from, one.valid_to))]
    for one in rows:
        was = one.valid_to
        if one.valid_from >= begins:
            one.delete()
        else:
            one.valid_to = begins
            one.save(update_fields=["valid_to"])
        if ends is not None and (was is None or was > ends):
            Installation.objects.create(
                device=one.device,
                position=place,
                reason=one.reason,
                valid_from=ends,
                valid_to=was,
                entered=one.entered,
            )
    return rows


@transaction.atomic
def remove_device(person: Person, installation: int, ends: dt.datetime, reason: str) -> Installation:
    """Write down that a device was taken away and nothing put in its place.

    Raises
    ------
    NotAllowed
        If the person has no right to.
    StationRefused
        If it did not stand there at that moment.
    """
    row = Installation.objects.select_for_update().select_related("position__station", "device").get(pk=installation)
    station = row.position.station
    require(person, RIGHT, scope(station))
    if ends <= row.valid_from or (row.valid_to is not None and ends >= row.valid_to):
        words = f"该设备的安装时段为 {span(row.valid_from, row.valid_to)}，不能在 {told(ends)} 拆下"
        raise StationRefused(f"{words} (it did not stand there then)")
    row.valid_to = ends
    row.save(update_fields=["valid_to"])
    detail = {"device": str(row.device), "ends": ends.isoformat(), "reason": reasoned(reason)}
    ledger.write(person.username, "observe.station_device_removed", station.code, detail)
    return row
