"""The operator's own mapping files: the edge that reads them for the decoders, which are pure."""

from __future__ import annotations

import logging
from pathlib import Path

import yaml

from xiangtian.observe.decode.mapping import Mapping, parse
from xiangtian.observe.decode.refusals import Unfit

log = logging.getLogger(__name__)


class Shelf:
    """The mapping files of a folder, read again when one was added, changed or taken away."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp: list[tuple[str, int]] | None = None
        self._read: tuple[Mapping, ...] = ()

    def now(self) -> tuple[Mapping, ...]:
        """Give the mappings as they stand now."""
        stamp = [(path.name, path.stat().st_mtime_ns) for path in sorted(self._folder.glob("*.yaml"))]
        if stamp != self._stamp:
            self._stamp, self._read = stamp, load_mappings(self._folder)
        return self._read


def load_mappings(folder: Path) -> tuple[Mapping, ...]:
    """Read every `*.yaml` of a folder, in the order of their names; a folder that is not there holds none.

    A file that can't be used is told in the log, with its name and what is wrong, and left out: one typing error must
    not stop the intake of all other stations.
    """
    mappings = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            mappings.append(read_mapping(path))
        except ValueError as error:
            log.warning("mapping left out: %s", error)
    return tuple(mappings)


def read_mapping(path: Path) -> Mapping:
    """Read one mapping file.

    Raises
    ------
    ValueError
        If it is no YAML, or says something a mapping can't say; the message names the file.
    """
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Unfit(f"{path.name}: this is no YAML: {error}") from None
    return parse(said, path.name)
