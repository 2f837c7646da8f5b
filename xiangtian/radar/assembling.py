"""The inside of the process that turns volumes into a mosaic: started by `radar.base`, ends with its work.

Foreign bytes, the C libraries that read them and gigabytes of gates stay out of the house's own processes. What it does
is told line by line in JSON on the standard output, so that the house knows which file it was at when it ended.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import json
import resource
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from xiangtian.met.grid import Grid
from xiangtian.radar.errors import RadarError
from xiangtian.radar.mosaic.network import mosaic, rain_frame
from xiangtian.radar.polar import read, sites
from xiangtian.radar.polar.model import Site, site
from xiangtian.radar.qc import clean, terrain

PRODUCTS = ("composite", "cappi", "echo_top", "vil", "rain")
LEVEL_M = 3000.0
FIELDS = ("composite_reflectivity", "echo_top", "vil")
MEMORY_BYTES = 8 << 30
EARLY = dt.timedelta(minutes=2)
"""A volume may end so much after the moment of the mosaic."""
PR_SET_PDEATHSIG = 1


def main() -> int:
    """Read the order from the standard input, answer on the standard output."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    order = json.load(sys.stdin)
    moment, oldest = dt.datetime.fromisoformat(order["moment"]), dt.timedelta(minutes=order["oldest_min"])
    table = sites.RADARS | {code: Site(**one) for code, one in order["sites"].items()}
    newest: dict[str, tuple[dt.datetime, dict[str, Any], xr.DataTree]] = {}
    for one in order["files"]:
        tell(at=one["sha256"])
        try:
            volume = read(Path(one["path"]).read_bytes(), one["name"], table=table)
        except RadarError as error:
            tell(refused=one["sha256"], reason=str(error))
            continue
        code, end = site(volume).code, ended(volume)
        about = {"site": code, "end": end.isoformat(), "lost": volume.attrs["lost"], "notes": volume.attrs["notes"]}
        tell(known=one["sha256"], **about)
        fits = moment - oldest <= end <= moment + EARLY
        if fits and (code not in newest or newest[code][0] < end):
            newest[code] = end, {"sha256": one["sha256"], **about}, volume
    tell(at="")
    if newest:
        used = [about for _, about, _ in newest.values()]
        volumes = [volume for _, _, volume in newest.values()]
        made(Grid(**order["grid"]), volumes, land(order["terrain"]), Path(order["to"]))
        tell(used=used)
    return 0


def land(path: str) -> terrain.Terrain | None:
    """Read the terrain model; without one, or when it can't be read, which is told, blockage is not judged."""
    if not path:
        return None
    try:
        found = terrain.parse(Path(path).read_bytes())
    except (OSError, RadarError) as error:
        tell(terrain=f"not used: {error}")
        return None
    tell(terrain=Path(path).name)
    return found


def made(grid: Grid, volumes: list[xr.DataTree], heights: terrain.Terrain | None, to: Path) -> None:
    """Make the mosaic and leave its fields in a file."""
    whole = mosaic([clean(one, heights) for one in volumes], grid, PRODUCTS)
    frame = rain_frame(whole, grid)
    found: dict[str, Any] = {
        "rate": frame.rate,
        "quality": frame.quality,
        "cappi": whole["cappi"].sel(level=LEVEL_M).values,
    }
    found |= {name: whole[name].values for name in whole.data_vars if name in FIELDS}
    found["notes"] = np.array(json.dumps(dict(frame.notes)))
    np.savez(to, allow_pickle=False, **found)


def ended(volume: xr.DataTree) -> dt.datetime:
    """Give the end of a volume, UTC."""
    return dt.datetime.fromisoformat(str(volume["time_coverage_end"].item()).removesuffix("Z")).replace(tzinfo=dt.UTC)


def tell(**words: object) -> None:
    """Write one line."""
    sys.stdout.write(json.dumps(words, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
