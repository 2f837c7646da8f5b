"""`xiangtian trace`: the whole chain of a warning, from its signature back to raw bytes and forward to its score."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from xiangtian.cli import boot


@click.command()
@click.argument("identifier")
@click.option("--home", type=click.Path(path_type=Path), help="The home to look at (default: XIANGTIAN_HOME).")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def trace(identifier: str, home: Path | None, as_json: bool) -> None:
    """Print where a warning came from and what became of it; IDENTIFIER is a message's or an event's."""
    place = boot.start(home, migrate=False)
    from xiangtian.verify.tracing import Unknown, chain

    try:
        told = chain(place, identifier)
    except Unknown as error:
        raise click.ClickException(str(error)) from error
    print(json.dumps(told, ensure_ascii=False, indent=1) if as_json else "\n".join(_lines(told)))


def _lines(told: dict[str, Any], depth: int = 0) -> list[str]:
    lines: list[str] = []
    pad = "  " * depth
    for key, value in told.items():
        if isinstance(value, dict):
            lines += [f"{pad}{key}:", *_lines(value, depth + 1)]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for place, one in enumerate(value, 1):
                lines += [f"{pad}{key} {place}:", *_lines(one, depth + 1)]
        else:
            lines.append(f"{pad}{key}: {value}")
    return lines
