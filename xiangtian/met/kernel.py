"""Compiling a function over arrays to machine code, the same way everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])

_MATHS = {"contract", "arcp", "nsz", "afn", "reassoc"}
"""Freedoms for the compiler. Not among them: "no NaN" and "no infinity", with which a NaN passes comparisons."""


def kernel(function: Function) -> Function:
    """Compile a function with numba: kept on disk, run without the interpreter's lock so that threads share the work.

    Parameters
    ----------
    function : Function
        A function of numbers and numpy arrays in numba's subset of Python.

    Returns
    -------
    Function
        The compiled function; it is compiled at its first call for each set of types.
    """
    return cast(Function, numba.njit(nogil=True, cache=True, fastmath=_MATHS)(function))
