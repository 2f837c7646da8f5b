"""`xiangtian ledger`: is the ledger as it was written?"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from xiangtian.cli import boot


@click.group()
def ledger() -> None:
    """The chained ledger of everything that was done."""


@ledger.command()
@click.option("--home", type=click.Path(path_type=Path), help="The home to look at (default: XIANGTIAN_HOME).")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def verify(home: Path | None, as_json: bool) -> None:
    """Check every line against the one before it; exit code 1 when a line was changed or removed."""
    boot.start(home, migrate=False)
    from xiangtian.core.ledger import verify as check

    verdict = check()
    if as_json:
        print(json.dumps(asdict(verdict) | {"sound": verdict.sound}, ensure_ascii=False))
    elif verdict.sound:
        print(f"台账完好 sound: {verdict.entries} lines, head {verdict.head[:16]}…")
    else:
        print(f"台账被改动 BROKEN: {verdict.why}")
    sys.exit(0 if verdict.sound else 1)
