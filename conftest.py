"""Fixtures for the whole house."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("XIANGTIAN_SHARED", Path(__file__).resolve().parent.parent / "shared")) / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of shared sample data, or skip where it is absent (in CI its absence is a failure)."""
    if not SHARED.is_dir():
        reason = f"the shared sample data are not at {SHARED}; set XIANGTIAN_SHARED to the folder that holds data/"
        if os.environ.get("CI") and os.environ.get("XIANGTIAN_REQUIRE_SHARED"):
            pytest.fail(reason)
        pytest.skip(reason)
    return SHARED
