"""`xiangtian decode`: what would be read from these files, without storing anything."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import click

from xiangtian.core import clock
from xiangtian.lake import raw


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON line for each reading or refusal.")
@click.option(
    "--mappings", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder of CSV mappings."
)
@click.option("--received", type=click.DateTime(["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"]), help="When they came in (UTC).")
def decode(paths: tuple[Path, ...], as_json: bool, mappings: Path | None, received: dt.datetime | None) -> None:
    """Decode files, or all files in folders; every file gives at least one line.

    A format that leaves out the year takes the latest one before --received (default: now).
    """
    from xiangtian.observe.decode import decode as read
    from xiangtian.observe.lines import lines
    from xiangtian.observe.mappings import load_mappings
    from xiangtian.observe.reading import Decoded, Envelope, Refusal

    known = load_mappings(mappings) if mappings else ()
    moment = received.replace(tzinfo=clock.UTC) if received else clock.now()
    for path in _files(paths):
        size = path.stat().st_size
        if size > raw.MAX_BODY_BYTES:
            reason = f"{size} bytes: at most {raw.MAX_BODY_BYTES} are taken; split the file"
            found = Decoded("", (), (Refusal(reason),))
        else:
            found = read(path.read_bytes(), Envelope(moment, path.name), known)
        for line in lines(str(path), found):
            print(json.dumps(line, ensure_ascii=False) if as_json else _plain(line))


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    for path in paths:
        if path.is_file():
            yield path
            continue
        for below in sorted(path.rglob("*")):
            if below.is_file() and below.parent.name != "journal":
                yield below


def _plain(line: dict[str, object]) -> str:
    if "reason" in line:
        return f"{line['file']}: REFUSED {line['reason']}"
    values = ", ".join(f"{key}={value}" for key, value in line.items() if key not in ("file", "station", "time"))
    return f"{line['file']}: {line['station']} {line['time']} {values}"
