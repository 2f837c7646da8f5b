"""Sensor positions, devices and their certificates."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.db import transaction
from django.db.models import Q

from xiangtian.core import ledger
from xiangtian.core.elements import CATALOGUE
from xiangtian.core.models import Person
from xiangtian.core.people import require
from xiangtian.observe.actions.held import RIGHT, StationRefused, locked, reasoned, scope
from xiangtian.observe.metadata.periods import apart, apart_days, span, told
from xiangtian.observe.models import Certificate, Device, SensorPosition


@dataclass(frozen=True)
class Calibration:
    """What a certificate says: number, laboratory, whole Beijing dates, and (reading, correction) pairs."""

    element: str
    number: str
    laboratory: str
    valid_from: dt.date
    valid_to: dt.date
    corrections: Sequence[tuple[float, float]] = ()


@transaction.atomic
def add_position(
    person: Person, code: str, element: str, height_m: float, since: dt.datetime, reason: str
) -> SensorPosition:
    """Write down that a station measures an element at a height above the ground from a moment on.

    Raises
    ------
    NotAllowed
        If the person has no right to.
    StationRefused
        If the element is not in the catalogue, or the height can't be.
    Overlap
        If the element has a position then already.
    """
    station = locked(code)
    require(person, RIGHT, scope(station))
    _known(element)
    if not math.isfinite(height_m) or not -20 <= height_m <= 500:
        raise StationRefused(f"高度 {height_m:g} 米不可用，须为 -20 至 500 (height above the ground)")
    others = station.positions.filter(element=element).values_list("valid_from", "valid_to")
    apart(f"{station} {element} 的传感器位置", since, None, others)
    new = SensorPosition.objects.create(
        station=station, element=element, height_m=height_m, note=reasoned(reason), valid_from=since
    )
    detail = {"element": element, "height_m": height_m, "since": since.isoformat(), "reason": new.note}
    ledger.write(person.username, "observe.station_position_added", code, detail)
    return new


def _known(element: str) -> None:
    if element not in CATALOGUE:
        raise StationRefused(f"要素目录里没有 {element} (no such element in the catalogue)")


@transaction.atomic
def end_position(person: Person, position: int, ends: dt.datetime, reason: str) -> SensorPosition:
    """End a sensor position, and with it the device that stands there.

    Raises
    ------
    NotAllowed
        If the person has no right to.
    StationRefused
        If it ended already, or a device was put there later.
    """
    row = SensorPosition.objects.select_for_update().select_related("station").get(pk=position)
    require(person, RIGHT, scope(row.station))
    if row.valid_to is not None or ends <= row.valid_from:
        words = f"该位置的时段为 {span(row.valid_from, row.valid_to)}，不能在 {told(ends)} 结束"
        raise StationRefused(f"{words} (it has ended, or had not begun)")
    if row.installations.filter(valid_from__gte=ends).exists():
        raise StationRefused(f"{told(ends)} 之后该位置还装过设备，请选更晚的时间 (a device was put there later)")
    row.installations.filter(Q(valid_to=None) | Q(valid_to__gt=ends)).update(valid_to=ends)
    row.valid_to = ends
    row.save(update_fields=["valid_to"])
    detail = {"element": row.element, "ends": ends.isoformat(), "reason": reasoned(reason)}
    ledger.write(person.username, "observe.station_position_ended", row.station.code, detail)
    return row


@transaction.atomic
def add_device(person: Person, maker: str, model: str, serial: str) -> Device:
    """Write down a device; the same maker, model and serial number is the same device.

    Raises
    ------
    NotAllowed
        If the person has no right to.
    StationRefused
        If maker, model or serial number is missing.
    """
    require(person, RIGHT)
    names = [word.strip() for word in (maker, model, serial)]
    if not all(names):
        raise StationRefused("设备须有厂家、型号、编号 (a device has a maker, a model and a serial number)")
    device, new = Device.objects.get_or_create(maker=names[0], model=names[1], serial=names[2])
    if new:
        ledger.write(person.username, "observe.device_added", f"device:{device.pk}", {"device": str(device)})
    return device


def _devices_scope(device: Device) -> set[str]:
    stands = device.installations.filter(valid_to=None).select_related("position__station")
    return set().union(*(scope(one.position.station) for one in stands))


@transaction.atomic
def add_certificate(person: Person, device: int, calibration: Calibration) -> Certificate:
    """Write down a calibration of a device.

    Raises
    ------
    NotAllowed
        If the person has no right to.
    StationRefused
        If the element is unknown, the number is missing, or the corrections don't rise.
    Overlap
        If another certificate of the device for the element holds then; end that one first.
    """
    row = Device.objects.select_for_update().get(pk=device)
    require(person, RIGHT, _devices_scope(row))
    _known(calibration.element)
    _refuse_corrections(calibration.corrections)
    if not calibration.number.strip():
        raise StationRefused("证书须有编号 (a certificate has a number)")
    others = row.certificates.filter(element=calibration.element).values_list("valid_from", "valid_to")
    apart_days(f"{row} 的证书", calibration.valid_from, calibration.valid_to, others)
    new = Certificate.objects.create(
        device=row,
        element=calibration.element,
        number=calibration.number.strip(),
        laboratory=calibration.laboratory.strip(),
        corrections=[list(pair) for pair in calibration.corrections],
        valid_from=calibration.valid_from,
        valid_to=calibration.valid_to,
    )
    detail = {"number": new.number, "element": new.element, "period": span(new.valid_from, new.valid_to)}
    ledger.write(person.username, "observe.certificate_added", f"device:{row.pk}", detail)
    return new


def _refuse_corrections(pairs: Sequence[tuple[float, float]]) -> None:
    readings = [reading for reading, _ in pairs]
    finite = all(math.isfinite(number) for pair in pairs for number in pair)
    if not finite or any(later <= before for before, later in pairwise(readings)):
        raise StationRefused("订正值须按示值从小到大排列，且均为数字 (readings must rise, and all be numbers)")


@transaction.atomic
def end_certificate(person: Person, certificate: int, last: dt.date, reason: str) -> Certificate:
    """Let a certificate end earlier than it says, as when a new calibration takes its place.

    Raises
    ------
    NotAllowed
        If the person has no right to.
    StationRefused
        If the day lies outside its period.
    """
    row = Certificate.objects.select_for_update().select_related("device").get(pk=certificate)
    require(person, RIGHT, _devices_scope(row.device))
    if not row.valid_from <= last <= row.valid_to:
        raise StationRefused(f"止期须在 {span(row.valid_from, row.valid_to)} 之内 (the day lies outside its period)")
    before, row.valid_to = row.valid_to, last
    row.save(update_fields=["valid_to"])
    detail = {"number": row.number, "before": before.isoformat(), "after": last.isoformat(), "reason": reasoned(reason)}
    ledger.write(person.username, "observe.certificate_ended", f"device:{row.device.pk}", detail)
    return row
