"""The content is what Python's own bz2 and gzip packed."""

import bz2
import gzip
import random

import pytest

from xiangtian.radar.errors import RadarError
from xiangtian.radar.polar.unpacking import unpack

LONG = random.Random(4).randbytes(650_000)
"""Seven blocks of 100 kB at the lowest level of bzip2."""


@pytest.mark.parametrize("content", [b"radial", LONG, LONG + b"\x00" * 3_000_000])
def test_whole_files_come_out_as_they_were(content):
    assert unpack(bz2.compress(content, 1)).body == content
    assert unpack(bz2.compress(content, 9) + bz2.compress(b"and a second stream")).body == content + (
        b"and a second stream"
    )
    assert unpack(gzip.compress(content, 1)).body == content
    assert unpack(b"plain" + content).body == b"plain" + content


def test_two_streams_of_several_blocks():
    found = unpack(bz2.compress(LONG, 1) + bz2.compress(LONG[::-1], 1))
    assert (found.body, found.lost) == (LONG + LONG[::-1], "")


def test_what_comes_before_the_damage_is_kept():
    packed = bytearray(bz2.compress(LONG, 1))
    packed[len(packed) // 2] ^= 1
    found = unpack(bytes(packed))
    assert len(found.body) > 250_000
    assert LONG.startswith(found.body)
    assert "blocks could be unpacked" in found.lost


@pytest.mark.parametrize("packed", [bz2.compress(LONG, 1), gzip.compress(LONG, 1)])
def test_a_file_that_was_cut_off_gives_its_front(packed):
    found = unpack(packed[: len(packed) * 2 // 3])
    assert len(found.body) > 300_000
    assert LONG.startswith(found.body)
    assert "cut off" in found.lost


@pytest.mark.parametrize("pack", [bz2.compress, gzip.compress])
def test_a_bomb_is_refused_and_the_limit_named(pack):
    with pytest.raises(RadarError, match="more than 4 MiB"):
        unpack(pack(b"\x00" * 50_000_000), most=4 * 2**20)


def test_a_bomb_of_several_blocks_is_refused():
    with pytest.raises(RadarError, match="more than 1 MiB"):
        unpack(bz2.compress(LONG + b"\x00" * 5_000_000, 1), most=2**20)


@pytest.mark.parametrize("body", [b"BZh9", b"BZh9" + b"\x00" * 40, b"\x1f\x8b\x08" + b"\xff" * 40])
def test_nothing_at_all_is_refused(body):
    with pytest.raises(RadarError, match="nothing of it can be unpacked"):
        unpack(body)
