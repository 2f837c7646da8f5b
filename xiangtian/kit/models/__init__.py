"""Records of the kit: runs of jobs; partners, their tokens and what they used."""

from __future__ import annotations

from xiangtian.kit.models.partners import Partner, Token, Usage
from xiangtian.kit.models.runs import JobRun

__all__ = ["JobRun", "Partner", "Token", "Usage"]
