"""Run every benchmark of this folder in turn: `python -m benchmarks`, or `make bench`.

A benchmark that fails is told with its traceback and does not stop the next one; the exit code is then 1.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from pathlib import Path

NAMED = ("ingest", "nowcast", "qc", "reach", "verify")
HERE = Path(__file__).resolve().parent


def names() -> list[str]:
    """Give the benchmarks in the order of their names; other files of the folder are parts of them."""
    return sorted([*(path.stem for path in HERE.glob("bench_*.py")), *NAMED])


def run(name: str) -> bool:
    """Run the `main` of one benchmark as if it were called without arguments; tell whether it went well."""
    print(f"\n=== {name}", flush=True)
    sys.argv = [f"{name}.py"]
    try:
        return not importlib.import_module(f"{__package__}.{name}").main()
    except Exception:
        traceback.print_exc(file=sys.stdout)
        return False
    finally:
        sys.stdout.flush()


def main() -> int:
    """Run all; give 1 if any failed, else 0."""
    failed = [name for name in names() if not run(name)]
    if failed:
        print(f"\nfailed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
