"""Values by the standard's rule: (code - offset) / scale for codes from 5 on; 0 below threshold, 1 folded, 2 unseen."""

import numpy as np
import pytest

from xiangtian.radar.errors import RadarError
from xiangtian.radar.polar import cma_fmt as reader
from xiangtian.radar.polar.model import BELOW_THRESHOLD, MEASURED, NOT_MEASURED, RANGE_FOLDED, Site, site, sweeps

DBZ = {2: (2, 66, 1, [0, 1, 2, 66, 106])}


def test_every_moment_by_its_scale_and_offset(cma_fmt):
    # by hand: dBZ (106 - 66) / 2 = 20; V (131 - 129) / 2 = 1; ZDR (146 - 130) / 16 = 1; CC (195 - 5) / 200 = 0.95
    # PHI (9050 - 50) / 100 = 90, two bytes; KDP (60 - 50) / 10 = 1; TREF (86 - 66) / 2 = 10
    moments = {
        1: (2, 66, 1, [86]), 2: (2, 66, 1, [106]), 3: (2, 129, 1, [131]), 4: (2, 129, 1, [135]), 7: (16, 130, 1, [146]),
        9: (200, 5, 1, [195]), 10: (100, 50, 2, [9050]), 11: (10, 50, 1, [60]), 16: (2, 20, 1, [80]),
        5: (100, 10, 1, [60]),
    }  # fmt: skip
    tree = reader.read(cma_fmt({"moments": moments}))
    (one,) = sweeps(tree)
    expected = {
        "DBTH": 10, "DBZH": 20, "VRADH": 1, "WRADH": 3, "ZDR": 1, "RHOHV": 0.95, "PHIDP": 90, "KDP": 1, "SNRH": 30,
        "SQIH": 0.5,
    }  # fmt: skip
    assert {name: float(one[name][3, 0]) for name in expected} == pytest.approx(expected)
    assert float(one.nyquist_velocity) == 26.5


def test_codes_without_a_value_say_why(cma_fmt):
    (one,) = sweeps(reader.read(cma_fmt({"moments": DBZ})))
    assert one.gate.values[0].tolist() == [BELOW_THRESHOLD, RANGE_FOLDED, NOT_MEASURED, MEASURED, MEASURED]
    assert one.DBZH.values[0].tolist()[3:] == [0.0, 20.0]
    assert np.isnan(one.DBZH.values[:, :3]).all()


def test_gates_angles_time_and_site_of_the_header(cma_fmt):
    tree = reader.read(cma_fmt({"moments": DBZ, "elevation": 1.5, "gate_z": 100, "start": 300}))
    (one,) = sweeps(tree)
    assert one.range.values.tolist() == [350, 450, 550, 650, 750]
    assert one.azimuth.values[:2].tolist() == [0.5, 1.5]
    assert float(one.sweep_fixed_angle) == 1.5
    # 1774766880 s since 1970 are 29 March 2026, 06:48:00 UTC
    assert str(tree.time_coverage_start.item()) == "2026-03-29T06:48:00Z"
    assert one.time.values[30] == np.datetime64("2026-03-29T06:48:01.500")
    found = site(tree)
    assert (found.code, found.altitude, found.band) == ("Z9999", 100.0, "X")
    assert (found.longitude, found.latitude) == pytest.approx((120.6, 31.3))


def test_reflectivity_and_velocity_on_gates_of_their_own(cma_fmt):
    body = cma_fmt({"moments": {2: (2, 66, 1, [86, 106]), 3: (2, 129, 1, [131] * 8)}, "gate_z": 1000, "gate_v": 250})
    (one,) = sweeps(reader.read(body))
    assert one.DBZH.values[0].tolist() == [10] * 4 + [20] * 4
    assert one.range.values[0] == 125.0
    assert one.DBZH.attrs["native_gate_m"] == 1000.0


def test_types_that_are_not_read_are_named(cma_fmt):
    tree = reader.read(cma_fmt({"moments": DBZ | {14: (1, 5, 1, [9])}}))
    assert tree.attrs["left_out"] == [14]


@pytest.mark.parametrize(("longitude", "said"), [(120.61, []), (120.7, ["9.5 km"]), (0.0, ["gives no position"])])
def test_the_position_is_held_against_the_table(cma_fmt, longitude, said):
    # 0.1 degree of longitude at 31.3 N is 9.5 km (111.195 km x cos 31.3); 0.01 is below the 2 km
    latitude = 0.0 if longitude == 0.0 else 31.3
    table = Site("Z9999", 120.6, 31.3, 30.0, "S")
    tree = reader.read(cma_fmt({"moments": DBZ}, longitude=longitude, latitude=latitude), table)
    assert len(tree.attrs["notes"]) == len(said)
    assert all(words in note for words, note in zip(said, tree.attrs["notes"], strict=True))
    assert site(tree).longitude == pytest.approx(longitude or 120.6)


def test_a_file_that_was_cut_off_gives_its_whole_cuts(cma_fmt):
    body = cma_fmt({"moments": DBZ}, {"moments": DBZ, "elevation": 2.5})
    radial = (len(body) - 416 - 512) // 720
    tree = reader.read(body[: 416 + 512 + radial * 400 + 30])
    assert len(sweeps(tree)) == 1
    assert tree.attrs["lost"] == [
        "30 bytes at the end: not a whole radial",
        "cut 2: 40 radials, 40 of 360 degrees: not used",
    ]


def test_a_damaged_radial_is_stepped_over(cma_fmt):
    body = bytearray(cma_fmt({"moments": DBZ}))
    radial = (len(body) - 416 - 256) // 360
    body[416 + 256 + 7 * radial + 36 : 416 + 256 + 7 * radial + 40] = b"\xff\xff\xff\x7f"  # its length
    tree = reader.read(bytes(body))
    assert sweeps(tree)[0].sizes["azimuth"] == 359
    assert tree.attrs["lost"] == ["1 radials: their headers are damaged"]


@pytest.mark.parametrize("body", [b"", b"RSTM", b"RSTM" + bytes(500), b"XXXX" + bytes(5000)])
def test_other_files_are_refused_with_a_reason(body):
    with pytest.raises(RadarError, match=r"standard format|announces"):
        reader.read(body)


def test_a_plan_of_too_many_cuts_is_refused(cma_fmt):
    body = bytearray(cma_fmt({"moments": DBZ}))
    body[336:340] = b"\xff\xff\xff\x7f"
    with pytest.raises(RadarError, match="announces 2147483647 cuts"):
        reader.read(bytes(body))


def test_a_rays_worth_of_gates_too_many_is_lost_not_unpacked(cma_fmt):
    # one coarse gate of 10 km and a fine one of 1 m would make 10000 gates out of two bytes
    body = cma_fmt({"moments": {2: (2, 66, 1, [86]), 3: (2, 129, 1, [131])}, "gate_z": 10_000, "gate_v": 1})
    with pytest.raises(RadarError, match="10000 gates of 1 m; 1 to 8000 are read"):
        reader.read(body)


@pytest.mark.shared
def test_a_real_volume_of_an_x_band_radar(shared):
    """Counts of values as pycwr 1.0.9 and cinrad 1.9.3 give them for all five sweeps."""
    from xiangtian.radar import polar

    path = next((shared / "cn-radar-fmt-xband-20260329").glob("*.bz2"))
    tree = polar.read(path.read_bytes(), path.name)
    counts = {"DBTH": 556_095, "DBZH": 546_327, "VRADH": 543_289, "WRADH": 546_327, "RHOHV": 476_908, "KDP": 480_892}
    assert {name: sum(int(np.isfinite(one[name]).sum()) for one in sweeps(tree)) for name in counts} == counts
    assert site(tree).code == "ZG170"
    assert (site(tree).longitude, site(tree).latitude) == pytest.approx((113.0106, 23.1447), abs=1e-4)
