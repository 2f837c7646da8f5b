"""Nowcast: where the rain of the last frames will be in the next two hours, and how sure that is.

`motion` finds how rain moves and `fading` how long that holds, `methods/` holds one file a way of moving it on,
`steps/` makes many futures of one, `accumulate` adds rain up, `probability` says how likely a threshold is passed,
`areas` sums up by district and station. The science is pure: arrays in, arrays out. In a notebook,
`from xiangtian.nowcast import forecast, chance` (xarray in and out) needs nothing of the house.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xiangtian.nowcast.labelled import chance, forecast

__all__ = ["chance", "forecast"]


def __getattr__(name: str) -> Any:
    """Load what a notebook asks for when it asks: the rooms above don't need xarray to start."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it offers {', '.join(__all__)}")
    return getattr(import_module("xiangtian.nowcast.labelled"), name)
