"""Write a CAP 1.2 message: the same values always give the same bytes.

What a released message says never changes, so everything in it (identifier, sent, references, texts, outlines) comes
in from outside, frozen; nothing is asked of a clock or a record here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lxml import etree

from xiangtian.core.clock import BEIJING
from xiangtian.warn import shapes, texts
from xiangtian.warn.chain import Action, msg_type
from xiangtian.warn.profile import COLOUR, EVENT_CODE, GEOCODE
from xiangtian.warn.status import RESTRICTIONS, urgency
from xiangtian.warn.texts import Signal

SPACE = "urn:oasis:names:tc:emergency:cap:1.2"
PROFILES = ("public-1.0", "12379-1.0")
"""Profiles our messages claim in `code`, and keep."""

Ring = tuple[tuple[float, float], ...]
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class WarnedArea:
    """An area warned: adcode, names, and its outlines as (lon, lat) rings, degrees, WGS-84, one per separate piece."""

    adcode: str
    name_zh: str
    name_en: str
    rings: tuple[Ring, ...]


@dataclass(frozen=True)
class CapMessage:
    """Everything a CAP message of this house says.

    Attributes
    ----------
    identifier : str
        31 characters, see :mod:`xiangtian.warn.identifier`.
    sender : str
        The unit code with which the identifier begins.
    signal : Signal
        Office, times, action, kind, colour, sentences, status; `signal.issued` is `sent`, whole seconds.
    event_id : str
        Name of the event chain, one word without comma.
    event_code : str
        National event code, such as 11B03.
    kind : str
        Kind of hazard as in rule tables, such as rainstorm.
    certainty : str
        Observed, Likely or Possible.
    references : tuple
        Of every earlier message of the chain, oldest first; empty for NEW.
    areas : tuple
        Areas warned, at least one.
    web : str
        Address at which the message can be seen.
    parameters : tuple
        Further (name, value) pairs; a number's unit stands in its name (`rain_threshold_mm`).
    """

    identifier: str
    sender: str
    signal: Signal
    event_id: str
    event_code: str
    kind: str
    certainty: str
    references: tuple[str, ...]
    areas: tuple[WarnedArea, ...]
    web: str
    parameters: Pairs = ()


def to_cap(message: CapMessage) -> bytes:
    """Write the message as CAP 1.2.

    Parameters
    ----------
    message : CapMessage
        What is to be said.

    Returns
    -------
    bytes
        UTF-8 XML with declaration, indented; equal for equal messages. Unsigned.

    Raises
    ------
    ValueError
        If the message can't be a right one: no area, references missing or too many, a chain name of several words,
        fractions of seconds in its times.

    References
    ----------
    OASIS Standard, Common Alerting Protocol Version 1.2, 1 July 2010; the public profile 1.0 of this house.
    """
    _refuse(message)
    signal = message.signal
    alert = etree.Element(f"{{{SPACE}}}alert", nsmap={None: SPACE})  # type: ignore[dict-item]
    actual = signal.status == "Actual"
    _texts(
        alert,
        ("identifier", message.identifier),
        ("sender", message.sender),
        ("sent", _time(signal.issued)),
        ("status", signal.status),
        ("msgType", msg_type(signal.action)),
        ("scope", "Public" if actual else "Restricted"),
        ("restriction", "" if actual else RESTRICTIONS[signal.status]),
        *(("code", label) for label in PROFILES),
        ("note", texts.note(signal)),
        ("references", " ".join(message.references)),
        ("incidents", message.event_id),
    )
    _info(alert, message, chinese=True)
    _info(alert, message, chinese=False)
    etree.indent(alert)
    return etree.tostring(alert, xml_declaration=True, encoding="UTF-8") + b"\n"


def _refuse(message: CapMessage) -> None:
    signal = message.signal
    if not message.areas:
        raise ValueError("a warning must name at least one area")
    if (signal.action is Action.NEW) == bool(message.references):
        raise ValueError(
            f"{signal.action} with {len(message.references)} references: NEW has none, all others refer to the chain"
        )
    if len(message.event_id.split()) != 1 or "," in message.event_id:
        raise ValueError(f"event id {message.event_id!r} must be one word without comma")
    if signal.status not in ("Actual", *RESTRICTIONS):
        raise ValueError(f"status {signal.status!r}; allowed: Actual, {', '.join(RESTRICTIONS)}")
    for name, moment in (("issued", signal.issued), ("onset", signal.onset), ("expires", signal.expires)):
        if moment.tzinfo is None or moment.microsecond:
            raise ValueError(f"{name} {moment.isoformat()} needs a time zone and whole seconds: it is frozen as sent")


def _info(alert: etree._Element, message: CapMessage, *, chinese: bool) -> None:
    signal, lifted = message.signal, message.signal.action is Action.CAN
    info = etree.SubElement(alert, f"{{{SPACE}}}info")
    _texts(
        info,
        ("language", "zh-CN" if chinese else "en"),
        ("category", "Met"),
        ("event", signal.kind_zh if chinese else signal.kind_en),
        ("responseType", "AllClear" if lifted else "Prepare"),
        ("urgency", urgency(msg_type(signal.action), signal.issued, signal.onset)),
        ("severity", signal.colour.severity),
        ("certainty", message.certainty),
    )
    _pair(info, "eventCode", EVENT_CODE, message.event_code)
    _texts(
        info,
        ("effective", _time(signal.issued)),
        ("onset", _time(signal.onset)),
        ("expires", _time(signal.expires)),
        ("senderName", signal.office_zh if chinese else signal.office_en),
        ("headline", texts.headline_zh(signal) if chinese else texts.headline_en(signal)),
        ("description", texts.description_zh(signal) if chinese else texts.description_en(signal)),
        ("instruction", texts.instruction_zh(signal) if chinese else texts.instruction_en(signal)),
        ("web", message.web),
        ("contact", signal.phone),
    )
    for name, value in _parameters(message):
        _pair(info, "parameter", name, value)
    for area in message.areas:
        _area(info, area, area.name_zh if chinese else area.name_en)


def _parameters(message: CapMessage) -> Pairs:
    signal = message.signal
    ours: Pairs = (
        (COLOUR, signal.colour.key),
        ("signal_kind", message.kind),
        ("signal_action", signal.action.value),
        ("short_text_zh", texts.short_zh(signal)),
    )
    factor: Pairs = () if signal.rain_factor == 1 else (("rain_factor", f"{signal.rain_factor:g}"),)
    return ours + factor + message.parameters


def _area(info: etree._Element, area: WarnedArea, name: str) -> None:
    element = etree.SubElement(info, f"{{{SPACE}}}area")
    _texts(element, ("areaDesc", name), *(("polygon", outline) for outline in shapes.to_cap(area.rings)))
    _pair(element, "geocode", GEOCODE, area.adcode)


def _texts(parent: etree._Element, *values: tuple[str, str]) -> None:
    """Add elements with texts; those without text are left out."""
    for name, value in values:
        if value:
            etree.SubElement(parent, f"{{{SPACE}}}{name}").text = value


def _pair(parent: etree._Element, name: str, value_name: str, value: str) -> None:
    _texts(etree.SubElement(parent, f"{{{SPACE}}}{name}"), ("valueName", value_name), ("value", value))


def _time(moment: dt.datetime) -> str:
    return moment.astimezone(BEIJING).isoformat(timespec="seconds")
