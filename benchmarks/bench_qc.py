"""Quality control: time a minute of 300, 3 000 and 70 000 stations, and count what is found on labelled sets.

Beside it, in the same run, stand titanlib's buddy check and spatial consistency test.
Run: python benchmarks/bench_qc.py [--shared DIR]   (bounded: under two minutes)
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import titanlib

from xiangtian.met import humidity
from xiangtian.observe import qc

START = np.datetime64("2026-07-01T00:00:00", "s")
SPACING_KM = 11.0
TITANLIB_MOST = 3000
SAMPLE = 50
"""Of more stations than `TITANLIB_MOST`, titanlib is asked about one in so many, and its time is multiplied."""
LABELLED = {
    "ta_prid01_p02000_pGE020percent": "air_temperature",
    "rr1_prid01_p02000_zero003percent": "precipitation_amount_1h",
    "rr1_prid01_p02000_pGE020percent": "precipitation_amount_1h",
    "rr1_prid02_p00100_zero003percent": "precipitation_amount_1h",
    "rr1_prid02_p00100_pGE003percent": "precipitation_amount_1h",
}


class Network:
    """A network on smooth fields with instrument noise, about 11 km between stations."""

    def __init__(self, count: int, seed: int = 0) -> None:
        self.rng = np.random.default_rng(seed)
        side = np.sqrt(count) * SPACING_KM / 111.2
        self.lat = 28.0 + self.rng.random(count) * side * 0.9
        self.lon = 105.0 + self.rng.random(count) * side
        self.alt = 50 + 40 * np.sin(self.lon * 3) + self.rng.random(count) * 20
        self.station = np.array([f"M{number:05d}" for number in range(count)])

    def minute(self, number: int) -> qc.Sheet:
        """Give the reports of one minute, every five minutes, with one temperature spike in a thousand."""
        count, noise = len(self.station), self.rng.normal
        wave = np.sin(self.lat * 1.7 + number / 40) * np.cos(self.lon * 1.3)
        temperature = 24 + 4 * wave - 0.0065 * self.alt + noise(0, 0.2, count)
        temperature[self.rng.random(count) < 1e-3] += 12.0
        moist = np.clip(70 - 12 * wave + noise(0, 2, count), 5, 100)
        wind = np.abs((5 + 2 * wave) * (1 + noise(0, 0.15, count)))
        rain = np.round(np.maximum(wave - 0.3, 0) * 2 * self.rng.lognormal(0, 0.1, count), 1)
        values = {
            "air_temperature": temperature.round(1),
            "relative_humidity": moist.round(0),
            "dew_point_temperature": humidity.dew_point(24 + 4 * wave - 0.0065 * self.alt, moist).round(1),
            "surface_air_pressure": (1005 - self.alt * 0.12 + noise(0, 0.2, count)).round(1),
            "wind_speed": wind.round(1),
            "wind_speed_of_gust": (wind * 1.6).round(1),
            "wind_from_direction": ((180 + 30 * wave + noise(0, 12, count)) % 360).round(0),
            "precipitation_amount": rain,
            "precipitation_period": np.full(count, 5.0),
        }
        when = np.full(count, START + np.timedelta64(300 * number, "s"))
        return qc.Sheet(self.station, when, self.lon, self.lat, self.alt, values)


def clock(work: object, *given: object) -> tuple[float, object]:
    """Time one call."""
    begin = time.perf_counter()
    result = work(*given)  # type: ignore[operator]
    return time.perf_counter() - begin, result


def titan_points(sheet: qc.Sheet) -> titanlib.Points:
    """Give titanlib's point set of a sheet."""
    return titanlib.Points(sheet.lat, sheet.lon, sheet.alt, np.zeros(len(sheet)))


def titan_buddy(sheet: qc.Sheet, element: str, radius: float = 30e3, threshold: float = 2.5) -> np.ndarray:
    """Run titanlib's buddy check as its users do: one radius, five rounds."""
    found = titanlib.buddy_check(titan_points(sheet), sheet.of(element), [radius], [5], threshold, 500, -0.0065, 1.0, 5)
    return np.asarray(found) == 1


def titan_buddy_seconds(sheet: qc.Sheet) -> float:
    """Time titanlib's buddy check of temperature; of many stations only a sample, scaled up, to stay bounded."""
    if len(sheet) <= TITANLIB_MOST:
        return clock(titan_buddy, sheet, "air_temperature")[0]
    building, points = clock(titan_points, sheet)
    ask = (np.arange(len(sheet)) % SAMPLE == 0).astype(int)
    values = sheet.of("air_temperature")
    part, _ = clock(titanlib.buddy_check, points, values, [30e3], [5], 2.5, 500, -0.0065, 1.0, 5, ask)
    return building + part * SAMPLE


def titan_sct(sheet: qc.Sheet, element: str, threshold: float = 10.0) -> np.ndarray:
    """Run titanlib's spatial consistency test on a whole sheet."""
    every = np.full(len(sheet), threshold)
    found = titanlib.sct(
        titan_points(sheet),
        sheet.of(element),
        5,
        100,
        50e3,
        150e3,
        5,
        20,
        100.0,
        1e4,
        200.0,
        every,
        every,
        every * 0.05,
    )
    return np.asarray(found[0]) == 1


def timings(counts: list[int]) -> None:
    """Print seconds for one minute of the network, after two hours of history."""
    print(
        f"{'stations':>9} {'history':>8} {'checks':>8} {'remember':>9} {'all':>7} {'titanlib buddy T':>17} {'sct T':>7}"
    )
    for count in counts:
        network, window = Network(count), qc.Window()
        for number in range(24):
            sheet = network.minute(number)
            good = qc.Judged(
                {name: np.zeros(count, np.int16) for name in sheet.values},
                {name: np.zeros(count, np.int32) for name in sheet.values},
            )
            window.push(sheet, good)
        sheet = network.minute(24)
        looked, history = clock(window.history, sheet)
        checked, judged = clock(qc.run, sheet, history)
        kept, _ = clock(window.push, sheet, judged)
        buddy = titan_buddy_seconds(sheet)
        consistency = clock(titan_sct, sheet, "air_temperature")[0] if count <= TITANLIB_MOST else float("nan")
        ours = f"{looked:8.3f} {checked:8.3f} {kept:9.3f} {looked + checked + kept:7.3f}"
        print(f"{count:9d} {ours} {buddy:17.3f} {consistency:7.3f}", flush=True)


def labelled(path: Path, element: str) -> tuple[qc.Sheet, np.ndarray]:
    """Read one labelled set: the sheet, and which values are gross errors."""
    table = np.genfromtxt(path, delimiter=";", skip_header=1)
    count = len(table)
    when = np.full(count, START)
    names = np.array([str(int(name)) for name in table[:, 0]])
    return qc.Sheet(names, when, table[:, 1], table[:, 2], np.zeros(count), {element: table[:, 5]}), table[:, 6] == 1


def rates(flagged: np.ndarray, wrong: np.ndarray) -> str:
    """Write POD (errors found / errors) and POFA (good values flagged / good values), as TITAN's own test counts."""
    return f"POD {flagged[wrong].mean():.3f} POFA {flagged[~wrong].mean():.4f}"


def detection(folder: Path) -> None:
    """Print what is found on the labelled sets."""
    print(f"\n{'labelled set':36} {'ours, suspect or wrong':28} {'titanlib buddy 30 km, 2.5':28} titanlib sct, 10")
    for name, element in LABELLED.items():
        sheet, wrong = labelled(folder / f"observation_test_{name}.txt", element)
        ours = qc.run(sheet, qc.History.none(len(sheet))).flagged(element)
        beside = rates(titan_buddy(sheet, element), wrong)
        consistency = rates(titan_sct(sheet, element), wrong) if element == "air_temperature" else "(temperature only)"
        print(f"{name:36} {rates(ours, wrong):28} {beside:28} {consistency}")


def main() -> None:
    """Run both parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--stations", type=int, nargs="*", default=[300, 3000, 70000])
    asked = parser.parse_args()
    warm = Network(300)
    clock(qc.run, warm.minute(0), qc.History.none(300))
    timings(asked.stations)
    folder = asked.shared / "data" / "qc-labelled-titan"
    if folder.is_dir():
        detection(folder)
    else:
        print(f"\nno labelled sets at {folder}; give --shared")


if __name__ == "__main__":
    main()
