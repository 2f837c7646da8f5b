"""Products of one column, against the formulas of their papers worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from xiangtian.met.grid import Grid
from xiangtian.radar.column import BIN_M, DRY_DBZ, TROPICAL, Columns, Rules
from xiangtian.radar.mosaic.merge import Merge
from xiangtian.radar.products import PRODUCTS, cappi, echo_top, hail, rain

RULES = Rules(freezing_m=4000.0, minus20_m=7000.0, levels_m=(500.0, 3000.0, 5000.0, 20000.0))
GRID = Grid("+proj=laea +lat_0=31.3 +lon_0=120.6 +ellps=WGS84 +units=m", 0.0, 0.0, 1000.0, 1000.0, 1, 1)
NAN = float("nan")


def column(dbz, height, half=0.0, quality=1.0, **moments) -> Columns:
    """Give one cell, 10 km away, of a radar at the sea, with gates at the heights given."""
    tilts = len(dbz)
    gates = np.array([dbz], np.float32)
    good = np.broadcast_to(np.float32(quality), gates.shape).copy()
    table = np.broadcast_to(np.array(height, np.float32), (200, tilts)).copy()
    return Columns(
        np.zeros(1, np.int32),
        np.array([10_000 / BIN_M], np.int32),
        gates,
        good,
        table,
        np.full(200, half, np.float32),
        np.full(200, 0.5, np.float32),
        np.ones(1, np.float32),
        0.0,
        "S",
        {name: np.array([values], np.float32) for name, values in moments.items()},
    )


def told(name, above, rules=RULES):
    """Give the finished fields of a product of one radar and one cell."""
    product = PRODUCTS[name]
    merge = Merge(product.merging, product.layers(rules), GRID.shape)
    merge.add(above.cells, product.of(above, rules), 0)
    return {title: layer.values.ravel() for title, layer in product.finish(merge.finish(), GRID, rules).items()}


@pytest.mark.parametrize("name", sorted(PRODUCTS))
def test_the_contract(name):
    product = PRODUCTS[name]
    layers = product.layers(RULES)
    assert len(product.merging) in (1, layers)
    for dbz in ([30.0, 20.0], [NAN, NAN], [DRY_DBZ, DRY_DBZ]):
        seen = product.of(column(dbz, [1000.0, 4000.0], 200.0), RULES)
        for field in (seen.values, seen.weight, seen.quality, seen.mark):
            assert field.shape == (layers, 1)
        known = np.isfinite(seen.values)
        assert known.any() == (dbz[0] == dbz[0])
        assert (seen.weight[known] > 0).all()
        assert ((seen.quality >= 0) & (seen.quality <= 1)).all()
    fields = told(name, column([NAN, NAN], [1000.0, 4000.0]))
    assert all(np.isnan(value).all() or not value.any() for value in fields.values())


def test_composite_is_the_greatest():
    assert told("composite", column([20.0, NAN, 47.5, DRY_DBZ], [1e3, 2e3, 3e3, 9e3]))["composite_reflectivity"] == 47.5
    assert told("composite", column([DRY_DBZ, NAN], [1e3, 2e3]))["composite_reflectivity"] == DRY_DBZ


def test_cappi_between_beams_below_the_lowest_and_above_the_highest():
    fields = told("cappi", column([40.0, 20.0], [2000.0, 6000.0], half=100.0))
    # 3000 m is a quarter of the way from 40 to 20 dBZ, 5000 m three quarters; 500 m lies 1400 m under the beam's edge
    assert fields["cappi"][:3] == pytest.approx([40.0, 35.0, 25.0], abs=1e-3)
    assert np.isnan(fields["cappi"][3])
    assert fields["cappi_pseudo"].tolist() == [1, 0, 0, 0]


def test_cappi_leaves_out_what_is_not_seen_and_what_lies_too_far_below():
    fields = told("cappi", column([NAN, 40.0], [1000.0, 4000.0]))
    assert np.isnan(fields["cappi"][0])  # 3500 m below the only beam
    assert fields["cappi"][1] == 40.0
    assert fields["cappi_pseudo"].tolist() == [0, 1, 0, 0]
    assert np.isnan(fields["cappi"][2])
    # between an echo and a dry gate the dry one counts as -14 dBZ: half way from 30 it is 8
    assert told("cappi", column([30.0, DRY_DBZ], [4000.0, 6000.0]))["cappi"][2] == pytest.approx(8.0, abs=1e-4)
    assert told("cappi", column([DRY_DBZ, DRY_DBZ], [4000.0, 6000.0]))["cappi"][2] == DRY_DBZ


def test_cappi_quality_falls_with_the_gap_to_the_beam():
    seen = cappi.of(column([40.0, 20.0], [2000.0, 6000.0], half=100.0, quality=0.8), RULES)
    # 0.8 exp(-(1400/2000)^2), 0.8 exp(-(900/2000)^2)
    assert seen.quality[:3, 0] == pytest.approx([0.4901, 0.6534, 0.6534], abs=1e-4)


def test_echo_top_after_lakshmanan():
    heights = [2000.0, 4000.0, 8000.0]
    # 18 dBZ lies (30 - 18) / (30 - 10) of the way from 4000 to 8000 m
    assert told("echo_top", column([45.0, 30.0, 10.0], heights))["echo_top"] == pytest.approx(6400.0)
    # towards a dry gate: (30 - 18) / (30 + 14)
    assert told("echo_top", column([45.0, 30.0, DRY_DBZ], heights))["echo_top"] == pytest.approx(5090.909, abs=0.01)
    cut = told("echo_top", column([45.0, 30.0, 25.0], heights, half=150.0))
    assert (cut["echo_top"][0], cut["echo_top_cut_off"][0]) == (8150.0, echo_top.CUT_OFF)
    assert told("echo_top", column([12.0, 17.9, 3.0], heights))["echo_top"] == 0


def test_vil_after_greene_and_clark():
    # 40 dBZ (10^4) from the sea to 3000 m and on to 5000 m: 3.44e-6 * (10^4)^(4/7) * 5000 = 3.44e-6 * 193.07 * 5000
    assert told("vil", column([40.0, 40.0], [3000.0, 5000.0]))["vil"] == pytest.approx(3.3208, abs=1e-3)
    # 30 to 40 dBZ: mean of Z is 5500, ^(4/7) = 137.20; below 30 dBZ 51.795 times 1000 m, above half a beam of 200 m
    layers = 3.44e-6 * (51.795 * 1000 + 137.20 * 2000 + 193.07 * 200)
    assert told("vil", column([30.0, 40.0], [1000.0, 3000.0], half=200.0))["vil"] == pytest.approx(layers, rel=1e-3)
    # 60 dBZ is cut to 56: (10^5.6)^(4/7) = 1584.9
    assert told("vil", column([60.0, 60.0], [1.0, 1001.0]))["vil"] == pytest.approx(3.44e-6 * 1584.9 * 1001, rel=1e-3)
    assert told("vil", column([DRY_DBZ, DRY_DBZ], [1000.0, 3000.0]))["vil"] == 0


def test_hail_after_witt():
    # 55 dBZ from 3 to 10 km: E = 5e-6 * 10^(0.084 * 55) = 0.208435 J m-2 s-1;
    # the weight of temperature gives half of 4-7 km and all of 7-10 km: 1500 + 3000 m; SHI = 0.1 * 0.208435 * 4500
    fields = told("hail", column([55.0, 55.0], [3000.0, 10000.0]))
    assert fields["shi"] == pytest.approx(93.796, rel=1e-3)
    # WT = 57.5 * 4 - 121 = 109; POSH = 29 ln(93.796 / 109) + 50 = 45.64; MEHS = 2.54 * 93.796^0.5 = 24.60 mm
    assert fields["posh"] == pytest.approx(45.64, abs=0.03)
    assert fields["mehs"] == pytest.approx(24.60, abs=0.02)


def test_hail_of_weak_or_low_echo_is_none():
    for dbz, height in (([39.9, 39.9], [3000.0, 10000.0]), ([60.0, 60.0], [1000.0, 3900.0])):
        fields = told("hail", column(dbz, height))
        assert [float(fields[name][0]) for name in ("shi", "posh", "mehs")] == [0, 0, 0]


def test_hail_of_45_dbz_weighs_half():
    # W(45) = 0.5; E = 5e-6 * 10^3.78 * 0.5 = 0.015064; 2000 m above -20 degC and nothing below
    above = column([DRY_DBZ, 45.0, 45.0], [6999.0, 7000.0, 9000.0])
    assert told("hail", above)["shi"] == pytest.approx(0.1 * 0.015064 * 2000, rel=1e-3)
    # where the lowest beam stands for 4-7 km too, these count half: 1500 m more
    assert told("hail", column([45.0, 45.0], [7000.0, 9000.0]))["shi"] == pytest.approx(5.2724, rel=1e-3)


def test_hail_needs_the_heights_of_temperature():
    assert PRODUCTS["hail"].layers(Rules()) == 0
    with pytest.raises(ValueError, match="must lie above"):
        hail.of(column([50.0], [5000.0]), replace(RULES, minus20_m=3000.0))


def test_the_warning_threshold_is_at_least_20():
    # 57.5 * 2 - 121 is below 0
    assert hail.of(column([50.0], [5000.0]), replace(RULES, freezing_m=2000.0)).values[1, 0] == 20


def test_rain_by_type():
    # one cell of 35 dBZ is its own background and stratiform: (10^3.5 / 200)^(1/1.6) = 5.62 mm/h
    fields = told("rain", column([35.0, 50.0], [900.0, 3000.0]))
    assert fields["rain_rate"] == pytest.approx(5.617, abs=0.01)
    assert (fields["rain_type"][0], fields["hybrid_height"][0]) == (1, 900.0)
    # 45 dBZ is convective: (10^4.5 / 300)^(1/1.4) = 27.86
    assert told("rain", column([45.0], [900.0]))["rain_rate"] == pytest.approx(27.86, abs=0.02)
    # 60 dBZ counts as 53: (10^5.3 / 300)^(1/1.4) = 103.8, the cap of the WSR-88D
    assert told("rain", column([60.0], [900.0]))["rain_rate"] == pytest.approx(103.83, abs=0.1)
    tropical = replace(RULES, convective=TROPICAL)
    # (10^4.5 / 250)^(1/1.2) = 56.46
    assert told("rain", column([45.0], [900.0]), tropical)["rain_rate"] == pytest.approx(56.46, abs=0.05)
    assert told("rain", column([DRY_DBZ], [900.0]))["rain_rate"] == 0


def test_rain_takes_the_lowest_beam_that_saw_something():
    fields = told("rain", column([NAN, 35.0], [900.0, 2500.0]))
    assert fields["hybrid_height"] == 2500.0
    assert fields["rain_rate"] == pytest.approx(5.617, abs=0.01)


def test_rain_takes_what_is_to_be_added_for_the_ground():
    above = column([32.0], [900.0], to_ground=[3.0])
    # 35 dBZ: 5.62 mm/h as above; 32 dBZ: (10^3.2 / 200)^(1/1.6) = 3.65
    assert told("rain", above)["rain_rate"] == pytest.approx(5.617, abs=0.01)
    assert told("rain", above, replace(RULES, to_ground=False))["rain_rate"] == pytest.approx(3.648, abs=0.01)
    assert told("rain", column([DRY_DBZ], [900.0], to_ground=[3.0]))["rain_rate"] == 0


def test_rain_by_dual_polarisation():
    one = np.ones(1, np.float32)
    # 129 (2/3)^0.85 = 91.39 mm/h at 3 GHz; at 9.4 GHz 129 (2/9.4)^0.85 = 34.62
    assert rain.by_dual(48 * one, 2 * one, 2 * one, one, "S", 53.0) == pytest.approx([91.39], abs=0.05)
    assert rain.by_dual(48 * one, 2 * one, 2 * one, one, "X", 53.0) == pytest.approx([34.62], abs=0.05)
    # 0.0067 * (10^3)^0.927 * 10^-0.343 = 1.837 mm/h at S band; not at C band
    assert rain.by_dual(30 * one, 0 * one, one, one, "S", 53.0) == pytest.approx([1.837], abs=0.01)
    assert np.isnan(rain.by_dual(30 * one, 0 * one, one, one, "C", 53.0))
    assert np.isnan(rain.by_dual(48 * one, 2 * one, 2 * one, 0.8 * one, "S", 53.0))
    fields = told("rain", column([48.0], [900.0], KDP=[2.0], ZDR=[2.0], RHOHV=[0.99]))
    assert fields["rain_rate"] == pytest.approx(91.39, abs=0.05)
    assert fields["rain_dual"] == 1
    alone = told("rain", column([48.0], [900.0], KDP=[2.0]), replace(RULES, dual=False))
    # (10^4.8 / 300)^(1/1.4) = 45.62
    assert alone["rain_rate"] == pytest.approx(45.62, abs=0.02)
