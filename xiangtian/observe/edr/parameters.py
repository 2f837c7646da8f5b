"""The parameters of the collection: elements of the catalogue and their quality codes, as EDR and CoverageJSON tell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from xiangtian.core.elements import element
from xiangtian.core.flags import Flag
from xiangtian.observe.cf_names import cf_name

Told = dict[str, Any]
UCUM = "http://www.opengis.net/def/uom/UCUM/"
STANDARD_NAMES = "http://vocab.nerc.ac.uk/standard_name/"
UNITS = {
    "degC": "Cel", "%": "%", "hPa": "hPa", "m s-1": "m/s", "degree": "deg", "mm": "mm", "min": "min", "m": "m",
    "1": "1", "cm": "cm", "W m-2": "W/m2", "ug m-3": "ug/m3", "mg m-3": "mg/m3",
}  # fmt: skip
"""Unit of the catalogue to its code in UCUM (The Unified Code for Units of Measure 2.1, case-sensitive)."""
QC = "_qc"
FLAGS = {
    Flag.GOOD: ("正确", "good"),
    Flag.SUSPECT: ("可疑", "suspect"),
    Flag.WRONG: ("错误", "wrong"),
    Flag.CORRECTED: ("订正", "corrected"),
    Flag.MODIFIED: ("修改", "modified"),
    Flag.NO_TASK: ("无任务", "no task"),
    Flag.MISSING: ("缺测", "missing"),
    Flag.UNCHECKED: ("未质控", "unchecked"),
}


def offered(elements: Iterable[str]) -> tuple[str, ...]:
    """Give the parameters of some elements: each and its quality code.

    >>> offered(["air_temperature"])
    ('air_temperature', 'air_temperature_qc')
    """
    return tuple(name for one in elements for name in (one, one + QC))


def described(name: str) -> Told:
    """Describe a parameter as an EDR collection does (OGC 19-086r6, parameter object).

    Parameters
    ----------
    name : str
        An element, or its quality code.

    Returns
    -------
    dict
        `type`, `id`, `label`, `observedProperty`, and `unit` or categories.

    Raises
    ------
    KeyError
        If the catalogue has no such element.
    """
    if name.endswith(QC):
        told = element(name.removesuffix(QC))
        label = f"{told.zh}质量码 {told.en}, quality code"
        categories = [{"id": _flag(flag), "label": f"{zh} {en}"} for flag, (zh, en) in FLAGS.items()]
        return {
            "type": "Parameter", "id": name, "label": label, "data-type": "integer",
            "observedProperty": {"label": label, "categories": categories},
        }  # fmt: skip
    told, cf = element(name), cf_name(name)
    meaning: Told = {"label": f"{told.zh} {told.en}"}
    if cf.standard:
        meaning["id"] = f"{STANDARD_NAMES}{cf.standard}/"
    return {
        "type": "Parameter",
        "id": name,
        "label": f"{told.zh} {told.en}",
        "data-type": "float",
        "unit": {"label": told.unit, "symbol": {"value": UNITS[told.unit], "type": UCUM}},
        "observedProperty": meaning,
        "measurementType": {
            "method": cf.cell_methods.removeprefix("time: "),
            "duration": f"PT{cf.hours:g}H" if cf.hours else "PT0S",
        },
    }


def covered(name: str) -> Told:
    """Describe a parameter as CoverageJSON does (OGC 21-069r2, 6.3); labels are told by language.

    Raises
    ------
    KeyError
        If the catalogue has no such element.
    """
    if name.endswith(QC):
        told = element(name.removesuffix(QC))
        label = {"zh": f"{told.zh}质量码", "en": f"{told.en}, quality code"}
        categories = [{"id": _flag(flag), "label": {"zh": zh, "en": en}} for flag, (zh, en) in FLAGS.items()]
        encoding = {_flag(flag): int(flag) for flag in FLAGS}
        meaning: Told = {"label": label, "categories": categories}
        return {"type": "Parameter", "label": label, "observedProperty": meaning, "categoryEncoding": encoding}
    told, cf = element(name), cf_name(name)
    label = {"zh": told.zh, "en": told.en}
    meaning = {"label": label} | ({"id": f"{STANDARD_NAMES}{cf.standard}/"} if cf.standard else {})
    unit = {"label": {"en": told.unit}, "symbol": {"value": UNITS[told.unit], "type": UCUM}}
    return {"type": "Parameter", "label": label, "observedProperty": meaning, "unit": unit}


def _flag(flag: Flag) -> str:
    return f"urn:xiangtian:flag:{int(flag)}"
