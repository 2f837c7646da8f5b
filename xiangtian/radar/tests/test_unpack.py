import bz2
import gzip

import pytest

from xiangtian.radar import unpack
from xiangtian.radar.errors import RadarError


@pytest.mark.parametrize(("pack", "take"), [(gzip.compress, unpack.gunzip), (bz2.compress, unpack.bunzip2)])
def test_what_was_packed_comes_out_and_no_more_than_allowed(pack, take):
    body = pack(b"rain" * 1000)
    assert take(body) == b"rain" * 1000
    with pytest.raises(RadarError, match="more than"):
        take(body, 3999)
    with pytest.raises(RadarError, match="cut off"):
        take(body[:-4])
    with pytest.raises(RadarError, match="damaged"):
        take(body[:12] + b"\xff" * 8 + body[20:])


def test_plain_bytes_stay_and_the_start_is_seen_through_gzip():
    assert unpack.gunzip(b"plain") == b"plain"
    assert unpack.start(gzip.compress(b"GRIB" * 5000), 8) == b"GRIBGRIB"
    assert unpack.start(b"\x1f\x8bnonsense") == b""
