"""The family of base data readers: what each must do, whatever it is fed; and joining of volumes."""

import bz2
import gzip
import random

import numpy as np
import pytest

from xiangtian.radar import polar
from xiangtian.radar.errors import RadarError
from xiangtian.radar.polar.model import Site, site, sweeps
from xiangtian.radar.polar.unpacking import unpack

CASES = 40


@pytest.fixture
def files(cinrad_sa, cma_fmt, odim_volume):
    """Give one small whole file of each format but CfRadial, which has its own test."""
    return {
        "cinrad_sa": cinrad_sa({"z": [66] * 40}, {"z": [70] * 20, "v": [129] * 80, "w": [129] * 80, "last": 4}),
        "cma_fmt": cma_fmt({"moments": {2: (2, 66, 1, [90] * 60), 10: (100, 50, 2, [9050] * 60)}}),
        "odim": odim_volume(sweeps=2),
    }


def bent(body: bytes, chance: random.Random) -> bytes:
    """Cut a file off, flip bits of it, or put in or take out some bytes."""
    changed = bytearray(body)
    at = chance.randrange(len(changed))
    match chance.choice(["cut", "flip", "head", "insert", "delete"]):
        case "cut":
            del changed[at:]
        case "flip":
            for _ in range(chance.choice([1, 10, 200])):
                changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        case "head":
            for _ in range(8):
                changed[chance.randrange(min(len(changed), 4096))] = chance.randrange(256)
        case "insert":
            changed[at:at] = chance.randbytes(chance.choice([1, 60]))
        case _:
            del changed[at : at + chance.choice([1, 60, 3000])]
    return bytes(changed)


def judged(body: bytes) -> str:
    try:
        tree = polar.read(body, "Z9572.bin")
    except RadarError as error:
        assert len(str(error)) > 20
        return "refused"
    for one in sweeps(tree):
        assert one.gate.shape == (one.sizes["azimuth"], one.sizes["range"])
    return "read"


@pytest.mark.parametrize("kind", ["cinrad_sa", "cma_fmt", "odim"])
def test_a_bent_file_is_read_in_part_or_refused(files, kind):
    chance = random.Random(11)
    seen = {judged(bent(files[kind], chance)) for _ in range(CASES)}
    assert seen == {"read", "refused"}


@pytest.mark.parametrize("kind", ["cinrad_sa", "cma_fmt", "odim"])
def test_formats_are_known_by_their_bytes_packed_or_not(files, kind):
    body = files[kind]
    assert polar.format_of(body) == kind
    assert [sum(member.sniff(body) for member in polar.FORMATS.values())] == [1]
    for packed in (body, bz2.compress(body), gzip.compress(body)):
        assert polar.known(packed)
        assert len(sweeps(polar.read(packed))) == len(sweeps(polar.read(body)))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("pattern", "cases"),
    [
        ("cn-radar-lekima-20190809/single/*163200*", 12),
        ("cn-radar-fmt-xband-20260329/*.bz2", 6),
        ("radar-polar-odim-cfradial/T_PAZE*65946*", 30),
        ("radar-polar-odim-cfradial/knmi*", 12),
        ("radar-polar-odim-cfradial/*.nc", 30),
    ],
)
def test_real_files_bent_are_read_in_part_or_refused(shared, pattern, cases):
    body = unpack(next(shared.glob(pattern)).read_bytes()).body
    chance = random.Random(5)
    assert {judged(bent(body, chance)) for _ in range(cases)} <= {"read", "refused"}


def test_the_site_is_looked_up_by_the_code_in_the_name(files):
    tree = polar.read(files["cinrad_sa"], "Z_RADR_I_Z9578_20190809155900_O_DOR_SA_CAP.bin")
    assert site(tree).longitude == 119.9228
    assert tree.attrs["notes"] == ["the position of Z9578 is uncertain by some 9 km"]
    assert "does not have Z0001" in polar.read(files["cinrad_sa"], "Z_Z0001_.bin").attrs["notes"][0]
    own = Site("Z0001", 100.0, 30.0, 10.0, "S")
    assert site(polar.read(files["cinrad_sa"], "Z_Z0001_.bin", table={"Z0001": own})) == own
    assert site(polar.read(files["cinrad_sa"], "whatever", own)) == own


def test_a_packed_file_that_was_cut_off_says_so_first(files):
    chance = np.random.default_rng(3)
    body = bytearray(files["cinrad_sa"])
    for ray in range(720):
        body[2432 * ray + 2100 : 2432 * ray + 2400] = chance.bytes(300)  # what is not packed well takes several blocks
    packed = bz2.compress(bytes(body), 1)
    tree = polar.read(packed[: len(packed) * 3 // 4])
    assert len(sweeps(tree)) == 1
    assert "packed file is cut off" in tree.attrs["lost"][0]


def test_an_unknown_file_is_refused_and_the_formats_named():
    with pytest.raises(RadarError, match="read are cma_fmt, cinrad_sa, odim, cfradial"):
        polar.read(b"# a note")


def test_single_sweeps_are_joined_in_the_order_of_time(odim_volume):
    later = polar.read(odim_volume(starttime="102000", endtime="102100", elangle=2.0))
    first = polar.read(odim_volume(object="SCAN"))
    tree = polar.join([later, first])
    assert tree.sweep_fixed_angle.values.tolist() == [0.5, 2.0]
    assert [int(one.sweep_number) for one in sweeps(tree)] == [0, 1]
    assert str(tree.time_coverage_end.item()) == "2026-07-01T10:20:59Z"
    assert site(tree) == site(first)


def test_sweeps_of_different_radars_are_not_joined(odim_volume):
    with pytest.raises(RadarError, match="of one radar"):
        polar.join([polar.read(odim_volume()), polar.read(odim_volume(source="NOD:other"))])
    with pytest.raises(RadarError, match="one or more"):
        polar.join([])


@pytest.mark.shared
def test_the_sweeps_of_meteo_france_make_one_volume(shared):
    names = ("A", "B", "C", "D", "E")
    parts = [
        polar.read(
            next((shared / "radar-polar-odim-cfradial").glob(f"T_PAZ{name}63_C_LFPW_2023042006[5]?*")).read_bytes()
        )
        for name in names
    ]
    assert len(sweeps(polar.join(parts))) == 5
