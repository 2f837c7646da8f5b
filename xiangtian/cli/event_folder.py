"""A folder of radar composites as an event."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from xiangtian.met.grid import RainFrame
from xiangtian.radar import events
from xiangtian.radar.errors import RadarError
from xiangtian.radar.hdf5 import MAX_BYTES

MOST_FILES = 5000
THREADS = 2


def read_event(path: Path) -> events.Series:
    """Read the radar composites in a folder and below; the format is recognised file by file.

    Parameters
    ----------
    path : Path
        A folder, or one file.

    Returns
    -------
    Series
        The event; files that no reader knows (README, checksums) are named in `ignored`.

    Raises
    ------
    RadarError
        If the folder isn't there, holds too many files, or no frame.
    """
    files = _files(path)
    with ThreadPoolExecutor(THREADS) as threads:
        return events.assemble(zip(_names(files, path), threads.map(_taken, files), strict=True))


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise RadarError(f"没有这个文件夹 (there is no folder {path}); give one that holds radar composites")
    files = sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
    if len(files) > MOST_FILES:
        raise RadarError(
            f"文件太多 ({path} holds {len(files)} files, at most {MOST_FILES} are read); give the folder of one event"
        )
    return files


def _names(files: list[Path], path: Path) -> Iterator[str]:
    return (file.name if path.is_file() else str(file.relative_to(path)) for file in files)


def _taken(file: Path) -> RainFrame | str | None:
    size = file.stat().st_size
    if size > MAX_BYTES:
        return f"{size / 2**20:.0f} MiB; at most {MAX_BYTES // 2**20} MiB are read"
    return events.take(file.read_bytes())
