"""Base data: one file a format, one polar model for all.

The family's contract: `sniff(head: bytes) -> bool` looks at the unpacked file's bytes without decoding fields and may
be wrong only in saying yes; `read(body: bytes, place: Site | None) -> xarray.DataTree` gives a volume as `model` has
it or raises :class:`xiangtian.radar.errors.RadarError`, whatever it is fed, within bounded memory. Sweeps that can't
be used are left out and named in the root's attribute `lost`. `unpacking`, `cuts` and `gates` are what the readers
share.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import xarray as xr

from xiangtian.radar.errors import RadarError
from xiangtian.radar.polar import cfradial, cinrad_sa, cma_fmt, model, odim, sites
from xiangtian.radar.polar.unpacking import BZIP2, start, unpack


@dataclass(frozen=True)
class Format:
    """One format: how to know it and how to read it."""

    sniff: Callable[[bytes], bool]
    read: Callable[[bytes, model.Site | None], xr.DataTree]


FORMATS: dict[str, Format] = {
    "cma_fmt": Format(cma_fmt.sniff, cma_fmt.read),
    "cinrad_sa": Format(cinrad_sa.sniff, cinrad_sa.read),
    "odim": Format(odim.sniff, odim.read),
    "cfradial": Format(cfradial.sniff, cfradial.read),
}
"""The formats, in the order in which they are tried."""
_PLACE = ["latitude", "longitude", "altitude"]


def format_of(body: bytes) -> str | None:
    """Name the format of an unpacked file by its bytes, None where no reader knows it."""
    return next((name for name, member in FORMATS.items() if member.sniff(body)), None)


def known(body: bytes) -> bool:
    """Tell whether a file, packed or not, may be base data: by its first bytes, and bzip2 packs nothing else here."""
    return body.startswith(BZIP2) or format_of(start(body)) is not None


def read(
    body: bytes, name: str = "", site: model.Site | None = None, table: Mapping[str, model.Site] = sites.RADARS
) -> xr.DataTree:
    """Read base data of any known format, packed with bzip2 or gzip or not.

    Parameters
    ----------
    body : bytes
        The whole file.
    name : str
        Its name: only the radar's code is taken from it, never a time.
    site : Site, optional
        Where the radar stands, for formats that do not say; without it `table` is asked for the code in the name.
    table : Mapping
        Sites by code.

    Returns
    -------
    DataTree
        The volume. In the root's attributes stand `source` (the format), `task`, `lost` (what could not be used) and
        `notes` (what somebody should know, e.g. of the position).

    Raises
    ------
    RadarError
        If no reader knows the file, or its reader can't read it.
    """
    content = unpack(body)
    kind = format_of(content.body)
    if kind is None:
        raise RadarError(
            f"no known base data: the file begins with {content.body[:12]!r}; read are {', '.join(FORMATS)}"
        )
    code = site.code if site else sites.code_in(name)
    tree = FORMATS[kind].read(content.body, site or table.get(code))
    notes = list(tree.attrs.get("notes", []))
    if kind == "cinrad_sa" and site is None:
        notes += sites.known(code, table)
    lost = [content.lost] if content.lost else []
    tree.attrs |= {"lost": [*lost, *tree.attrs["lost"]], "notes": notes}
    return tree


def join(volumes: Sequence[xr.DataTree]) -> xr.DataTree:
    """Join volumes of one radar that hold a sweep or some each, as some services send them.

    Parameters
    ----------
    volumes : sequence of DataTree
        One or more, in any order.

    Returns
    -------
    DataTree
        All sweeps in the order of time; what is said of the volume is taken from the first, `lost` and `notes` of all.

    Raises
    ------
    RadarError
        If there is none, or they are of different radars.
    """
    if not volumes:
        raise RadarError("no volume to join; one or more are needed")
    first, *others = (model.site(tree) for tree in volumes)
    for other in others:
        if other.code != first.code or sites.distance_m(first, other) > sites.AGREEMENT_M:
            raise RadarError(f"sweeps of {first.code} and {other.code}; only those of one radar can be joined")
    whole = sorted((one for tree in volumes for one in model.sweeps(tree)), key=lambda one: one.time.values.min())
    numbered = [one.assign(sweep_number=number).drop_vars(_PLACE) for number, one in enumerate(whole)]
    said = {name: [word for tree in volumes for word in tree.attrs.get(name, [])] for name in ("lost", "notes")}
    about = {str(name): value for name, value in volumes[0].attrs.items()}
    return model.volume(numbered, first, about | said)
