"""The door to ecCodes: a message's values and strings, unpacked by the library of ECMWF.

The library is loaded with the first message, since loading costs half a second; pyproj is loaded before it, since the
other order crashed the interpreter. Calls are made one at a time: ecCodes is not safe in threads as it is built.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj  # noqa: F401 must be loaded before ecCodes

from xiangtian.observe.decode.bufr.frames import Frame
from xiangtian.observe.decode.bufr.table_b import NAMED, national
from xiangtian.observe.decode.bufr.template import MOST_VALUES, Template, compile_template
from xiangtian.observe.decode.refusals import Unfit

MOST_TEMPLATES = 512
MOST_NAMED = 6
ASSOCIATED = 999999
"""ecCodes' number for the value of an associated field, which has no name of its own."""
ABOUT = (
    *("associatedField", "attribute", "block", "day", "delayed", "equipment", "heightOf", "hour", "latitude"),
    *("longitude", "method", "minute", "month", "second", "ship", "shortDelayed", "station", "time", "type"),
    *("vertical", "wigos", "year"),
)
"""How the names of elements begin that tell who, where, when and how, and not what was observed."""
LEAST_BITS = 6
"""In a compressed message every element costs at least its reference and six bits of width."""
_LOCK = threading.Lock()
_templates: dict[bytes, Template] = {}


@cache
def _library() -> Any:
    import eccodes  # noqa: PLC0415 half a second that only a BUFR message is worth

    return eccodes


@contextmanager
def opened() -> Iterator[Any]:
    """Give the library to one caller at a time."""
    library = _library()
    with _LOCK:
        yield library


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
    with opened() as library:
        try:
            return _unpack(library, frame)
        except library.CodesInternalError as error:
            raise Unfit(f"无法解包 (ecCodes can't unpack it: {error})") from None


def _unpack(library: Any, frame: Frame) -> tuple[Template, npt.NDArray[np.float64], list[str]]:
    handle = library.codes_new_from_message(frame.plain)
    try:
        template = _template(library, handle, frame)
        if not template.names_elements:
            raise Unfit(_without_elements(library, handle))
        _bounded(frame, template)
        library.codes_set(handle, "skipExtraKeyAttributes", 1)
        library.codes_set(handle, "unpack", 1)
        values = library.codes_get_double_array(handle, "numericValues")
        strings = library.codes_get_string_array(handle, "stringValues") if template.has_strings else []
        return template, values, strings
    finally:
        library.codes_release(handle)


def _template(library: Any, handle: int, frame: Frame) -> Template:
    template = _templates.get(frame.key)
    if template is None:
        if len(_templates) >= MOST_TEMPLATES:
            _templates.clear()
        template = _templates[frame.key] = compile_template(_expanded(library, handle, frame))
    return template


def _expanded(library: Any, handle: int, frame: Frame) -> list[int]:
    try:
        expanded: list[int] = library.codes_get_long_array(handle, "expandedDescriptors").tolist()
    except library.CodesInternalError:
        raise Unfit(
            f"模板用到了码表里没有的描述符（主表第 {frame.master} 版，"
            f"{frame.centre} 号中心本地表第 {frame.local} 版），"
            "请把该中心的码表放进数据目录的 tables/ 后重发 "
            "(its template needs descriptors that the tables here don't hold: "
            "put the tables of that centre into the folder tables of the home, and send it again)"
        ) from None
    return _meant(library, handle, expanded) if any(national(descriptor) for descriptor in expanded) else expanded


def _meant(library: Any, handle: int, expanded: list[int]) -> list[int]:
    """Put for each national element the one of the world's that its abbreviation and its unit say it is."""
    names = library.codes_get_string_array(handle, "expandedAbbreviations")
    units = library.codes_get_string_array(handle, "expandedUnits")
    named = [place for place, descriptor in enumerate(expanded) if descriptor != ASSOCIATED]
    if not len(named) == len(names) == len(units):
        return expanded
    meant = list(expanded)
    for place, name, unit in zip(named, names, units, strict=True):
        like, wanted = NAMED.get(name, (0, "")) if national(expanded[place]) else (0, "")
        if like and unit == wanted:
            meant[place] = like
    return meant


def _without_elements(library: Any, handle: int) -> str:
    names = dict.fromkeys(library.codes_get_string_array(handle, "expandedAbbreviations"))
    told = [name for name in names if not name.isdigit() and not name.startswith(ABOUT)]
    more = f" 等 {len(told)} 项" if len(told) > MOST_NAMED else ""
    words = ", ".join(told[:MOST_NAMED])
    return f"报文中没有要素目录里的要素，只有 {words}{more} (it holds no element of the catalogue, only these)"


def _bounded(frame: Frame, template: Template) -> None:
    bits = frame.section_4_bytes * 8
    most = min(template.most_values(), bits // LEAST_BITS if frame.compressed else bits) * frame.subsets
    if frame.compressed and most > MOST_VALUES:
        raise Unfit(f"it may hold {most} values, allowed are {MOST_VALUES}")
