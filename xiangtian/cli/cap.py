"""`xiangtian cap`: judge CAP alerts, anybody's."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.group()
def cap() -> None:
    """Common Alerting Protocol."""


@cap.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON line for each alert.")
def check(paths: tuple[Path, ...], as_json: bool) -> None:
    """Judge every alert in these files: structure, profile and signature apart, and every defect named."""
    from xiangtian.warn.capcheck import MAX_BYTES, too_large
    from xiangtian.warn.capcheck import check as judge

    for path in _files(paths):
        size = path.stat().st_size
        verdicts = [too_large(size, str(path))] if size > MAX_BYTES else judge(path.read_bytes(), str(path))
        for verdict in verdicts:
            line = verdict.as_dict()
            print(json.dumps(line, ensure_ascii=False) if as_json else _plain(line))


def _files(paths: tuple[Path, ...]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        found += [path] if path.is_file() else sorted(below for below in path.rglob("*") if below.is_file())
    return found


def _plain(line: dict[str, object]) -> str:
    words = "valid" if line["valid"] else "NOT VALID"
    return f"{line['file']}: {words}; structure {line['structure']}, signature {line['signature']}; {line['defects']}"
