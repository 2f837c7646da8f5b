"""`xiangtian radar`: what radar files hold, without storing anything; no home and no settings are needed."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

if TYPE_CHECKING:
    import xarray as xr

    from xiangtian.met.grid import RainFrame

Line = dict[str, Any]
_COLUMNS = (("雷达站 site", 12), ("时间 time", 22), ("层 sweeps", 10))


@click.group()
def radar() -> None:
    """Radar files: volumes of base data and composites."""


@radar.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON line a file.")
def read(paths: tuple[Path, ...], as_json: bool) -> None:
    """Read radar files, or all files in folders, of any known format; every file gives one line.

    Where a file can't be read its line says why, and the exit code is 1.
    """
    files, refused = 0, 0
    for path in _files(paths):
        line = _line(path)
        gc.collect()  # a tree of sweeps refers to itself: by itself Python would let dozens pile up first
        files += 1
        refused += "reason" in line
        if as_json:
            print(json.dumps(line, ensure_ascii=False))
        else:
            _tell(line, heading=files == 1)
    click.echo(f"{files} 个文件，{refused} 个未读出 ({files} files, {refused} refused)", err=True)
    if refused:
        raise SystemExit(1)


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    for path in paths:
        if path.is_file():
            yield path
        else:
            yield from (below for below in sorted(path.rglob("*")) if below.is_file())


def _line(path: Path) -> Line:
    from xiangtian.radar import composites, polar
    from xiangtian.radar.errors import RadarError
    from xiangtian.radar.polar.unpacking import MAX_PACKED

    name = str(path)
    size = path.stat().st_size
    if size > MAX_PACKED:
        return {"file": name, "reason": f"{size} bytes; at most {MAX_PACKED} are read"}
    body = path.read_bytes()
    try:
        if polar.known(body):
            return {"file": name} | _volume(polar.read(body, path.name))
        if composites.format_of(body) is None:
            known = ", ".join([*polar.FORMATS, *composites.FORMATS])
            return {"file": name, "reason": f"no known radar file: it begins with {body[:12]!r}; read are {known}"}
        return {"file": name} | _composite(composites.read(body))
    except RadarError as error:
        return {"file": name, "reason": str(error)}


def _volume(tree: xr.DataTree) -> Line:
    from xiangtian.radar.polar import model

    sweeps = model.sweeps(tree)
    moments = [name for name in model.MOMENTS if any(name in one for one in sweeps)]
    line = {
        "site": model.site(tree).code,
        "time": str(tree["time_coverage_start"].item()),
        "sweeps": len(sweeps),
        "moments": moments,
        "ranges": {name: _range([one[name].values for one in sweeps if name in one]) for name in moments},
        "format": tree.attrs["source"],
    }
    return line | {name: tree.attrs[name] for name in ("lost", "notes") if tree.attrs[name]}


def _composite(frame: RainFrame) -> Line:
    return {
        "site": "",
        "time": f"{frame.time:%Y-%m-%dT%H:%M:%SZ}",
        "sweeps": 0,
        "moments": ["rate"],
        "ranges": {"rate": _range([frame.rate])},
        "format": frame.source,
    }


def _range(fields: list[Any]) -> list[float] | None:
    """Give the smallest and the largest value of fields, None where there is none."""
    found = [field[np.isfinite(field)] for field in fields]
    found = [values for values in found if values.size]
    if not found:
        return None
    return [round(float(min(values.min() for values in found)), 4), round(float(max(v.max() for v in found)), 4)]


def _tell(line: Line, heading: bool) -> None:
    if heading:
        click.echo("".join(f"{words:<{width}}" for words, width in _COLUMNS) + "要素与范围 moments  文件 file")
    if "reason" in line:
        click.echo(f"未读出 REFUSED {line['file']}: {line['reason']}")
        return
    ranges = " ".join(f"{name} {_span(line['ranges'][name])}" for name in line["moments"])
    click.echo(f"{line['site'] or '-':<15}{line['time']:<24}{line['sweeps']:<11}{ranges}  {line['file']}")
    for word in (*line.get("lost", ()), *line.get("notes", ())):
        click.echo(f"    {word}")


def _span(found: list[float] | None) -> str:
    return "-" if found is None else f"{found[0]:g}..{found[1]:g}"
