"""Base data of CINRAD/SA, SB and CB radars: level II of the WSR-88D's kind, radials of a fixed length, little-endian.

The radial is message 1 ("digital radar data") of the WSR-88D: a header of 128 bytes, then one byte a gate for
reflectivity, velocity and spectrum width. SA and SB hold 460 + 920 + 920 gates (2432 bytes a radial), CB holds
800 + 1600 + 1600 (4132 bytes). The file says neither which radar wrote it nor where that stands.

References
----------
NOAA, Interface Control Document for the RDA/RPG, 2620002 (build 9.0), table III-A "digital radar data message".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from xiangtian.radar.errors import RadarError
from xiangtian.radar.polar import cuts
from xiangtian.radar.polar.gates import Code, Layer, decoded, layout
from xiangtian.radar.polar.model import Site, sweep, volume

HEADER = np.dtype(
    [
        ("spare", "V14"), ("message", "<u2"), ("spare_2", "V12"), ("milliseconds", "<u4"), ("day", "<u2"),
        ("unambiguous", "<u2"), ("azimuth", "<u2"), ("number", "<u2"), ("status", "<u2"), ("elevation", "<u2"),
        ("cut", "<u2"), ("first_z", "<i2"), ("first_v", "<i2"), ("gate_z", "<u2"), ("gate_v", "<u2"),
        ("gates_z", "<u2"), ("gates_v", "<u2"), ("sector", "<u2"), ("calibration", "<f4"), ("at_z", "<u2"),
        ("at_v", "<u2"), ("at_w", "<u2"), ("resolution", "<u2"), ("pattern", "<u2"), ("spare_3", "V14"),
        ("nyquist", "<u2"),
    ]
)  # fmt: skip
"""The beginning of a radial; what stands behind `nyquist` up to byte 128 is not used."""
BAND_OF_SIZE = {2432: "S", 4132: "C"}
"""Bytes of a radial, and the band of the radars that write so."""
_BODY = 28
"""Where the pointers to the gates count from."""
_DEGREES = 180.0 / 32768.0
_SAME = ("first_z", "first_v", "gate_z", "gate_v", "gates_z", "gates_v", "at_z", "at_v", "at_w", "resolution")
"""What every radial of a cut must agree on."""
_Z = Code(0.5, -33.0)
_W = Code(0.5, -64.5)
_VELOCITY = {2: Code(0.5, -64.5), 4: Code(1.0, -129.0)}
"""Value = scale x code + offset for codes from 2 on (code 2 is -32 dBZ, code 129 is 0 m/s); 0 is below the threshold,
1 is folded in range."""


@dataclass(frozen=True)
class _Radials:
    """The radials of a file: headers and the bytes they stand in."""

    header: npt.NDArray[Any]
    raw: npt.NDArray[np.uint8]
    time: npt.NDArray[np.datetime64]


def sniff(head: bytes) -> bool:
    """Tell whether bytes may be such a file: two radials, each with the mark of message 1, days since 1970."""
    return _size(head) is not None


def read(body: bytes, place: Site | None = None) -> xr.DataTree:
    """Read a volume.

    Parameters
    ----------
    body : bytes
        The whole file, unpacked.
    place : Site, optional
        Where the radar stands: the file does not say. Without it the position is NaN.

    Returns
    -------
    DataTree
        DBZH dBZ on gates of 1 km, VRADH and WRADH m/s on gates of 250 m as they were measured; where a cut has both,
        reflectivity is repeated on the finer gates (`native_gate_m` of the moment tells). Gates behind the antenna
        are left out. `lost` in the root's attributes names what could not be used.

    Raises
    ------
    RadarError
        If it is another format, or holds no whole cut.
    """
    size = _size(body)
    if size is None:
        raise RadarError(
            f"no CINRAD SA/SB/CB base data: it begins with {body[:16]!r}; radials of "
            f"{', '.join(map(str, BAND_OF_SIZE))} bytes, each with the mark of message 1, are read"
        )
    place = place or Site("", np.nan, np.nan, np.nan, BAND_OF_SIZE[size])
    radials, lost = _radials(body, size)
    found = cuts.split(radials.header["cut"], np.isin(radials.header["status"], (cuts.FIRST, cuts.VOLUME_FIRST)))
    whole, lost = cuts.gather(found, lambda rows, number, place: _cut(radials, rows, number, place), lost)
    pattern = int(np.bincount(radials.header["pattern"]).argmax())
    return volume(whole, place, {"source": "cinrad-sa", "task": f"VCP{pattern}", "lost": lost})


def _size(head: bytes) -> int | None:
    for size in BAND_OF_SIZE:
        if len(head) >= size + HEADER.itemsize:
            two = np.array([np.frombuffer(head, HEADER, 1, at)[0] for at in (0, size)])
            if (two["message"] == 1).all() and (two["day"] > 0).all() and _plausible(two, size).all():
                return size
    return None


def _plausible(header: npt.NDArray[Any], size: int) -> npt.NDArray[np.bool_]:
    """Tell which headers can be true: known states, milliseconds of a day, gates inside the radial."""
    sound = (header["message"] == 1) & (header["status"] <= cuts.VOLUME_LAST) & (header["milliseconds"] < 86_400_000)
    sound &= (header["cut"] >= 1) & (header["cut"] <= cuts.MOST)
    for at, count in (("at_z", "gates_z"), ("at_v", "gates_v"), ("at_w", "gates_v")):
        first, many = header[at].astype(np.int64), header[count].astype(np.int64)
        sound &= (first == 0) | (many == 0) | ((first >= 100) & (_BODY + first + many <= size))
    for length, count in (("gate_z", "gates_z"), ("gate_v", "gates_v")):
        sound &= (header[count] == 0) | ((header[length] >= 25) & (header[length] <= 4000))
    return np.asarray(sound)


def _radials(body: bytes, size: int) -> tuple[_Radials, list[str]]:
    count, rest = divmod(len(body), size)
    raw = np.frombuffer(body, np.uint8, count * size).reshape(count, size)
    header = np.ascontiguousarray(raw[:, : HEADER.itemsize]).view(HEADER)[:, 0]
    sound = _plausible(header, size)
    day = int(np.median(header["day"][sound])) if sound.any() else 0
    sound &= np.abs(header["day"].astype(np.int64) - day) <= 1
    lost = [f"{rest} bytes at the end: not a whole radial"] if rest else []
    if not sound.all():
        lost.append(f"{int((~sound).sum())} of {count} radials: their headers are damaged")
        header, raw = header[sound], raw[sound]
    return _Radials(header, raw, _times(header)), lost


def _times(header: npt.NDArray[Any]) -> npt.NDArray[np.datetime64]:
    """Day 1 is 1 January 1970; the clock of the header is UTC."""
    moment = (header["day"].astype(np.int64) - 1) * 86_400_000 + header["milliseconds"]
    return np.asarray(moment.astype("datetime64[ms]"), "datetime64[ns]")


def _cut(radials: _Radials, rows: slice, number: int, place: int) -> cuts.Taken:
    header, raw, time = radials.header[rows], radials.raw[rows], radials.time[rows]
    alike = cuts.majority(header[list(_SAME)]) & cuts.near(time)
    lost = (
        [] if alike.all() else [f"cut {number}: {int((~alike).sum())} of {len(alike)} radials disagree with the rest"]
    )
    header, raw, time = header[alike], raw[alike], time[alike]
    azimuth = header["azimuth"] * _DEGREES % 360.0
    judged = cuts.judge(azimuth, bool(len(header)) and header["status"][-1] in (cuts.LAST, cuts.VOLUME_LAST))
    if judged.words:
        lost.append(f"cut {number}: {judged.words}")
    layers = _layers(header[0]) if judged.usable else {}
    if not layers:
        return None, lost if judged.words else [*lost, f"cut {number}: no gates"]
    order = np.argsort(azimuth, kind="stable")
    spaced = layout(layers, len(header))
    moments, gates, about = decoded(raw, order, layers, spaced)
    elevation = header["elevation"] * _DEGREES
    elevation = np.where(elevation > 180.0, elevation - 360.0, elevation)
    attrs = judged.attrs | {"cut": number, "unambiguous_range_m": float(np.median(header["unambiguous"])) * 100.0}
    nyquist = float(np.median(header["nyquist"])) / 100.0
    built = sweep(
        place, round(float(np.median(elevation)), 2), moments, azimuth[order], elevation[order], spaced, time[order],
        nyquist or np.nan, gates, attrs,
    )  # fmt: skip
    for name, length in about.items():
        built[name].attrs["native_gate_m"] = length
    return built, lost


def _layers(header: Any) -> dict[str, Layer]:
    """Give what a cut holds, by name; where each moment's bytes lie, its gates and its code."""
    wide = (float(header["first_v"]), float(header["gate_v"]), int(header["gates_v"]))
    velocity = _VELOCITY.get(int(header["resolution"]), _VELOCITY[2])
    asked = {
        "DBZH": (header["at_z"], (float(header["first_z"]), float(header["gate_z"]), int(header["gates_z"])), _Z),
        "VRADH": (header["at_v"], wide, velocity),
        "WRADH": (header["at_w"], wide, _W),
    }
    return {
        name: Layer(_BODY + int(at), *spacing, code, 1)
        for name, (at, spacing, code) in asked.items()
        if at and spacing[2]
    }
