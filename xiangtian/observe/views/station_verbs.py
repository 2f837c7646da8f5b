"""What the forms of a station's record ask for: the form's name, and the verb that its fields go to."""

from __future__ import annotations

from collections.abc import Callable

from xiangtian.core.models import Person
from xiangtian.observe.actions.describing import Facts, close_station, describe
from xiangtian.observe.actions.devices import (
    Calibration,
    add_certificate,
    add_device,
    add_position,
    end_certificate,
    end_position,
)
from xiangtian.observe.actions.installing import install, remove_device
from xiangtian.observe.actions.sites import Place, correct_place, relocate
from xiangtian.observe.actions.tasks import Wanted, end_task, set_task
from xiangtian.observe.views.station_forms import Fields

Verb = Callable[[Person, str, Fields], object]

DONE: dict[str, str] = {
    "observe.station_described": "改站名、类别或标识",
    "observe.station_moved": "登记位置时段",
    "observe.station_place_corrected": "更正位置",
    "observe.station_closed": "撤站",
    "observe.station_reopened": "恢复观测",
    "observe.station_task_set": "设观测任务",
    "observe.station_task_ended": "结束观测任务",
    "observe.station_position_added": "增加传感器位置",
    "observe.station_position_ended": "结束传感器位置",
    "observe.station_device_installed": "安装设备",
    "observe.station_device_removed": "拆下设备",
    "observe.station_conflict_settled": "处理名录差异",
}
"""Verbs of the ledger as people read them."""


def _place(fields: Fields) -> Place:
    lon, lat, alt_m = (fields.number(name) for name in ("lon", "lat", "alt_m"))
    return Place(lon, lat, alt_m, fields.maybe("pressure_alt_m"))


def _describe(person: Person, code: str, fields: Fields) -> object:
    named = (fields.text(name) for name in ("zh", "en", "kind", "network", "wigos"))
    return describe(person, code, Facts(*named), fields.text("reason"))


def _relocate(person: Person, code: str, fields: Fields) -> object:
    return relocate(person, code, fields.a_day("since"), _place(fields), fields.text("reason"))


def _correct(person: Person, code: str, fields: Fields) -> object:
    return correct_place(person, code, fields.a_day("valid_from"), _place(fields), fields.text("reason"))


def _close(person: Person, code: str, fields: Fields) -> object:
    return close_station(person, code, fields.day("closed"), fields.text("reason"))


def _task(person: Person, code: str, fields: Fields) -> object:
    numbers = fields.whole("interval_min"), fields.whole("offset_min")
    wanted = Wanted(fields.text("element"), *numbers, fields.a_moment("since"))
    return set_task(person, code, wanted, fields.text("reason"))


def _end_task(person: Person, code: str, fields: Fields) -> object:
    end_task(person, code, fields.text("element"), fields.a_moment("ends"), fields.text("reason"))
    return None


def _position(person: Person, code: str, fields: Fields) -> object:
    of = fields.text("element"), fields.number("height_m"), fields.a_moment("since")
    return add_position(person, code, *of, fields.text("reason"))


def _end_position(person: Person, code: str, fields: Fields) -> object:
    return end_position(person, fields.whole("position"), fields.a_moment("ends"), fields.text("reason"))


def _install(person: Person, code: str, fields: Fields) -> object:
    if fields.text("device"):
        device = fields.whole("device")
    else:
        device = add_device(person, fields.text("maker"), fields.text("model"), fields.text("serial")).pk
    period = fields.a_moment("begins"), fields.moment("ends")
    return install(person, fields.whole("position"), device, *period, fields.text("reason"))


def _remove(person: Person, code: str, fields: Fields) -> object:
    return remove_device(person, fields.whole("installation"), fields.a_moment("ends"), fields.text("reason"))


def _certificate(person: Person, code: str, fields: Fields) -> object:
    calibration = Calibration(
        element=fields.text("element"),
        number=fields.text("number"),
        laboratory=fields.text("laboratory"),
        valid_from=fields.a_day("valid_from"),
        valid_to=fields.a_day("valid_to"),
        corrections=fields.pairs("corrections"),
    )
    return add_certificate(person, fields.whole("device"), calibration)


def _end_certificate(person: Person, code: str, fields: Fields) -> object:
    return end_certificate(person, fields.whole("certificate"), fields.a_day("last"), fields.text("reason"))


VERBS: dict[str, Verb] = {
    "describe": _describe,
    "relocate": _relocate,
    "correct": _correct,
    "close": _close,
    "task": _task,
    "end-task": _end_task,
    "position": _position,
    "end-position": _end_position,
    "install": _install,
    "remove": _remove,
    "certificate": _certificate,
    "end-certificate": _end_certificate,
}
"""Form to verb."""
