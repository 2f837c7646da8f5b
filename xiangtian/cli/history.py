"""`xiangtian history`: what archives know of the years before the house observed itself."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xiangtian.cli import boot
from xiangtian.core import clock
from xiangtian.lake import durable

if TYPE_CHECKING:
    from xiangtian.observe.actions.history import ArchiveFile
    from xiangtian.observe.workshop import Workshop

MOST_LINE = 1024 * 1024
MOST_BYTES = 2 * 1024**3
"""A file of an archive may have, or unpack to, so many bytes."""


@click.group()
def history() -> None:
    """The history of the stations, for extremes, normals and climatological limits."""


@history.command(name="import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--home", type=click.Path(path_type=Path), help="The home to take them in (default: XIANGTIAN_HOME).")
@click.option("--station", default="", help="The station all of them are of, where the archive calls it otherwise.")
@click.option("--source", default="", help="How the archive is called (default: by its format).")
def take_in(paths: tuple[Path, ...], home: Path | None, station: str, source: str) -> None:
    """Take in files of archives (ISD, GHCNh, any known format), or all files in folders, as climate days.

    Doing it again changes nothing; days that the house observed itself stay as they are.
    """
    place = boot.start(home)
    from xiangtian.observe.actions.history import import_history
    from xiangtian.observe.workshop import workshop

    files = _files(paths, workshop(place.root / "tables"))
    try:
        done = import_history(place, "job:history", files, station, source)
    except durable.Busy as error:
        raise click.ClickException(str(error)) from error
    zh = f"{done.readings} 条观测，{done.stations} 站 {done.days} 个站日，新写入 {done.new} 行"
    span = f"{done.first} – {done.last}" if done.first else "–"
    click.echo(f"{zh} ({done.readings} readings, {done.stations} stations, {done.days} station days, {span})")


def _files(paths: tuple[Path, ...], workshop: Workshop) -> Iterator[ArchiveFile]:
    from xiangtian.observe.actions.history import ArchiveFile
    from xiangtian.observe.history import pieces
    from xiangtian.observe.reading import Envelope

    for path in _each(paths):
        envelope = Envelope(clock.now(), path.name.removesuffix(".gz"))
        try:
            found = list(workshop.decode((piece, envelope) for piece in pieces(_lines(path))))
        except (OSError, EOFError, ValueError) as error:
            click.echo(f"{path}: 读不出 can't be read: {error}", err=True)
            continue
        readings = [reading for part in found for reading in part.readings]
        reasons = [refusal.reason for part in found for refusal in part.refusals]
        if reasons:
            click.echo(f"{path}: {len(reasons)} 处未解码 not decoded: {reasons[0]}", err=True)
        yield ArchiveFile(path.name, found[0].format if found else "", readings)


def _each(paths: tuple[Path, ...]) -> Iterator[Path]:
    for path in paths:
        yield from [path] if path.is_file() else sorted(below for below in path.rglob("*") if below.is_file())


def _lines(path: Path) -> Iterator[bytes]:
    """Give the lines of a file, unpacked where it is gzipped.

    Raises
    ------
    ValueError
        If more than `MOST_BYTES` come out of it.
    """
    size = 0
    with path.open("rb") as plain:
        packed = plain.read(2) == b"\x1f\x8b"
    with gzip.open(path) if packed else path.open("rb") as lines:
        while line := lines.readline(MOST_LINE):
            size += len(line)
            if size > MOST_BYTES:
                raise ValueError(f"more than {MOST_BYTES} bytes; split the file")
            yield line
