"""The whole chain: planted faults on a made-up network, batches in any order, and a real day of a real network."""

import csv
import gzip

import numpy as np
import pytest

from xiangtian.core.flags import TESTS, Flag, Mark, Verdict
from xiangtian.observe.qc import CHAIN, Context, History, Judged, Sheet, Window, judge, run

START = np.datetime64("2026-07-01T00:00:00", "s")
STEP = np.timedelta64(300, "s")
STATIONS, REPORTS = 60, 40


def test_chain_runs_every_test_that_has_bits():
    assert sorted(CHAIN) == sorted(TESTS)
    assert len(TESTS) <= 14  # two bits each below the mark's


def day():
    """Give (reports, stations) columns of a calm network about 8 km apart with instrument noise."""
    rng = np.random.default_rng(11)
    shape = (REPORTS, STATIONS)
    return {
        "air_temperature": (26 + 0.02 * np.arange(REPORTS)[:, None] + rng.normal(0, 0.15, shape)).round(1),
        "relative_humidity": np.clip(70 + rng.normal(0, 2, shape), 0, 100).round(0),
        "surface_air_pressure": (1004 + rng.normal(0, 0.2, shape)).round(1),
        "wind_speed": (4 * (1 + rng.normal(0, 0.15, shape))).clip(0).round(1),
        "precipitation_amount": np.round(rng.poisson(5, shape) * 0.1, 1),
        "precipitation_period": np.full(shape, 5.0),
    }


def report(columns, number, rows=slice(None)):
    rng = np.random.default_rng(5)
    lon, lat = 120.3 + 0.6 * rng.random(STATIONS), 31 + 0.6 * rng.random(STATIONS)
    names = np.array([f"M{row:04d}" for row in range(STATIONS)])[rows]
    when = np.full(len(names), START + number * STEP)
    values = {name: column[number][rows] for name, column in columns.items()}
    return Sheet(names, when, lon[rows], lat[rows], np.full(len(names), 4.0), values)


def play(columns, **context):
    window, flags = Window(), {name: [] for name in columns}
    for number in range(REPORTS):
        judged = judge(window, report(columns, number), Context(**context))
        for name, column in judged.flags.items():
            flags[name].append(column)
    return {name: np.array(rows) for name, rows in flags.items()}


def doubted(flags):
    return {name: list(map(tuple, np.argwhere(np.isin(column, (1, 2))).tolist())) for name, column in flags.items()}


def test_clean_day_is_clean():
    flags = play(day())
    assert all(not places for places in doubted(flags).values())
    assert set(np.unique(flags["air_temperature"])) == {Flag.GOOD}


def test_spike_is_wrong_and_leaves_no_echo():
    columns = day()
    columns["air_temperature"][20, 7] += 7.0
    columns["surface_air_pressure"][25, 9] -= 8.0
    flags = play(columns)
    found = doubted(flags)
    assert found["air_temperature"] == [(20, 7)]
    assert found["surface_air_pressure"] == [(25, 9)]
    assert flags["air_temperature"][20, 7] == flags["surface_air_pressure"][25, 9] == Flag.WRONG


def test_spike_in_the_first_report_is_found_by_the_neighbours():
    columns = day()
    columns["air_temperature"][0, 7] -= 12.0
    assert doubted(play(columns))["air_temperature"] == [(0, 7)]


def test_stuck_sensor_is_doubted_after_an_hour_and_released_without_echo():
    columns = day()
    columns["air_temperature"][10:30, 3] = columns["air_temperature"][10, 3]
    columns["wind_speed"][5:25, 4] = columns["wind_speed"][5, 4]
    found = doubted(play(columns))
    assert found["air_temperature"] == [(number, 3) for number in range(22, 30)]
    assert found["wind_speed"] == [(number, 4) for number in range(17, 25)]


@pytest.mark.parametrize(
    ("element", "convert"),
    [
        ("air_temperature", lambda v: v + 273.15),
        ("air_temperature", lambda v: v * 1.8 + 32),
        ("surface_air_pressure", lambda v: v * 100),
    ],
)
def test_an_hour_in_a_wrong_unit_is_wrong_from_first_to_last(element, convert):
    columns = day()
    columns[element][12:24, 8] = convert(columns[element][12:24, 8])
    flags = play(columns)
    assert doubted(flags)[element] == [(number, 8) for number in range(12, 24)]
    assert (flags[element][12:24, 8] == Flag.WRONG).all()


def test_tenfold_rain_needs_the_radar_to_be_wrong():
    columns = day()
    columns["precipitation_amount"][14:26, 2] *= 10
    radar = {"radar_mm": np.full(STATIONS, 0.5), "radar_1h_mm": np.full(STATIONS, 6.0)}
    flags = play(columns, **radar)["precipitation_amount"]
    assert set(np.argwhere(np.isin(flags, (1, 2)))[:, 1].tolist()) == {2}
    assert np.isin(flags[14:26, 2], (1, 2)).sum() >= 8
    assert (flags[18:26, 2] == Flag.WRONG).sum() >= 4
    assert not (play(columns)["precipitation_amount"] == Flag.WRONG).any()


def test_cloudburst_seen_by_radar_is_good():
    columns = day()
    columns["precipitation_amount"][14:26, 2] = 12.0
    rain, hour = np.full(STATIONS, 0.5), np.full(STATIONS, 6.0)
    rain[2], hour[2] = 9.0, 100.0
    flags = play(columns, radar_mm=rain, radar_1h_mm=hour)["precipitation_amount"]
    assert not (flags == Flag.WRONG).any()
    assert (flags[16:26, 2] == Flag.GOOD).all()


def test_squall_is_suspect_never_wrong():
    columns = day()
    columns["air_temperature"][20:, :30] -= 9.0
    calm, squall = play(columns), play(columns, severe=np.ones(STATIONS, bool))
    assert (calm["air_temperature"][20] == Flag.WRONG).any()
    assert not (squall["air_temperature"] == Flag.WRONG).any()
    assert (squall["air_temperature"][22:] == Flag.GOOD).mean() > 0.95


def test_small_batches_judge_as_the_whole_does():
    columns = day()
    columns["air_temperature"][20, 7] += 12.0
    window, found = Window(), []
    rng = np.random.default_rng(0)
    for number in range(REPORTS):
        for rows in np.array_split(rng.permutation(STATIONS), 12):
            flags = judge(window, report(columns, number, rows)).flags["air_temperature"]
            found += [(number, int(row), int(flag)) for row, flag in zip(rows, flags, strict=True) if flag]
    assert found == [(20, 7, Flag.WRONG)]


def test_backlog_in_one_unordered_batch_is_judged_in_the_order_of_time():
    columns = day()
    columns["air_temperature"][6, 7] += 12.0
    parts = [report(columns, number) for number in range(10)]
    whole = Sheet(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("station", "time", "lon", "lat", "alt")),
        {name: np.concatenate([part.of(name) for part in parts]) for name in columns},
    )
    shuffled = whole.take(np.random.default_rng(1).permutation(len(whole)))
    flagged = judge(Window(), shuffled).flagged("air_temperature")
    assert shuffled.station[flagged].tolist() == ["M0007"]
    assert shuffled.time[flagged].tolist() == [(START + 6 * STEP).item()]


def test_corrected_resend_is_judged_afresh():
    columns, window = day(), Window()
    for number in range(5):
        judge(window, report(columns, number))
    bad = report(columns, 5)
    right = bad.of("air_temperature").copy()
    bad.of("air_temperature")[3] = 60.5
    first = judge(window, bad)
    bad.of("air_temperature")[:] = right
    assert first.flags["air_temperature"][3] == Flag.WRONG
    assert judge(window, bad).flags["air_temperature"][3] == Flag.GOOD


def test_values_are_never_changed():
    sheet = report(day(), 0)
    sheet.of("air_temperature")[0] = 400.0
    before = {name: column.copy() for name, column in sheet.values.items()}
    judge(Window(), sheet)
    for name, column in before.items():
        np.testing.assert_array_equal(sheet.of(name), column)


def test_missing_marks_become_flags():
    sheet = report(day(), 0)
    sheet.of("air_temperature")[:3] = np.nan
    sheet.marks["air_temperature"] = np.zeros(STATIONS, np.int8)
    sheet.marks["air_temperature"][1:3] = [Mark.NO_TASK, Mark.UNCHECKED]
    judged = run(sheet, History.none(STATIONS))
    assert judged.flags["air_temperature"][:4].tolist() == [Flag.MISSING, Flag.NO_TASK, Flag.UNCHECKED, Flag.GOOD]
    assert judged.mark("air_temperature")[1] == Mark.NO_TASK
    assert judged.said("limits", "air_temperature")[0] == Verdict.NOT_RUN


def test_one_station_alone_and_nobody_at_all():
    alone = run(report(day(), 0, np.array([4])), History.none(1))
    assert alone.flags["air_temperature"].tolist() == [Flag.GOOD]
    assert alone.said("neighbours", "air_temperature").tolist() == [Verdict.NOT_RUN]
    assert isinstance(judge(Window(), report(day(), 0, np.array([], int))), Judged)


def test_history_of_other_rows_is_refused():
    with pytest.raises(ValueError, match="60 readings, but the history has 3 rows"):
        run(report(day(), 0), History.none(3))


COLUMNS = {
    "wind_speed": 4,
    "wind_from_direction": 6,
    "wind_speed_of_gust": 9,
    "air_temperature": 12,
    "relative_humidity": 13,
    "surface_air_pressure": 14,
    "precipitation_amount": 15,
    "dew_point_temperature": 16,
    "surface_downwelling_shortwave_flux": 18,
}


def mesonet(folder):
    """Give the reports of 2019-03-22, one sheet every five minutes."""
    with (folder / "WestTexas_stations.csv").open(encoding="latin-1") as file:
        place = {
            int(row["Logger ID"]): (float(row["Long"]), float(row["Lat"]), float(row["Elevation"].split()[0]) * 0.3048)
            for row in csv.DictReader(file)
        }
    with gzip.open(folder / "FIVEMIN_82.txt.gz", "rt") as file:
        rows = [line.split(",")[:19] for line in file if line.startswith("1,")]
    table = np.array([[float(part) if part.strip() else np.nan for part in row] for row in rows])
    minute = table[:, 2] // 100 * 60 + table[:, 2] % 100
    for now in range(0, 1440, 5):
        part = table[minute == now]
        part = part[np.unique(part[:, 3], return_index=True)[1]]
        lon, lat, alt = np.array([place[int(name)] for name in part[:, 3]]).T
        values = {name: part[:, column].copy() for name, column in COLUMNS.items()}
        values["surface_air_pressure"] += 600.0
        values["precipitation_period"] = np.full(len(part), 5.0)
        when = np.full(len(part), np.datetime64("2019-03-22T00:00:00", "s") + np.timedelta64(60 * now, "s"))
        yield Sheet(part[:, 3].astype(int).astype(str), when, lon, lat, alt, values)


@pytest.mark.shared
def test_real_day_of_a_real_network_is_rarely_doubted(shared):
    """West Texas Mesonet, 57 stations, 5 min, a day with a dryline: fewer than one value in a thousand is doubted."""
    window, values, flagged, wrong = Window(), 0, 0, 0
    for sheet in mesonet(shared / "obs-mesonet-5min" / "west_texas"):
        judged = judge(window, sheet)
        for name in COLUMNS:
            values += len(sheet)
            flagged += int(judged.flagged(name).sum())
            wrong += int((judged.flags[name] == Flag.WRONG).sum())
    assert values > 140_000
    assert flagged / values < 1e-3
    assert wrong / values < 2e-4
