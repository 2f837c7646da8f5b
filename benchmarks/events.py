"""Where the shared sample data are, and the frames of its radar events."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from xiangtian.radar import composites

SHARED = Path(os.environ.get("XIANGTIAN_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data"
EVENTS = {"FMI 2016-09-28": "radar-fmi-20160928/pgm", "KNMI 2010-08-26": "radar-knmi-20100826/hdf5"}


def frames_of(folder: Path) -> np.ndarray:
    """Give (k, rows, columns) mm/h, the oldest first, NaN where unknown."""
    return np.stack([composites.read(path.read_bytes()).rate for path in sorted(folder.iterdir())])
