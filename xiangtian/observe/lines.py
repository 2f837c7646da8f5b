"""The JSON lines of `xiangtian decode`: what a message says, one line a reading or refusal."""

from __future__ import annotations

from typing import Any

from xiangtian.observe.reading import Decoded, Reading, Refusal


def lines(file: str, decoded: Decoded) -> list[dict[str, Any]]:
    """Give the lines of one file, never none.

    Parameters
    ----------
    file : str
        The file's name as the user gave it.
    decoded : Decoded
        What the decoder found.

    Returns
    -------
    list
        For a reading `file`, `station`, `time` (ISO 8601, Z), the elements by their CF names in the units of the
        catalogue, then `marks`, `lon`, `lat`, `alt_m` and `correction` where there are any; for a refusal `file` and
        `reason`.
    """
    told = [_reading(file, reading) for reading in decoded.readings]
    told += [_refusal(file, refusal) for refusal in decoded.refusals]
    return told or [{"file": file, "reason": f"the decoder {decoded.format} said nothing of this message"}]


def _reading(file: str, reading: Reading) -> dict[str, Any]:
    time = reading.time.isoformat().replace("+00:00", "Z")
    line: dict[str, Any] = {"file": file, "station": reading.station, "time": time}
    line.update(reading.values)
    if reading.marks:
        line["marks"] = {name: mark.name.lower() for name, mark in reading.marks.items()}
    position = {"lon": reading.lon, "lat": reading.lat, "alt_m": reading.alt_m}
    line.update({name: number for name, number in position.items() if number is not None})
    if reading.correction:
        line["correction"] = reading.correction
    return line


def _refusal(file: str, refusal: Refusal) -> dict[str, Any]:
    where = f"{refusal.part}: " if refusal.part else ""
    return {"file": file, "reason": f"{where}{refusal.reason}"}
