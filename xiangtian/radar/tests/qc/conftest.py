"""Scans whose truth is known, for the steps of quality control."""

from __future__ import annotations

import numpy as np
import pytest

from xiangtian.radar.polar.model import Site
from xiangtian.radar.qc.scan import Cut, Scan


@pytest.fixture
def scan():
    """Make a scan: `fields(angle, azimuth (rays, 1), range_m (1, gates))` gives the moments of each cut."""

    def make(
        fields, angles=(0.5, 1.5, 2.4), rays=360, gates=200, spacing=1000.0, nyquist=27.0, band="S", **more
    ) -> Scan:
        azimuth = (np.arange(rays) + 0.5) * 360 / rays
        range_m = (np.arange(gates) + 0.5) * spacing
        cuts = []
        for angle in angles:
            moments = fields(angle, azimuth[:, None], range_m[None, :])
            full = {k: np.broadcast_to(v, (rays, gates)).astype(np.float32).copy() for k, v in moments.items()}
            if "DBZH" in full:
                full["DBTH"] = full["DBZH"]
            cuts.append(Cut(azimuth, np.full(rays, angle), range_m, nyquist, full))
        return Scan(Site("Z9000", 120.6, 31.3, 100.0, band), tuple(cuts), **more)

    return make


@pytest.fixture
def fold():
    """Fold velocities into the Nyquist range."""

    def folded(velocity, nyquist):
        return ((np.asarray(velocity) + nyquist) % (2 * nyquist) - nyquist).astype(np.float32)

    return folded


@pytest.fixture
def lekima(shared):
    """Give the scan of a radar of the network of 2019-08-09 16:00 UTC by its code; with `tree`, the volume itself."""
    from bz2 import decompress

    from xiangtian.radar.polar import cinrad_sa
    from xiangtian.radar.polar.model import sweeps
    from xiangtian.radar.qc.exchange import scan_of

    def read(code, fine=False, tree=False):
        path = next((shared / "cn-radar-lekima-20190809" / "network-1600utc").glob(f"*{code}*"))
        place = Site(code, 121.0, 28.0, 100.0, "S")
        volume = cinrad_sa.read(decompress(path.read_bytes()), place)
        return volume if tree else scan_of(place, sweeps(volume), ("DBZH", "VRADH", "WRADH"), fine=fine)

    return read
