"""`xiangtian nowcast`: forecasts from a folder of radar frames, without a home or a database."""

from __future__ import annotations

import resource
import statistics
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from xiangtian.radar.events import Series

    FloatField = npt.NDArray[np.float32]


@click.group()
def nowcast() -> None:
    """Nowcasts from files (短时临近预报)."""


@nowcast.command()
@click.option("--data", required=True, type=click.Path(exists=True, path_type=Path), help="Folder of radar composites.")
@click.option("--leads", default=24, show_default=True, type=click.IntRange(1, 144), help="Steps to forecast.")
@click.option("--members", default=0, show_default=True, type=click.IntRange(0, 200), help="0: one future.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="The same seed, the same members.")
@click.option("--repeat", default=1, show_default=True, type=click.IntRange(1, 100), help="Compute so many times.")
@click.option("--method", default="advect", show_default=True, help="How one future is made: advect, persistence.")
@click.option("--to", "target", required=True, type=click.Path(dir_okay=False, path_type=Path), help="FILE.npz or .nc")
def run(data: Path, leads: int, members: int, seed: int, repeat: int, method: str, target: Path) -> None:
    """Forecast from the last frame in DIR, in the frames' own steps.

    FILE holds `rain` (lead, y, x) or (member, lead, y, x), mm/h, float32, rows from the north, NaN where unknown. The
    seconds of each computation are told (the first one loads or compiles), and the most memory held.
    """
    if target.suffix not in (".npz", ".nc"):
        raise click.UsageError(f"{target.name}: 只写 .npz 或 .nc (only .npz or .nc is written)")
    series = _event(data)
    seconds, rain = [], None
    for number in range(repeat):
        begin = perf_counter()
        rain = None  # one result in memory at a time
        rain = _forecast(series, leads, members, seed, method)
        seconds.append(perf_counter() - begin)
        click.echo(f"run {number + 1}: {seconds[-1]:.3f} s", err=True)
    _keep(target, series, rain)
    warm = f"，之后中位数 (then median) {statistics.median(seconds[1:]):.3f} s" if repeat > 1 else ""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    click.echo(
        f"{series.source} {series.times[-1]:%Y-%m-%d %H:%M}Z, {len(series.rates)} frames, {series.grid.rows} x "
        f"{series.grid.columns}: {target}；首次 (first) {seconds[0]:.3f} s{warm}；内存 (memory) {peak:.0f} MB"
    )


def _event(data: Path) -> Series:
    from xiangtian.cli.event_folder import read_event
    from xiangtian.radar.errors import RadarError

    try:
        series = read_event(data)
    except RadarError as error:
        raise click.ClickException(str(error)) from error
    for name, reason in series.refused:
        click.echo(f"未用 (not used) {name}: {reason}", err=True)
    for moment in series.gaps:
        click.echo(f"缺帧 (no frame) {moment:%Y-%m-%d %H:%M}Z", err=True)
    return series


def _forecast(series: Series, leads: int, members: int, seed: int, method: str) -> FloatField:
    from xiangtian.nowcast import forecasting
    from xiangtian.nowcast.frames import regular

    frames = regular(series.times, series.rates, series.step_min)
    cell_km = (series.grid.cell_m[0] * series.grid.cell_m[1]) ** 0.5 / 1000
    try:
        if members:
            made: FloatField = forecasting.many(frames, leads, members, seed, cell_km, series.step_min)
            return made
        return forecasting.deterministic(frames, leads, cell_km, series.step_min, method)
    except ValueError as error:
        raise click.ClickException(f"不能预报 (can't be forecast from): {error}") from error


def _keep(target: Path, series: Series, rain: Any) -> None:
    import numpy as np

    minutes = series.step_min * np.arange(1, rain.shape[-3] + 1)
    if target.suffix == ".npz":
        time, grid = np.array(series.times[-1].isoformat()), series.grid
        np.savez(target, rain=rain, leads_min=minutes, time=time, crs=np.array(grid.crs), x=grid.x, y=grid.y)
        return
    import xarray as xr

    dims = ("member", "lead", "y", "x")[-rain.ndim :]
    coords = {"lead": minutes, "y": series.grid.y, "x": series.grid.x}
    field = xr.DataArray(rain, coords, dims, name="rain", attrs={"units": "mm h-1", "grid_mapping": series.grid.crs})
    field["lead"].attrs["units"] = "minutes"
    field.assign_attrs(time=series.times[-1].isoformat()).to_netcdf(target, engine="h5netcdf")
