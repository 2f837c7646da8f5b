"""Base data in the standard format of the China Meteorological Administration ("FMT"), version 1 and 2.

A file is a common block (generic header, site, task, one configuration of 256 bytes a cut) and then radials: a header
of 64 bytes, and for each moment a header of 32 bytes and its gates, one or two bytes each, little-endian.
A value is (code - offset) / scale; codes below 5 say why there is none.

References
----------
China Meteorological Administration, 天气雷达基数据标准格式 (standard format of weather radar base data, 2019; the
same layout in QX/T 616): tables of the common block, the radial header, the moment header, and of the data types.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from xiangtian.radar.errors import RadarError
from xiangtian.radar.polar import cuts, sites
from xiangtian.radar.polar.gates import MAX_RAYS, Code, Layer, decoded, layout
from xiangtian.radar.polar.model import Site, sweep, volume

MAGIC = b"RSTM"
MOMENTS = {
    1: "DBTH", 2: "DBZH", 3: "VRADH", 4: "WRADH", 5: "SQIH", 7: "ZDR", 9: "RHOHV", 10: "PHIDP", 11: "KDP", 16: "SNRH",
}  # fmt: skip
"""The data types that are read, by their number in the standard."""
_DOPPLER = {3, 4, 5}
"""These lie on the gates of the Doppler resolution, all others on those of the reflectivity's."""
_SITE = struct.Struct("<8s32sffiif")
_TASK = struct.Struct("<32s128siiiii")
_AT_SITE, _AT_TASK, _AT_CUTS, _CUT_BYTES = 32, 160, 416, 256
_CUT = np.dtype(
    {
        "names": ["elevation", "gate_z", "gate_v", "start", "nyquist"],
        "formats": ["<f4", "<i4", "<i4", "<i4", "<f4"],
        "offsets": [24, 44, 48, 60, 80],
        "itemsize": _CUT_BYTES,
    }
)
_RADIAL = struct.Struct("<5i2f4i")
_RADIAL_BYTES, _MOMENT_BYTES = 64, 32
_MOMENT = struct.Struct("<3i2hi")
_MOST_MOMENTS = 32
_MOST_BYTES = 1 << 20
_MOST_RADIALS = cuts.MOST * MAX_RAYS
_FIRST_VALUE = 5
_FOLDED, _UNMEASURED = 1, 2
"""Codes without a value: 0 below the threshold, 1 folded in range, 2 not covered by the scan."""


@dataclass(frozen=True)
class _Radial:
    """One radial: where its moments lie in the file, and what its header says."""

    begin: int
    end: int
    state: int
    cut: int
    azimuth: float
    elevation: float
    time_us: int


def sniff(head: bytes) -> bool:
    """Tell whether bytes begin as such a file does."""
    return head.startswith(MAGIC)


def read(body: bytes, place: Site | None = None) -> xr.DataTree:
    """Read a volume.

    Parameters
    ----------
    body : bytes
        The whole file, unpacked.
    place : Site, optional
        What the station table says. The file's own position is used; where it has none, or the two are more than
        `sites.AGREEMENT_M` apart, `notes` in the root's attributes says so.

    Returns
    -------
    DataTree
        The moments of `MOMENTS` that the file holds. `lost` names what could not be used, `left_out` the data types
        that are not read.

    Raises
    ------
    RadarError
        If it is another format, or holds no whole cut.
    """
    found, notes = _place(body, place)
    task = _TASK.unpack_from(body, _AT_TASK)
    planned = np.frombuffer(body, _CUT, task[6], _AT_CUTS)
    radials, lost = _walk(body, _AT_CUTS + _CUT_BYTES * len(planned), len(planned))
    left_out: set[int] = set()
    begins = np.array([radial.state in (cuts.FIRST, cuts.VOLUME_FIRST) for radial in radials], bool)

    def take(rows: slice, number: int, place: int) -> cuts.Taken:
        some = radials[rows]
        return _cut(body, some, planned[some[0].cut - 1], (number, place), left_out)

    found_cuts = cuts.split(np.array([radial.cut for radial in radials]), begins)
    whole, lost = cuts.gather(found_cuts, take, lost)
    about = {"source": "cma-fmt", "task": _text(task[0]), "lost": lost, "notes": notes, "left_out": sorted(left_out)}
    return volume(whole, found, about)


def _place(body: bytes, table: Site | None) -> tuple[Site, list[str]]:
    """Read the head of the file, and hold its position against the table's."""
    version = struct.unpack_from("<4sHHI", body) if len(body) >= _AT_CUTS else (b"", 0, 0, 0)
    if version[0] != MAGIC or version[3] != 1:
        raise RadarError(
            f"no base data in the standard format: it begins with {body[:4]!r} and says type {version[3]}; "
            f"{MAGIC!r} and type 1 (base data), and at least {_AT_CUTS} bytes, are read"
        )
    count = _TASK.unpack_from(body, _AT_TASK)[6]
    if not 1 <= count <= cuts.MOST or len(body) < _AT_CUTS + _CUT_BYTES * count:
        raise RadarError(f"the file announces {count} cuts in {len(body)} bytes; 1 to {cuts.MOST} are read")
    code, _, latitude, longitude, antenna, _, frequency = _SITE.unpack_from(body, _AT_SITE)
    own = Site(_text(code), longitude, latitude, float(antenna), sites.band(frequency * 1e6))
    return sites.agreed(own, table)


def _text(raw: bytes) -> str:
    return raw.split(b"\x00")[0].decode("gbk", "replace").strip()


def _walk(body: bytes, at: int, planned: int) -> tuple[list[_Radial], list[str]]:
    """Go from radial to radial; over a damaged one with the length of the last."""
    radials: list[_Radial] = []
    damaged, stride = 0, 0
    while at + _RADIAL_BYTES <= len(body) and len(radials) < _MOST_RADIALS:
        radial = _radial(body, at, planned)
        if radial:
            radials.append(radial)
            stride = radial.end - at
        elif stride and damaged < len(radials):
            damaged += 1
        else:
            break
        at += stride
    lost = [f"{damaged} radials: their headers are damaged"] if damaged else []
    if at < len(body):
        lost.append(f"{len(body) - at} bytes at the end: not a whole radial")
    return radials, lost


def _radial(body: bytes, at: int, planned: int) -> _Radial | None:
    state, _, _, _, cut, azimuth, elevation, seconds, micros, length, moments = _RADIAL.unpack_from(body, at)
    begin = at + _RADIAL_BYTES
    sound = 0 <= state <= 6 and 1 <= cut <= planned and 0 <= micros < 1_000_000 and seconds > 0
    sound = sound and 1 <= moments <= _MOST_MOMENTS and moments * _MOMENT_BYTES <= length <= _MOST_BYTES
    if not sound or begin + length > len(body) or not (-1e3 < azimuth < 1e3 and -20.0 < elevation < 200.0):
        return None
    return _Radial(begin, begin + length, state, cut, azimuth % 360.0, elevation, seconds * 1_000_000 + micros)


def _cut(body: bytes, radials: list[_Radial], plan: Any, places: tuple[int, int], left_out: set[int]) -> cuts.Taken:
    number, place = places
    raw, radials, lost = _rows(body, radials, number)
    azimuth = np.array([radial.azimuth for radial in radials])
    ended = bool(radials) and radials[-1].state in (cuts.LAST, cuts.VOLUME_LAST)
    judged = cuts.judge(azimuth, ended)
    if judged.words:
        lost.append(f"cut {number}: {judged.words}")
    if not judged.usable:
        return None, lost
    layers, other = _layers(raw[0], plan)
    left_out |= other
    if not layers:
        return None, [*lost, f"cut {number}: none of its moments is read"]
    order = np.argsort(azimuth, kind="stable")
    spaced = layout(layers, len(radials))
    moments, gates, about = decoded(raw, order, layers, spaced)
    elevation = np.array([radial.elevation for radial in radials])
    time = np.array([radial.time_us for radial in radials]).astype("datetime64[us]").astype("datetime64[ns]")
    fixed = float(plan["elevation"])
    fixed = fixed if abs(fixed - np.median(elevation)) < 2.0 else float(np.median(elevation))
    nyquist = float(plan["nyquist"])
    built = sweep(
        place, round(fixed, 2), moments, azimuth[order], elevation[order], spaced, time[order],
        nyquist if 0.0 < nyquist < 500.0 else np.nan, gates, judged.attrs | {"cut": number},
    )  # fmt: skip
    for name, length in about.items():
        built[name].attrs["native_gate_m"] = length
    return built, lost


def _rows(body: bytes, radials: list[_Radial], number: int) -> tuple[npt.NDArray[np.uint8], list[_Radial], list[str]]:
    """Give the moments of a cut's radials as rows of bytes; those that are laid out unlike most are left out."""
    lengths = np.array([radial.end - radial.begin for radial in radials])
    usual = int(np.bincount(lengths).argmax())
    time = np.array([radial.time_us for radial in radials]).astype("datetime64[us]")
    kept = [one for one, fits in zip(radials, (lengths == usual) & cuts.near(time), strict=True) if fits]
    raw = np.stack([np.frombuffer(body, np.uint8, usual, radial.begin) for radial in kept])
    alike = np.zeros(len(raw), bool)
    for sample in {0, len(raw) // 2, len(raw) - 1}:
        columns = [at + byte for at, *_ in _moments(raw[sample]) for byte in range(-_MOMENT_BYTES, 0)]
        same = (raw[:, columns] == raw[sample, columns]).all(axis=1) if columns else np.zeros(len(raw), bool)
        alike = same if same.sum() > alike.sum() else alike
    kept = [one for one, same in zip(kept, alike, strict=True) if same]
    missing = len(radials) - len(kept)
    lost = [f"cut {number}: {missing} of {len(radials)} radials disagree with the rest"] if missing else []
    return raw[alike], kept, lost


def _moments(radial: npt.NDArray[np.uint8]) -> Iterator[tuple[int, int, int, int, int, int]]:
    """Give the moments of a radial: where the gates begin, data type, scale, offset, bytes of a number, how many."""
    at = 0
    while at + _MOMENT_BYTES <= len(radial):
        kind, scale, offset, width, _, length = _MOMENT.unpack_from(radial.data, at)
        at += _MOMENT_BYTES
        if width not in (1, 2) or not 0 <= length <= len(radial) - at:
            return
        yield at, kind, scale, offset, width, length // width
        at += length


def _layers(radial: npt.NDArray[np.uint8], plan: Any) -> tuple[dict[str, Layer], set[int]]:
    layers: dict[str, Layer] = {}
    other = set()
    for at, kind, scale, offset, width, count in _moments(radial):
        length = float(plan["gate_v" if kind in _DOPPLER else "gate_z"])
        if kind not in MOMENTS or MOMENTS[kind] in layers:
            other.add(kind)
        elif scale and count and 1.0 <= length <= 10_000.0 and abs(int(plan["start"])) <= 1_000_000:
            code = Code(1.0 / scale, -offset / scale, _FOLDED, _UNMEASURED, _FIRST_VALUE)
            first = float(plan["start"]) + length / 2.0
            layers[MOMENTS[kind]] = Layer(at, first, length, count, code, width)
    return layers, other
