"""Quality control against labelled errors: what is found and what is flagged falsely, titanlib beside ours.

Run: python benchmarks/qc.py --data DIR [--json]. DIR is a folder of shared sample data (with `qc-labelled-titan` and
`obs-amsterdam-pws-5min`) or the folder of labelled sets itself. POD is errors found / errors; POFA is good values
flagged / good values, as the test scripts of TITAN count. Flagged is suspect or wrong.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:
    sys.path.insert(0, str(HERE.parent))

from benchmarks import gauges, peers  # noqa: E402 (a script finds its neighbours only then)
from benchmarks.network import Network  # noqa: E402
from xiangtian.observe import qc  # noqa: E402

DEFAULT = HERE.parents[1] / "shared" / "data"
LABELLED = "qc-labelled-titan"
PREFIX = "observation_test_"
Method = Callable[[qc.Sheet, str], np.ndarray]
Set = tuple[qc.Sheet, str, np.ndarray]
ALLOWED = {"temperature": 0.02, "false zeros": 0.05, "false amounts": 0.05}
"""Largest share of good values that the choice of thresholds may flag, for each kind of error."""
CHOICES: dict[str, list[dict[str, Any]]] = {
    "temperature": [
        {"buddies": {"air_temperature": {"suspect": suspect, "floor": floor}}}
        for suspect, floor in itertools.product((2.25, 2.5, 2.75, 3.0, 3.5), (0.5, 1.0, 1.5))
    ],
    "false zeros": [
        {"rain": {"zero_departure": departure, "ring_mm": ring, "most": most}}
        for departure, ring, most in itertools.product((1.0, 1.5, 2.0), (0.1, 0.15, 0.2), (8, 12, 16))
    ],
    "false amounts": [
        {"rain": {"over_neighbour_ratio": ratio, "over_excess_1h_mm": excess, "most": most}}
        for ratio, excess, most in itertools.product((5.0, 10.0, 20.0), (3.0, 5.0, 10.0), (8, 12, 16))
    ],
}
"""Tolerances among which the choice is made when the figures are to be of unseen values."""


def ours(table: Mapping[str, Any] | None = None) -> Method:
    """Give the whole chain, with default or other rules, as a method."""
    rules = qc.Rules.from_mapping(table or {})
    return lambda sheet, element: qc.run(sheet, qc.History.none(len(sheet)), rules=rules).flagged(element)


def wrong_only(sheet: qc.Sheet, element: str) -> np.ndarray:
    """Give what the whole chain calls wrong; without radar no rain is."""
    return qc.run(sheet, qc.History.none(len(sheet))).flags[element] == 2


METHODS: dict[str, tuple[Method, tuple[str, ...]]] = {
    "ours": (ours(), (peers.TEMPERATURE, peers.RAIN)),
    "ours, wrong only": (wrong_only, (peers.TEMPERATURE,)),
    "titanlib buddy": (peers.buddy, (peers.TEMPERATURE, peers.RAIN)),
    "titanlib buddy 60 km": (lambda sheet, element: peers.buddy(sheet, element, radius=60e3), (peers.RAIN,)),
    "titanlib sct": (peers.sct, (peers.TEMPERATURE,)),
    "titanlib event": (peers.events, (peers.RAIN,)),
    "titanlib event 60 km": (lambda sheet, element: peers.events(sheet, element, radius=60e3), (peers.RAIN,)),
}


def kind(name: str) -> str:
    """Name the kind of error of a set."""
    if name.startswith("ta_"):
        return "temperature"
    return "false zeros" if "zero" in name else "false amounts"


def read(folder: Path) -> tuple[dict[str, Set], list[str]]:
    """Read the labelled sets of a folder; and name those that hold no labels."""
    told = {path.stem.removeprefix(PREFIX): peers.labelled(path) for path in sorted(folder.glob(f"{PREFIX}*.txt"))}
    sets = {name: (sheet, element, wrong) for name, (sheet, element, wrong) in told.items() if wrong is not None}
    return sets, sorted(set(told) - set(sets))


def detection(sets: Mapping[str, Set]) -> list[dict[str, Any]]:
    """Count what each method finds in each set."""
    return [
        {
            "set": f"{PREFIX}{name}",
            "kind": kind(name),
            "element": element,
            "n": len(sheet),
            "methods": {
                method: peers.rates(run(sheet, element), wrong)
                for method, (run, elements) in METHODS.items()
                if element in elements
            },
        }
        for name, (sheet, element, wrong) in sets.items()
    ]


def halves(one: Set) -> list[Set]:
    """Cut a set into its western and eastern half."""
    sheet, element, wrong = one
    west = sheet.lon < np.median(sheet.lon)
    return [(sheet.take(part), element, wrong[part]) for part in (west, ~west)]


def folds(sets: Mapping[str, Set], of: str) -> list[tuple[str, list[Set], list[Set]]]:
    """Give pairs of (sets to choose on, sets to report on): small sets and large ones, else halves of the one."""
    found = {name: one for name, one in sets.items() if kind(name) == of}
    small = [one for name, one in found.items() if "p00100" in name]
    large = [one for name, one in found.items() if "p00100" not in name]
    if small and large:
        return [("chosen on the small sets", small, large), ("chosen on the large sets", large, small)]
    cut = [halves(one) for one in found.values()]
    west, east = [parts[0] for parts in cut], [parts[1] for parts in cut]
    return [("chosen in the west", west, east), ("chosen in the east", east, west)] if cut else []


def pooled(run: Method, sets: list[Set]) -> dict[str, Any]:
    """Count over several sets together."""
    flagged = np.concatenate([run(sheet, element) for sheet, element, _ in sets])
    return peers.rates(flagged, np.concatenate([wrong for _, _, wrong in sets]))


def choose(table: list[dict[str, Any]], sets: list[Set], most: float) -> dict[str, Any]:
    """Give the tolerances that find most while flagging no more good values than allowed; of equals the fewest."""
    told = [(pooled(ours(one), sets), one) for one in table]
    fitting = [(one["pod"], -one["pofa"], place) for place, (one, _) in enumerate(told) if one["pofa"] <= most]
    return table[max(fitting)[2]] if fitting else min(told, key=lambda one: one[0]["pofa"])[1]


def unseen(sets: Mapping[str, Set]) -> list[dict[str, Any]]:
    """Choose tolerances on some sets and report on others, both ways."""
    found = []
    for of, table in CHOICES.items():
        for words, choosing, reporting in folds(sets, of):
            chosen = choose(table, choosing, ALLOWED[of])
            found.append({"kind": of, "fold": words, "chosen": chosen} | pooled(ours(chosen), reporting))
    return found


def timings(counts: list[int]) -> None:
    """Print seconds for one round of reports of the made-up network after two hours, and titanlib's buddy check."""
    print(f"\n{'stations':>9} {'all checks':>11} {'titanlib buddy T':>17} {'titanlib sct T':>15}")
    for count in counts:
        network, window = Network(count), qc.Window()
        for number in range(24):
            qc.judge(window, network.report(number))
        sheet = network.report(24)
        taken, _ = peers.clocked(qc.judge, window, sheet)
        consistency = peers.clocked(peers.sct, sheet, peers.TEMPERATURE)[0] if count <= peers.MOST else np.nan
        print(f"{count:9d} {taken:9.3f} s {peers.buddy_seconds(sheet):15.3f} s {consistency:13.3f} s", flush=True)


def told(rate: Mapping[str, Any] | None) -> str:
    """Write rates in a cell of a table."""
    return "" if rate is None else f"{rate['pod']:.3f} / {rate['pofa']:.4f}"


def show(result: Mapping[str, Any]) -> None:
    """Print the tables."""
    print(f"{'labelled set, POD / POFA':36}" + "".join(f"{name:>22}" for name in METHODS))
    for row in result["sets"]:
        name = row["set"].removeprefix(PREFIX)
        print(f"{name:36}" + "".join(f"{told(row['methods'].get(method)):>22}" for method in METHODS))
    print("\nours with tolerances chosen on other sets (no figure of these is of values that were looked at)")
    for row in result["unseen"]:
        print(f"{row['kind']:15} {row['fold']:28} {told(row):18} n {row['errors'] + row['good']:5}  {row['chosen']}")
    if result["without_labels"]:
        print(f"no labels in {', '.join(result['without_labels'])}")
    gauges.show(result["gauges"])


def main() -> int:
    """Run all that the folder holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT, help="shared sample data, or the labelled sets")
    parser.add_argument("--json", action="store_true", help="print one JSON object and no tables")
    parser.add_argument("--days", type=int, default=31, help="days of the Amsterdam gauges; 0 leaves them out")
    parser.add_argument("--stations", type=int, nargs="*", default=[300, 3000], help="networks to time (tables only)")
    asked = parser.parse_args()
    folder = asked.data / LABELLED if (asked.data / LABELLED).is_dir() else asked.data
    sets, blank = read(folder)
    if not sets:
        print(f"no labelled sets ({PREFIX}*.txt) in {folder}; give --data DIR", file=sys.stderr)
        return 0 if asked.data == DEFAULT else 2
    result = {
        "pod": "errors found / errors",
        "pofa": "good values flagged / good values",
        "sets": detection(sets),
        "unseen": unseen(sets),
        "without_labels": blank,
        "gauges": gauges.compare(folder.parent, asked.days),
    }
    if asked.json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        show(result)
        timings(asked.stations)
    return 0


if __name__ == "__main__":
    sys.exit(main())
