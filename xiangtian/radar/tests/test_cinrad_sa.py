"""Values by the format's own table: code 2 is -32 dBZ in steps of 0.5; 129 is 0 m/s, steps of 0.5 or 1 m/s."""

import numpy as np
import pytest

from xiangtian.radar.errors import RadarError
from xiangtian.radar.polar import cinrad_sa as reader
from xiangtian.radar.polar.model import BELOW_THRESHOLD, MEASURED, NOT_MEASURED, RANGE_FOLDED, Site, site, sweeps

LAST = {"last": 4}


def test_reflectivity_by_itself(cinrad_sa):
    # 66 = 0 dBZ, 130 = 32 dBZ, 2 = -32 dBZ, 255 = 94.5 dBZ by (code - 2) / 2 - 32; gates of 1 km from 0
    tree = reader.read(cinrad_sa({"z": [0, 1, 2, 66, 130, 255], "first": 3} | LAST))
    (one,) = sweeps(tree)
    assert one.DBZH.values[7].tolist()[2:] == [-32.0, 0.0, 32.0, 94.5]
    assert np.isnan(one.DBZH.values[:, :2]).all()
    assert one.gate.values[0].tolist() == [BELOW_THRESHOLD, RANGE_FOLDED, *[MEASURED] * 4]
    assert one.range.values.tolist() == [0, 1000, 2000, 3000, 4000, 5000]
    assert "VRADH" not in one
    assert tree.attrs["lost"] == []


@pytest.mark.parametrize(("resolution", "expected"), [(2, [-63.5, 0.0, 1.0]), (4, [-127.0, 0.0, 2.0])])
def test_velocity_in_both_resolutions(cinrad_sa, resolution, expected):
    # doppler gates lie at -375, -125, 125 ... m: the two behind the antenna are left out
    codes = [9, 9, 2, 129, 131, 1, 0]
    tree = reader.read(cinrad_sa({"v": codes, "w": [129] * 6 + [139], "resolution": resolution} | LAST))
    (one,) = sweeps(tree)
    assert one.range.values.tolist() == [125, 375, 625, 875, 1125]
    assert one.VRADH.values[5].tolist()[:3] == expected
    assert one.gate_velocity.values[0].tolist() == [2, 2, 2, RANGE_FOLDED, BELOW_THRESHOLD]
    # width always in steps of 0.5 m/s: 139 is 5 m/s
    assert one.WRADH.values[0].tolist() == [0, 0, 0, 0, 5]
    assert float(one.nyquist_velocity) == 27.0


def test_a_gate_of_a_kilometre_holds_four_fine_ones(cinrad_sa):
    # middles of the fine gates of the coarse gate at 1 km: 625, 875, 1125, 1375 m (0.5 km to 1.5 km)
    tree = reader.read(cinrad_sa({"z": [66, 70, 80], "v": [129] * 6, "w": [129] * 6} | LAST))
    (one,) = sweeps(tree)
    assert one.DBZH.values[0].tolist() == [0, 0, 2, 2, 2, 2, 7, 7, 7, 7]
    assert one.DBZH.attrs["native_gate_m"] == 1000.0
    assert one.gate_velocity.values[0].tolist() == [MEASURED] * 4 + [NOT_MEASURED] * 6
    assert np.isnan(one.VRADH.values[0, 4:]).all()


def test_angles_times_and_the_place_given(cinrad_sa):
    place = Site("Z9572", 120.205, 30.838, 125.1, "S")
    body = cinrad_sa({"z": [66], "elevation": 2.4, "azimuth": 90.0, "first": 3} | LAST)
    tree = reader.read(body, place)
    (one,) = sweeps(tree)
    assert site(tree) == place
    assert float(one.sweep_fixed_angle) == 2.4
    assert np.all(np.diff(one.azimuth.values) > 0)
    # day 18118, counted from 1 on 1 January 1970, is 9 August 2019; 57 600 000 ms are 16:00 UTC
    assert str(tree.time_coverage_start.item()) == "2019-08-09T16:00:00Z"
    assert one.azimuth.values[90] == pytest.approx(90.0, abs=0.006)
    assert one.time.values[90] == np.datetime64("2019-08-09T16:00:00")


def test_pointers_are_followed_even_over_a_gap(cinrad_sa):
    (one,) = sweeps(reader.read(cinrad_sa({"v": [129] * 4, "w": [139] * 4, "gap": 2} | LAST)))
    assert one.WRADH.values[0].tolist() == [5.0, 5.0]


def test_the_longer_radials_of_c_band(cinrad_sa):
    tree = reader.read(cinrad_sa({"z": [66, 68], "size": 4132} | LAST))
    assert site(tree).band == "C"
    assert sweeps(tree)[0].DBZH.values[0].tolist() == [0.0, 1.0]
    assert np.isnan(site(tree).longitude)


def test_cuts_are_told_apart_by_number_and_by_state(cinrad_sa):
    tree = reader.read(cinrad_sa({"z": [66]}, {"z": [68], "elevation": 1.5}, {"z": [70], "elevation": 2.4} | LAST))
    assert [float(one.DBZH[0, 0]) for one in sweeps(tree)] == [0.0, 1.0, 2.0]
    assert tree.sweep_fixed_angle.values.tolist() == [0.5, 1.5, 2.4]


def test_a_volume_that_was_cut_off_gives_its_whole_cuts(cinrad_sa):
    body = cinrad_sa({"z": [66]}, {"z": [68], "elevation": 1.5} | LAST)
    tree = reader.read(body[: 2432 * (360 + 211) + 700])
    assert len(sweeps(tree)) == 1
    assert tree.attrs["lost"] == [
        "700 bytes at the end: not a whole radial",
        "cut 2: 211 radials, 211 of 360 degrees: not used",
    ]


def test_most_of_a_circle_is_used_and_marked(cinrad_sa):
    body = cinrad_sa({"z": [66]}, {"z": [68], "elevation": 1.5} | LAST)
    tree = reader.read(body[: 2432 * (360 + 300)])
    assert sweeps(tree)[1].attrs["partial"] == "300 of 360 degrees"
    assert tree.attrs["lost"] == ["cut 2: 300 radials, 300 of 360 degrees: used as it is"]


def test_damaged_radials_are_left_out_and_counted(cinrad_sa):
    body = bytearray(cinrad_sa({"z": [66, 68]} | LAST))
    body[2432 * 5 + 14] = 9  # no message 1
    body[2432 * 9 + 54] = 7  # other gates than the rest
    tree = reader.read(bytes(body))
    assert sweeps(tree)[0].sizes["azimuth"] == 358
    assert tree.attrs["lost"] == [
        "1 of 360 radials: their headers are damaged",
        "cut 1: 1 of 359 radials disagree with the rest",
    ]


@pytest.mark.parametrize("body", [b"", b"\x00" * 9000, b"RSTM" * 3000, bytes(range(256)) * 40])
def test_other_files_are_refused_with_a_reason(body):
    assert not reader.sniff(body)
    with pytest.raises(RadarError, match="radials of 2432, 4132 bytes"):
        reader.read(body)


def test_a_file_without_a_whole_cut_is_refused(cinrad_sa):
    body = cinrad_sa({"z": [66]})
    with pytest.raises(RadarError, match=r"no cut of the volume can be used .cut 1: 40 radials, 40 of 360 degrees"):
        reader.read(body[: 2432 * 40])


@pytest.mark.shared
def test_a_real_volume_of_lekima(shared):
    """Cuts, gates and ranges of Z9571 at 17:25 UTC as pycwr 1.0.9 and cinrad 1.9.3 give them."""
    from xiangtian.radar import polar

    path = next((shared / "cn-radar-lekima-20190809/pair-1725utc").glob("*Z9571*"))
    tree = polar.read(path.read_bytes(), path.name)
    found = sweeps(tree)
    vcp21 = [0.5, 0.5, 1.45, 1.45, 2.4, 3.35, 4.3, 6.0, 9.9, 14.6, 19.5]  # as published for the WSR-88D
    assert tree.sweep_fixed_angle.values.tolist() == pytest.approx(vcp21, abs=0.15)
    finite = sum(int(np.isfinite(one.VRADH).sum()) for one in found if "VRADH" in one)
    assert finite == 1_184_134
    assert str(tree.time_coverage_start.item()) == "2019-08-09T17:25:56Z"
    assert site(tree).longitude == 120.3378


@pytest.mark.shared
def test_the_real_truncated_volume(shared):
    from xiangtian.radar import polar

    path = next((shared / "cn-radar-lekima-20190809/single").glob("*20190809163200*"))
    tree = polar.read(path.read_bytes(), path.name)
    assert len(sweeps(tree)) == 3
    assert tree.attrs["lost"] == ["cut 4: 47 radials, 44 of 360 degrees: not used"]


@pytest.mark.shared
def test_the_header_is_believed_and_not_the_name(shared):
    from xiangtian.radar import polar

    path = next((shared / "cn-radar-lekima-20190809/single").glob("*20200803184000*"))  # Beijing time in the name
    assert str(polar.read(path.read_bytes(), path.name).time_coverage_start.item()) == "2020-08-03T10:40:33Z"
