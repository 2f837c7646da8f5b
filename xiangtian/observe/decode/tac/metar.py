"""METAR and SPECI (FM 15 and FM 16, WMO-No. 306 volume I.1; ICAO Annex 3, appendix 3).

Read are wind, gust, visibility, the base of the lowest cloud, temperature and dew point, and the remarks that stations
of the United States add (`metar_remarks`). Left out, because the catalogue has no element that means just this:
QNH (the altimeter setting is neither station nor sea-level pressure), runway visual range, weather groups (letters, no
figure of code table 4677), cloud classes (FEW, SCT and BKN are ranges of oktas), trend forecasts.
Visibility 9999 and CAVOK mean 10 km or more and are kept as 10 000 m.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from xiangtian.core.flags import Mark
from xiangtian.observe.decode.refusals import Refusals, Unfit
from xiangtian.observe.decode.tac import metar_remarks
from xiangtian.observe.decode.tac.gts import Bulletin, moment
from xiangtian.observe.decode.tac.report import Report
from xiangtian.observe.decode.units import FOOT_M, KNOT_M_S
from xiangtian.observe.reading import Reading

MILE_M = 1609.344
FAR_M = 10000.0
UNIT_M_S = {"KT": KNOT_M_S, "MPS": 1.0, "KMH": 1 / 3.6}
_BEGIN = re.compile(r"^(?:METAR|SPECI|MTR[A-Z0-9]{3})$")
_STATION = re.compile(r"^[A-Z][A-Z0-9]{3}$")
_CANADIAN = re.compile(r"^[A-Z][A-Z0-9]{2}$")
_TIME = re.compile(r"^(\d{2})(\d{2})(\d{2})Z?$")
_NEXT = re.compile(r"^(?:(?:METAR|SPECI)(?: COR)? )?[A-Z][A-Z0-9]{3} \d{6}Z")
_FORECAST = re.compile(r"^(?:NOSIG|TEMPO|BECMG|INTER|FM\d{4,6}|TL\d{4}|AT\d{4}|PROB\d0|RMKS?)$")
_WIND = re.compile(r"^(\d{3}|VRB|///)P?(\d{2,3}|//)(?:GP?(\d{2,3}|//))?(KT|KTS|MPS|KMH)$")
_METRES = re.compile(r"^(\d{4}|////)(?:NDV)?$")
_MILES = re.compile(r"^([MP]?)(\d{1,3}|\d{1,2}/\d{1,2}|/{2,4})SM$")
_CLOUD = re.compile(r"^(?:FEW|SCT|BKN|OVC|VV|///)(\d{3}|///)(?:CB|TCU|///|ACC)?$")
_PAIR = re.compile(r"^(M?\d{2}|//|XX)/(M?\d{2}|//|XX)?$")
_TOLD = re.compile(
    r"""^(?:AUTO|COR|RTD|CC[A-Z]|NCD|NSC|CLR|SKC|NSW|NDV|CAVOK|\$|/{2,}|=
    |\d{3}V\d{3} | \d{4}(?:NE|NW|SE|SW|N|E|S|W) | R\d{2}[LCR]?/.* | R/{2,}.* | [QA](?:\d{3,4}|////)(?:INS)?
    |(?:\+|-|VC|RE)?(?:(?:MI|PR|BC|DR|BL|SH|TS|FZ)?(?:DZ|RA|SN|SG|IC|PL|GR|GS|UP|BR|FG|FU|VA|DU|SA|HZ|PY|PO|SQ|FC|SS|DS)*)
    |(?:RE|\+|-)?//(?:CB|TCU)? | /?/?/?(?:CB|TCU) | (?:BLACK)?(?:(?:BLU|WHT|GRN|YLO|AMB|RED)[+12]?)+ | RF\d.*
    | WS.* | RWY.* | W(?:M?\d{2}|//)/[SH].* | [0-9R]\d{1,2}[LCR]?/.{6})$""",
    re.VERBOSE,
)
"""Groups that the code, or its military colour states, define and this reader leaves out."""
MOST_WORDS = 200


def read(bulletin: Bulletin, received: dt.datetime, refusals: Refusals) -> list[Reading]:
    """Read the reports of one bulletin."""
    readings = []
    for words in _reports(bulletin.text):
        try:
            found = _report(words, bulletin.mark, received, refusals)
        except ValueError as error:
            refusals.add(str(error), " ".join(words[:3])[:40])
            continue
        if found:
            readings.append(found)
    return readings


def _reports(text: str) -> Iterator[list[str]]:
    """Part a text into reports: each ends with =, or where METAR, SPECI or a line with a station and a time begins."""
    words: list[str] = []
    for line in text.split("\n"):
        begins = bool(_NEXT.match(line))
        for word in line.replace("=", " = ").split():
            if (word == "=" or begins or word in ("METAR", "SPECI")) and [
                one for one in words if not _BEGIN.match(one)
            ]:
                yield words
                words = []
            begins = False
            words += [] if word == "=" else [word]
        words = [] if len(words) == 1 and _BEGIN.match(words[0]) else words
    if words:
        yield words


def _report(words: Sequence[str], mark: str, received: dt.datetime, refusals: Refusals) -> Reading | None:
    special, correction, rest = _head(list(words))
    if not rest:
        raise Unfit("a report without a station")
    station = rest[0]
    if _CANADIAN.match(station) and rest[1:2] == ["SA"]:
        raise Unfit("a Canadian SA report (station of three letters, a code of its own), which is no METAR")
    if not _STATION.match(station):
        raise Unfit("a report begins with a station of four letters and figures")
    if "NIL" in rest[1:4]:
        refusals.add("NIL: the station says that there is no report", station)
        return None
    found = _TIME.match(rest[1]) if len(rest) > 1 else None
    if found is None:
        raise Unfit("after the station stands day, hour and minute (ddhhmmZ)")
    time = moment(int(found[1]), int(found[2]), int(found[3]), received)
    report = Report(station, time, correction="COR" if correction or "COR" in rest[2:4] else mark)
    body, remarks = _parts(rest[2:])
    _tell(report, body, refusals)
    metar_remarks.read(report, remarks, special)
    if not report.values and not report.marks:
        raise Unfit("no group of the report could be read")
    return Reading(station, time, report.values, report.marks, correction=report.correction)


def _head(words: list[str]) -> tuple[bool, bool, list[str]]:
    special = corrected = False
    while words and (_BEGIN.match(words[0]) or words[0] in ("COR", "NIL")):
        special |= words[0] == "SPECI"
        corrected |= words[0] == "COR"
        words = words[1:]
    return special, corrected, words[:MOST_WORDS]


def _parts(words: Sequence[str]) -> tuple[list[str], list[str]]:
    end = next((place for place, word in enumerate(words) if _FORECAST.match(word)), len(words))
    begin = next((place for place, word in enumerate(words) if word in ("RMK", "RMKS")), len(words))
    return list(words[:end]), list(words[begin + 1 :])


def _tell(report: Report, words: Sequence[str], refusals: Refusals) -> None:
    whole_miles = 0
    for place, word in enumerate(words):
        if re.fullmatch(r"\d{1,2}", word) and place + 1 < len(words) and words[place + 1].endswith("SM"):
            whole_miles = int(word)
            continue
        for pattern, take in TAKEN:
            if (found := pattern.match(word)) and take(report, found, whole_miles):
                break
        else:
            if word == "CAVOK":
                report.values.setdefault("visibility_in_air", FAR_M)
            if not _TOLD.match(word):
                refusals.add("a group that the code does not define was left out", f"{report.station} {word[:16]}")


def _wind(report: Report, found: re.Match[str], _: int) -> bool:
    unit = UNIT_M_S[found[4].removesuffix("S") if found[4] == "KTS" else found[4]]
    if "wind_speed" in report.values or "wind_speed" in report.marks:
        return True
    report.tell("wind_speed", found[2], lambda one: int(one) * unit)
    if found[1] == "000" and report.values.get("wind_speed") == 0:
        report.values["wind_from_direction"] = 0.0
        report.marks["wind_speed"] = report.marks["wind_from_direction"] = Mark.CALM
    elif found[1] != "VRB":
        report.tell("wind_from_direction", found[1], _direction)
    if found[3]:
        report.tell("wind_speed_of_gust", found[3], lambda one: int(one) * unit)
    return True


def _direction(digits: str) -> float:
    if int(digits) > 360:
        raise Unfit(f"a wind direction is told in degrees up to 360, found {digits}")
    return float(digits)


def _metres(report: Report, found: re.Match[str], _: int) -> bool:
    if "visibility_in_air" not in report.values:
        report.tell("visibility_in_air", found[1], lambda one: FAR_M if one == "9999" else float(one))
    return True


def _miles(report: Report, found: re.Match[str], whole: int) -> bool:
    if found[2].endswith("/0"):
        return False
    if found[2].startswith("/"):
        report.marks.setdefault("visibility_in_air", Mark.MISSING)
    else:
        report.values["visibility_in_air"] = round(float(whole + Fraction(found[2])) * MILE_M, 4)
    return True


def _cloud(report: Report, found: re.Match[str], _: int) -> bool:
    if found[1] != "///":
        base = round(int(found[1]) * 100 * FOOT_M, 4)
        report.values["cloud_base_altitude"] = min(base, report.values.get("cloud_base_altitude", base))
    return True


def _temperatures(report: Report, found: re.Match[str], _: int) -> bool:
    for name, digits in (("air_temperature", found[1]), ("dew_point_temperature", found[2] or "//")):
        report.tell(name, digits.replace("XX", "//"), lambda one: float(one.replace("M", "-")))
    return True


TAKEN: tuple[tuple[re.Pattern[str], Callable[[Report, re.Match[str], int], bool]], ...] = (
    (_WIND, _wind),
    (_METRES, _metres),
    (_MILES, _miles),
    (_CLOUD, _cloud),
    (_PAIR, _temperatures),
)
