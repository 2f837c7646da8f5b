"""Likelihoods: the papers' formulas by hand, and planted storms whose way is known."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from xiangtian.core.tabled import RuleError
from xiangtian.met.grid import Grid
from xiangtian.nowcast import likelihood
from xiangtian.nowcast.areas import Zones
from xiangtian.nowcast.likelihood import gale, hail, heavy_rain, reach
from xiangtian.nowcast.likelihood.scene import WINDOWS_MIN, Scene
from xiangtian.nowcast.likelihood.table import parse
from xiangtian.radar.cells import attributes, follow, identify, measure
from xiangtian.radar.cells.motion import Noise
from xiangtian.radar.cells.record import Fields

FILE = Path(likelihood.__file__).parent / "tables" / "severe-2026.yaml"
TEXT = FILE.read_text(encoding="utf-8")
TABLE = parse(TEXT, FILE.name)
GRID = Grid("+proj=laea +lat_0=31.3 +lon_0=120.6 +ellps=WGS84 +units=m", -100_000.0, 50_000.0, 1000.0, 1000.0, 100, 200)
SURE = Noise(0.1, 0.0, 1e-6, 60.0, 1e-6, 1.0, 1.0, 3.0)
START = dt.datetime(2026, 7, 1, 2, 0, tzinfo=dt.UTC)
STEP = 5.0


def area(top: int, bottom: int, left: int, right: int) -> np.ndarray:
    index = np.arange(GRID.rows * GRID.columns).reshape(GRID.shape)
    return index[top:bottom, left:right].ravel()


AREAS = {
    "here": area(40, 60, 20, 40),  # where the storm is
    "ahead": area(40, 60, 80, 100),  # reached after 40 to 60 minutes
    "far": area(40, 60, 120, 140),  # reached after 80 minutes
    "aside": area(0, 15, 80, 100),
}


def storm(column: float, summit: float = 55.0, south: float = 0.0) -> np.ndarray:
    y, x = np.mgrid[: GRID.rows, : GRID.columns]
    return (summit - 3 * np.hypot(y - 50 - south, x - column)).astype(np.float32)


def rain(dbz: np.ndarray) -> np.ndarray:
    return ((10 ** (dbz / 10) / 300) ** (1 / 1.4)).astype(np.float32)


def scene(known=lambda dbz: Fields(rain=rain(dbz)), noise=SURE, dry=False, **more) -> Scene:
    """Give a storm at column 30 that goes east at 1 km a minute."""
    dbz = np.full(GRID.shape, -32, np.float32) if dry else storm(30)
    labels = identify.cells(dbz, 1.0)
    prints = measure.footprints(labels, dbz)
    sky = follow.advance(
        None,
        START,
        labels,
        prints,
        (1.0, 1.0),
        lambda r, c: np.array([[1.0], [0.0]])[:, : len(np.atleast_1d(r))],
        noise=noise,
    )
    cells = attributes.describe(sky, dbz, GRID, known(dbz), noise=noise)
    rates = np.stack([rain(dbz if dry else storm(30 + STEP * k)) for k in range(25)])
    zones = Zones(tuple(AREAS.values()), GRID.shape)
    return Scene(sky, cells, zones, tuple(AREAS), rates, STEP, noise=noise, **more)


def told(chances, kind: str, code: str) -> list[float | None]:
    return [one.probability for one in chances if one.kind == kind and one.area == code]


# --- reach


def test_draws_are_normal():
    """Two in three lie within 1.48 deviations of the middle (chi-square, two degrees: 1 - exp(-1.48^2/2) = 0.666)."""
    points = reach.draws(600)
    assert points.mean(0) == pytest.approx([0, 0], abs=0.02)
    assert points.std(0) == pytest.approx([1, 1], abs=0.02)
    assert (np.hypot(*points.T) < 1.48).mean() == pytest.approx(0.666, abs=0.01)


def test_a_sure_storm_touches_what_lies_on_its_way_at_the_right_time():
    """35 dBZ reach 6.67 km from the centre (20 dB at 3 dB a km): the edge, 50 km off, is touched after 44 min."""
    when = reach.first_touch(scene().sky, Zones(tuple(AREAS.values()), GRID.shape), list(range(121)), SURE)
    assert when.shape == (1, 4, reach.DRAWS)
    assert (when[0, 0] == 0).all()
    assert (when[0, 1] == 44).all()
    assert (when[0, 2] == 84).all()
    assert np.isinf(when[0, 3]).all()


def test_an_unsure_storm_may_touch_what_lies_aside():
    unsure = Noise(deviation_km_min=0.5)
    view = scene(noise=unsure)
    touch = np.isfinite(reach.first_touch(view.sky, view.zones, np.arange(0, 121, 5.0), unsure)).mean(-1)[0]
    assert touch[0] == 1.0
    assert 0 < touch[3] < touch[2] <= 1.0


def test_areas_may_share_cells():
    zones = Zones((area(0, 50, 0, 50), area(0, 50, 0, 100), area(60, 70, 0, 50)), GRID.shape)
    maps = reach.layers(zones)
    assert len(maps) == 2
    for number, cells in enumerate(zones.cells):
        assert any((layer.ravel()[cells] == number).all() for layer in maps)


def test_the_highest_of_a_field_that_lies_where_it_is_said():
    view = scene()
    found = reach.highest(view.rates[10], view.zones, 0.0, (1.0, 1.0), 0.1)
    for number, cells in enumerate(view.zones.cells):
        truth = view.rates[10].ravel()[cells].max()
        assert found[:, number] == pytest.approx(truth if truth >= 0.1 else 0.0)


def test_where_nothing_more_is_needed_the_field_does_not_matter():
    need = np.full(GRID.shape, 10, np.float32)
    need[45, 30] = 0
    found = reach.highest(
        np.zeros(GRID.shape, np.float32), Zones(tuple(AREAS.values()), GRID.shape), 5.0, (1.0, 1.0), 0.1, need
    )
    assert np.isinf(found[:, 0]).all()
    assert not found[:, 1:].any()


# --- heavy rain


def test_heavy_rain_comes_with_the_storm():
    """The core has 55 dBZ, 145 mm/h by Z = 300 R^1.4, seven times 20 mm/h."""
    chances = heavy_rain.chances(scene(), TABLE)
    assert told(chances, "rate_20", "here")[0] > 0.95
    assert told(chances, "rate_20", "ahead")[0] < 0.05
    assert told(chances, "rate_20", "ahead")[1] > 0.9
    assert told(chances, "rate_20", "far")[:2] == pytest.approx([0, 0], abs=0.05)
    assert told(chances, "rate_20", "far")[2] > 0.85
    assert max(told(chances, "rate_20", "aside")) < 0.05


def test_the_chance_of_a_strength_by_hand():
    """20 mm/h forecast for 60 minutes ahead, 20 asked for: the normal distribution at -0.25 / 0.8 gives 0.377."""
    strongest = np.full((1, reach.DRAWS, 1), 20, np.float32)
    chance = heavy_rain.exceeded(strongest, np.array([60.0]), 20.0, TABLE.heavy_rain)
    assert chance[0] == pytest.approx(0.5 * (1 + math.erf(-0.3125 / math.sqrt(2))), abs=1e-6)
    assert heavy_rain.exceeded(strongest * 0, np.array([60.0]), 20.0, TABLE.heavy_rain)[0] == 0


def test_rain_that_has_fallen_already_is_certain():
    past = np.zeros((36, *GRID.shape), np.float32)
    past[-6:, 5, 90] = 10  # 60 mm in the last half hour, aside of the storm
    assert told(heavy_rain.chances(scene(past=past), TABLE), "amount_50", "aside") == [1.0, 1.0, 1.0]


def test_amounts_need_their_past():
    """Three hours that end in 30 minutes need 150 minutes of past; those that end in 120 need 60."""
    past = np.zeros((12, *GRID.shape), np.float32)
    chances = [one for one in heavy_rain.chances(scene(past=past), TABLE) if one.kind == "amount_50"]
    by_window = {one.window_min: one for one in chances if one.area == "aside"}
    assert by_window[0, 30].probability is None
    assert "过去雨量" in by_window[0, 30].reason
    assert by_window[60, 120].probability == pytest.approx(0, abs=0.01)


def test_an_unseen_area_has_no_chance_and_says_why():
    view = scene()
    rates = view.rates.copy()
    rates[:, 0:15, 80:100] = np.nan
    chances = [one for one in heavy_rain.chances(replace(view, rates=rates), TABLE) if one.kind == "rate_20"]
    aside = [one for one in chances if one.area == "aside"]
    assert [one.probability for one in aside] == [None] * 3
    assert all("未覆盖" in one.reason for one in aside)
    assert all(one.probability is not None for one in chances if one.area == "here")


# --- gale


def cell(**values):
    return replace(scene().cells[0], bow=None, length_km=None, speed_m_s=0.0, **values)


def test_a_gust_by_hand():
    """VIL 50 kg m-2, top 12 km: (20.628571 * 50 - 3.125e-6 * 12000^2)^0.5 = (1031.43 - 450)^0.5 = 24.11 m/s."""
    assert gale.gust(cell(vil_kg_m2=50.0, echo_top_m=12000.0), TABLE.gale) == pytest.approx(24.11, abs=0.01)


def test_a_fast_storm_adds_a_third_of_its_speed():
    storm_cell = replace(cell(vil_kg_m2=50.0, echo_top_m=12000.0), speed_m_s=15.0)
    assert gale.gust(storm_cell, TABLE.gale) == pytest.approx(24.11 + 0.333 * 15, abs=0.01)


def test_little_water_from_great_height_does_not_sink():
    assert gale.gust(cell(vil_kg_m2=5.0, echo_top_m=12000.0), TABLE.gale) == 0.0


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, None),
        ({"vil_kg_m2": 50.0}, None),
        ({"radial_m_s": 17.2}, 0.5),
        ({"radial_m_s": 20.2}, 0.841),  # one standard deviation above
        ({"vil_kg_m2": 50.0, "echo_top_m": 12000.0}, 0.875),  # (24.11 - 17.2) / 6 = 1.152 deviations
        ({"vil_kg_m2": 50.0, "echo_top_m": 12000.0, "radial_m_s": 10.0}, 0.875),
    ],
)
def test_the_chance_of_a_gale(values, expected):
    assert gale.now_of(cell(**values), TABLE.gale) == pytest.approx(expected, abs=0.001)


def test_a_bow_doubles_the_odds():
    bow = replace(cell(radial_m_s=17.2), bow=0.2, length_km=60.0, speed_m_s=15.0)
    assert gale.bows(bow, TABLE.gale)
    assert gale.now_of(bow, TABLE.gale) == pytest.approx(2 / 3)
    assert not gale.bows(replace(bow, speed_m_s=5.0), TABLE.gale)


# --- hail


@pytest.mark.parametrize(
    ("top", "expected"),
    [(6000.0, 0.585), (4000.0, 0.319), (3900.0, 0.0), (9500.0, 1.0), (None, 0.0)],
)
def test_hail_of_any_size_by_hand(top, expected):
    """0.319 + 0.133 * (6 - 4) = 0.585; the line reaches 1 at 5.12 km above the frost."""
    storm_cell = cell(hail_top_m=top, freezing_m=4000.0, vil_cell_kg_m2=20.0)
    assert hail.any_size(storm_cell, TABLE.hail) == pytest.approx(expected, abs=1e-9)


def test_without_heights_nothing_is_said_of_hail():
    assert hail.any_size(cell(), TABLE.hail) is None
    assert hail.any_size(cell(freezing_m=4000.0), TABLE.hail) is None
    assert hail.severe(cell(), TABLE.hail) is None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"posh_percent": 60.0}, 0.6),
        ({"vil_density_g_m3": 3.5}, 0.5),
        ({"posh_percent": 60.0, "vil_density_g_m3": 3.5}, 0.57),  # 0.7 * 0.6 + 0.3 * 0.5
        ({"vil_density_g_m3": 4.2}, 0.881),  # 1 / (1 + e^-2)
    ],
)
def test_severe_hail_by_hand(values, expected):
    assert hail.severe(cell(**values), TABLE.hail) == pytest.approx(expected, abs=0.001)


# --- the family


def with_heights(dbz):
    levels = np.repeat(dbz[None], 4, axis=0)
    heights = (1000.0, 4000.0, 8000.0, 12000.0)
    return Fields(rain=rain(dbz), levels=levels, heights_m=heights, freezing_m=4000.0, minus20_m=7000.0)


def test_every_hazard_keeps_the_contract():
    past = np.zeros((36, *GRID.shape), np.float32)
    chances = likelihood.chances(scene(with_heights, past=past), TABLE)
    kinds = ["rate_20", "amount_50", "gust_17.2", "any", "severe"]
    assert [one.kind for one in chances] == [kind for kind in kinds for _ in range(4 * 3)]
    assert [one.window_min for one in chances] == list(WINDOWS_MIN) * 4 * 5
    assert {one.area for one in chances} == set(AREAS)
    for one in chances:
        assert one.probability is not None
        assert 0 <= one.probability <= 1
        assert one.table == "severe-2026"
        assert "未经本地检验" in one.note
    assert json.loads(json.dumps([asdict(one) for one in chances]))


def test_the_threat_of_a_cell_fades_with_time_and_names_the_cell():
    """Hail of any size 1.0 now, the area ahead touched after 45 min of 5-minute steps, lifetime from the table."""
    chances = hail.chances(scene(with_heights), TABLE)
    here, ahead = told(chances, "any", "here"), told(chances, "any", "ahead")
    assert here[0] == 1.0
    assert ahead == [
        0.0,
        pytest.approx(math.exp(-45 / TABLE.cells.lifetime_min), abs=0.001),
        pytest.approx(math.exp(-60 / TABLE.cells.lifetime_min), abs=0.001),
    ]
    behind = next(one for one in chances if one.area == "ahead" and one.window_min == (0, 60)).evidence[0]
    assert behind.cell == scene().cells[0].id
    assert behind.touches == 1.0
    assert behind.attributes["hail_top_m"] == 12000


def test_a_cell_of_unknown_strength_makes_what_it_may_touch_unknown():
    chances = gale.chances(scene(), TABLE)
    assert told(chances, "gust_17.2", "here")[0] is None
    assert told(chances, "gust_17.2", "aside") == [0.0, 0.0, 0.0]
    assert "无法判断" in chances[0].reason


def test_without_cells_nothing_threatens():
    past = np.zeros((36, *GRID.shape), np.float32)
    chances = likelihood.chances(scene(dry=True, past=past), TABLE)
    assert {one.probability for one in chances} == {0.0}
    assert not any(one.evidence for one in chances)


def test_parts_that_do_not_fit_are_refused():
    view = scene()
    with pytest.raises(ValueError, match="must agree"):
        likelihood.chances(replace(view, codes=("one",)), TABLE)
    with pytest.raises(ValueError, match="last window"):
        likelihood.chances(replace(view, rates=view.rates[:10]), TABLE)


# --- the table


def test_the_table_names_its_sources_and_that_it_is_not_local():
    assert "Stewart 1991" in TABLE.source
    assert "未经本地检验" in TABLE.note_zh
    assert TABLE.approved_by is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("lifetime_min:", "life:", "unknown field 'life'"),
        ("rates_mm_h: [20.0]", "rates_mm_h: []", "needs a list of rates"),
        ("posh_weight: 0.7", "posh_weight: 1.7", "from 0 to 1"),
        ("density_width: 0.35", "density_width: 0", "above 0"),
        ("bow_odds: 2.0", "bow_odds: -2.0", "0 or more"),
        ("valid_to: null", "valid_to: 1999-01-01", "is before valid_from"),
    ],
)
def test_a_bad_table_is_refused(old, new, message):
    assert old in TEXT
    with pytest.raises(RuleError, match=message):
        parse(TEXT.replace(old, new), "t.yaml")


def test_evidence_of_heavy_rain_is_the_cell_that_brings_it():
    """The core has 145 mm/h: ln(145 / 20) / 0.5 is four standard deviations, so the rate is there for sure."""
    chances = heavy_rain.chances(scene(), TABLE)
    rate = next(one for one in chances if one.kind == "rate_20" and one.area == "here")
    amount = next(one for one in chances if one.kind == "amount_50" and one.area == "here")
    assert rate.evidence[0].adds == pytest.approx(1.0, abs=0.001)
    assert amount.evidence[0].adds is None
    assert rate.evidence[0].attributes["rain_mm_h"] == scene().cells[0].rain_mm_h
