"""`xiangtian cap`: judge CAP alerts, anybody's."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

LARGEST = 50 * 1024 * 1024


@click.group()
def cap() -> None:
    """Common Alerting Protocol."""


@cap.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON line for each alert.")
def check(paths: tuple[Path, ...], as_json: bool) -> None:
    """Judge every alert in these files: structure, profile and signature apart, and every defect named."""
    from xiangtian.warn.capcheck import check as judge

    for path in _files(paths):
        with path.open("rb") as opened:
            body = opened.read(LARGEST)
        for verdict in judge(body, str(path)):
            line = asdict(verdict)
            print(json.dumps(line, ensure_ascii=False) if as_json else _plain(line))


def _files(paths: tuple[Path, ...]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        found += [path] if path.is_file() else sorted(below for below in path.rglob("*") if below.is_file())
    return found


def _plain(line: dict[str, object]) -> str:
    words = "valid" if line["valid"] else "NOT VALID"
    return f"{line['file']}: {words}; structure {line['structure']}, signature {line['signature']}; {line['defects']}"
