"""The Zarr folder of one run: how arrays lie in it, and reading them with their losses noticed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import zarr

from xiangtian.lake.packing import Packing, fits, pack, unpack

Array = npt.NDArray[Any]


class GridError(RuntimeError):
    """A grid can't be written or read; the message says why and what to do."""


def write(folder: Path, arrays: Mapping[str, Array], said: dict[str, Any], packing: Mapping[str, Packing]) -> None:
    """Write arrays and what is said about them into a new folder; those that fit their packing are packed."""
    group = zarr.open_group(folder, mode="w", zarr_format=3, attributes=said)
    for name, values in arrays.items():
        packed = packing.get(name)
        if packed and fits(values, packed):
            attrs = {"step": packed.step, "missing": packed.missing}
            _write_array(group, name, pack(values, packed), attrs, packed.missing)
        else:
            _write_array(group, name, values, {}, np.nan if np.issubdtype(values.dtype, np.floating) else 0)


def _write_array(group: zarr.Group, name: str, values: Array, attrs: dict[str, Any], missing: float) -> None:
    """Write one array as one file: a shard of slices, or one chunk where there is no leading axis."""
    leading = values.ndim - 2
    chunk = (1,) * leading + values.shape[-2:]
    array = group.create_array(
        name,
        shape=values.shape,
        dtype=values.dtype,
        chunks=chunk,
        shards=values.shape if leading else None,
        fill_value=missing,
        attributes=attrs,
        config={"write_empty_chunks": True},
    )
    array[...] = values


def about(folder: Path) -> dict[str, Any]:
    """Give what was said about the run.

    Parameters
    ----------
    folder : Path
        The run's folder.

    Returns
    -------
    dict
        Kind, times, grid and attributes.

    Raises
    ------
    GridError
        If the folder can't be read.
    """
    return dict(_open(folder).attrs)


def names(folder: Path) -> list[str]:
    """Give the names of the arrays, sorted.

    Parameters
    ----------
    folder : Path
        The run's folder.

    Returns
    -------
    list of str
        Perhaps empty.

    Raises
    ------
    GridError
        If the folder can't be read.
    """
    return sorted(_open(folder).array_keys())


def _open(folder: Path) -> zarr.Group:
    try:
        return zarr.open_group(folder, mode="r")
    except (OSError, KeyError, ValueError) as error:
        raise GridError(f"the run {folder} can't be opened ({error}): restore its folder") from error


def values(folder: Path, name: str, index: Any = ...) -> Array:
    """Read an array, or the slice at `index`, unpacked.

    Parameters
    ----------
    folder : Path
        The run's folder.
    name : str
        The array.
    index : Any
        Index of the leading axes; by default the whole array.

    Returns
    -------
    ndarray
        As it was given, packed ones as float32 with NaN where missing.

    Raises
    ------
    GridError
        If the folder, the array or the slice is not there, or is damaged.
    """
    group = _open(folder)
    held = sorted(group.array_keys())
    if name not in held:
        raise GridError(f"the run {folder} has no array {name!r}; it has {', '.join(held)}")
    array: Any = group[name]
    _check_file(folder, name, array.ndim)
    try:
        stored = np.asarray(array[index])
    except (IndexError, OSError, ValueError, RuntimeError) as error:
        raise GridError(f"{name} of the run {folder} can't be read at {index} ({error})") from error
    step = array.attrs.get("step")
    return stored if step is None else unpack(stored, Packing(float(step), int(array.attrs["missing"])))


def _check_file(folder: Path, name: str, axes: int) -> None:
    """Refuse an array whose file is gone: Zarr would give missing values for it without a word."""
    file = folder.joinpath(name, "c", *"0" * axes)
    if not file.is_file():
        raise GridError(f"{name} of the run {folder} has lost its file {file.name}: restore its folder")
