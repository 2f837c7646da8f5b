"""`xiangtian decode`: what would be read from these files, without storing anything."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xiangtian.core import clock
from xiangtian.lake import raw

if TYPE_CHECKING:
    from xiangtian.observe.reading import Decoded
    from xiangtian.observe.wire import Job

    Work = Callable[[Iterator[Job]], Iterator[Decoded]]


MOST_TOLD = 12


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON line for each reading or refusal.")
@click.option(
    "--mappings", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder of CSV mappings."
)
@click.option(
    "--tables", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder of national BUFR tables."
)
@click.option("--received", type=click.DateTime(["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"]), help="When they came in (UTC).")
def decode(
    paths: tuple[Path, ...], as_json: bool, mappings: Path | None, tables: Path | None, received: dt.datetime | None
) -> None:
    """Decode files, or all files in folders; every file gives at least one line, a summary ends the error output.

    A format that leaves out the year takes the latest one before --received (default: now).
    """
    from xiangtian.observe.lines import lines
    from xiangtian.observe.mappings import load_mappings
    from xiangtian.observe.workshop import Workshop, limits

    workshop = Workshop(limits(), tables)
    known = load_mappings(mappings) if mappings else ()
    moment = received.replace(tzinfo=clock.UTC) if received else clock.now()
    files, readings, reasons = 0, 0, Counter[str]()
    for path, found in _read(paths, moment, lambda jobs: workshop.decode(jobs, known)):
        files += 1
        readings += len(found.readings)
        reasons.update(refusal.reason for refusal in found.refusals)
        for line in lines(str(path), found):
            print(json.dumps(line, ensure_ascii=False) if as_json else _plain(line))
    workshop.close()
    for words in _summary(files, readings, reasons):
        click.echo(words, err=True)


def _read(paths: tuple[Path, ...], moment: dt.datetime, work: Work) -> Iterator[tuple[Path, Decoded]]:
    """Give what each file held, in the order of the files; those that are too large come last."""
    from xiangtian.observe.reading import Decoded, Envelope, Refusal

    asked: deque[Path] = deque()
    too_large: deque[tuple[Path, Decoded]] = deque()

    def jobs() -> Iterator[Job]:
        for path in _files(paths):
            size = path.stat().st_size
            if size > raw.MAX_BODY_BYTES:
                reason = f"{size} bytes: at most {raw.MAX_BODY_BYTES} are taken; split the file"
                too_large.append((path, Decoded("", (), (Refusal(reason),))))
            else:
                asked.append(path)
                yield path.read_bytes(), Envelope(moment, path.name)

    for found in work(jobs()):
        yield asked.popleft(), found
    yield from too_large


def _summary(files: int, readings: int, reasons: Counter[str]) -> Iterator[str]:
    refused = sum(reasons.values())
    english = f"{files} files, {readings} readings, {refused} refusals"
    yield f"{files} 个文件，{readings} 条观测，{refused} 处未解码 ({english})"
    for reason, count in reasons.most_common(MOST_TOLD):
        yield f"{count:8d}  {reason}"
    if len(reasons) > MOST_TOLD:
        rest = sum(count for _, count in reasons.most_common()[MOST_TOLD:])
        yield f"{rest:8d}  其他 {len(reasons) - MOST_TOLD} 种原因 (for {len(reasons) - MOST_TOLD} other reasons)"


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
