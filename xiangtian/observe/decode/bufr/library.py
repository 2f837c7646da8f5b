"""The door to ecCodes: a message's values and strings, unpacked by the library of ECMWF.

The library is loaded with the first message, since loading costs half a second; pyproj is loaded before it, since the
other order crashed the interpreter. Calls are made one at a time: ecCodes is not safe in threads as it is built.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj  # noqa: F401 must be loaded before ecCodes

from xiangtian.observe.decode.bufr.frames import Frame
from xiangtian.observe.decode.bufr.template import MOST_VALUES, Template, compile_template
from xiangtian.observe.decode.refusals import Unfit

MOST_TEMPLATES = 512
LEAST_BITS = 6
"""In a compressed message every element costs at least its reference and six bits of width."""
_LOCK = threading.Lock()
_templates: dict[bytes, Template] = {}


@cache
def _library() -> Any:
    import eccodes  # noqa: PLC0415 half a second that only a BUFR message is worth

    return eccodes


def unpack(frame: Frame) -> tuple[Template, npt.NDArray[np.float64], list[str]]:
    """Unpack a message.

    Parameters
    ----------
    frame : Frame
        A message as it was found.

    Returns
    -------
    tuple
        The template; the values of all subsets one after the other, (n,) float64, -1e100 where missing; the strings.

    Raises
    ------
    ValueError
        If it can't be unpacked, or would need more memory than a message deserves; in words.
    """
    library = _library()
    with _LOCK:
        try:
            return _unpack(library, frame)
        except library.CodesInternalError as error:
            raise Unfit(f"ecCodes can't unpack it: {error}") from None


def _unpack(library: Any, frame: Frame) -> tuple[Template, npt.NDArray[np.float64], list[str]]:
    handle = library.codes_new_from_message(frame.plain)
    try:
        template = _template(library, handle, frame.key)
        if not template.names_elements:
            raise Unfit("its template holds no element of the catalogue")
        _bounded(frame, template)
        library.codes_set(handle, "skipExtraKeyAttributes", 1)
        library.codes_set(handle, "unpack", 1)
        values = library.codes_get_double_array(handle, "numericValues")
        strings = library.codes_get_string_array(handle, "stringValues") if template.has_strings else []
        return template, values, strings
    finally:
        library.codes_release(handle)


def _template(library: Any, handle: int, key: bytes) -> Template:
    template = _templates.get(key)
    if template is None:
        if len(_templates) >= MOST_TEMPLATES:
            _templates.clear()
        template = compile_template(library.codes_get_long_array(handle, "expandedDescriptors").tolist())
        _templates[key] = template
    return template


def _bounded(frame: Frame, template: Template) -> None:
    bits = frame.section_4_bytes * 8
    most = min(template.most_values(), bits // LEAST_BITS if frame.compressed else bits) * frame.subsets
    if frame.compressed and most > MOST_VALUES:
        raise Unfit(f"it may hold {most} values, allowed are {MOST_VALUES}")
