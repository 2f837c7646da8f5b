"""Reading base data: our readers beside xradar's and, where it is installed, cinrad's and pycwr's, in the same run.

Each file is read several times by each; the best time counts, packed as it came and unpacked. A peer that can't read a
file, or is not installed, is left blank.

    python -m benchmarks.read_radar --data DIR [--repeat 3] [--json FILE]
"""

from __future__ import annotations

import argparse
import importlib
import io
import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from xiangtian.radar import polar
from xiangtian.radar.errors import RadarError
from xiangtian.radar.polar import model
from xiangtian.radar.polar.unpacking import unpack

PEERS = ("xradar", "cinrad", "pycwr")
Reader = Callable[[Path], Any]


def best(read: Callable[[], Any], repeat: int) -> float:
    """Give the shortest of several runs, seconds."""
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        read()
        times.append(time.perf_counter() - start)
    return min(times)


def _xradar(path: Path) -> Any:
    """Open and load all, as ours does: xradar gives fields that are read when they are asked for."""
    io_of = importlib.import_module("xradar.io")
    opener = io_of.open_cfradial1_datatree if path.suffix == ".nc" else io_of.open_odim_datatree
    return opener(str(path)).load()


def peer(name: str) -> Reader | None:
    """Give how a peer reads a file; None where it is not installed."""
    try:
        module = importlib.import_module({"xradar": "xradar.io"}.get(name, f"{name}.io"))
    except ImportError:
        return None
    return _xradar if name == "xradar" else lambda path: module.read_auto(str(path))


def measure(path: Path, peers: dict[str, Reader | None], repeat: int) -> dict[str, Any] | None:
    """Read one file by all; None where it is no base data."""
    body = path.read_bytes()
    try:
        tree = polar.read(body, path.name)
    except RadarError:
        return None
    content = unpack(body).body
    line: dict[str, Any] = {
        "file": path.name,
        "format": tree.attrs["source"],
        "sweeps": len(model.sweeps(tree)),
        "mb": round(len(content) / 1e6, 2),
        "xiangtian": best(lambda: polar.read(path.read_bytes(), path.name), repeat),
        "unpack": best(lambda: unpack(body), repeat),
        "decode": best(lambda: polar.read(content, path.name), repeat),
    }
    for name, read in peers.items():
        line[name] = _timed(read, path, repeat)
    return line


def _timed(read: Reader | None, path: Path, repeat: int) -> float | None:
    if read is None:
        return None
    said, sys.stdout = sys.stdout, io.StringIO()
    try:
        return best(lambda: read(path), repeat)
    except Exception:  # what it can't read is left blank
        return None
    finally:
        sys.stdout = said


def show(lines: list[dict[str, Any]]) -> None:
    """Print a table: seconds, and how many times as long the peers take."""
    print(f"{'file':<54}{'MB':>7}{'unpack':>8}{'decode':>8}{'ours':>8}" + "".join(f"{name:>17}" for name in PEERS))
    for line in lines:
        peers = "".join(
            f"{line[name]:9.3f} ({line[name] / line['xiangtian']:4.1f}x)" if line[name] else f"{'-':>17}"
            for name in PEERS
        )
        ours = "".join(f"{line[name]:8.3f}" for name in ("unpack", "decode", "xiangtian"))
        print(f"{line['file'][:53]:<54}{line['mb']:7.2f}{ours}{peers}")


def main() -> int:
    """Measure every file below a folder and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of base data")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write the figures here too")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    peers = {name: peer(name) for name in PEERS}
    files = sorted(path for path in chosen.data.rglob("*") if path.is_file())
    lines = [line for path in files if (line := measure(path, peers, chosen.repeat))]
    show(lines)
    if chosen.json:
        chosen.json.write_text(json.dumps(lines, indent=1))
    return 0 if lines else 1


if __name__ == "__main__":
    sys.exit(main())
