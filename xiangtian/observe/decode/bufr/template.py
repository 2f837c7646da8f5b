"""Templates: which of a message's values matter here, and where they stand.

ecCodes gives a template expanded to elements, in which only delayed replications are left (1XX000, the count's
descriptor, then XX elements), and the values in the same order. A template is compiled once into nodes; they are walked
beside the values, and `subset` is told in order, as FM 94 means it: a period, a height, a significance holds for the
values that follow it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xiangtian.observe.decode.bufr import daily
from xiangtian.observe.decode.bufr.subset import Handler, Subset, period_end, to_the_hour
from xiangtian.observe.decode.bufr.table_b import HANDLERS, PERIODS, STRINGS
from xiangtian.observe.decode.refusals import Unfit

SHORT_INCREMENT = 4065
HOUR = 4004
Means = Mapping[int, tuple[Handler, Any]]
"""What is done with the values of a descriptor: the handler and its argument."""
QUALITY_FROM = (222000, 223000, 224000, 225000, 232000, 235000, 236000, 237000)
"""From these operators on a template holds quality information about what stood before."""
COUNT_AT_MOST = {31000: 1, 31001: 255, 31002: 65535, 31011: 255, 31012: 65535}
MOST_VALUES = 20_000_000
MOST_ELEMENTS = 20_000


@dataclass(frozen=True, slots=True)
class Item:
    """One value that matters: its place after the last replication, what to do with it, and the handler's argument."""

    offset: int
    handler: Handler
    argument: object


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a template without replication: how many values it has, and which of them matter."""

    length: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A delayed replication: its count stands first, then the body as often as the count says.

    A `series` is a set of short increments of time (ten one-minute values): its values belong to other moments.
    """

    most: int
    body: tuple[Run | Repeat, ...]
    series: bool


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template."""

    nodes: tuple[Run | Repeat, ...]
    has_strings: bool
    names_elements: bool

    def most_values(self) -> int:
        """Give the largest number of values that one subset can have."""
        return _most(self.nodes)


def compile_template(expanded: Sequence[int]) -> Template:
    """Compile an expanded template.

    Parameters
    ----------
    expanded : Sequence
        Descriptors FXXYYY as numbers, with delayed replications as 1XX000.

    Returns
    -------
    Template
        Its nodes.

    Raises
    ------
    ValueError
        If it is too long, or a replication reaches over its end.
    """
    if len(expanded) > MOST_ELEMENTS:
        raise Unfit(f"the template has {len(expanded)} elements, allowed are {MOST_ELEMENTS}")
    strings = any(descriptor in STRINGS for descriptor in expanded)
    names = any(HANDLERS[descriptor][2] for descriptor in expanded if descriptor in HANDLERS)
    means = {descriptor: HANDLERS[descriptor][:2] for descriptor in set(expanded) if descriptor in HANDLERS}
    if _daily(expanded):
        means |= daily.HANDLERS
        names = True
    return Template(_nodes(list(expanded), means), strings, names)


def _daily(expanded: Sequence[int]) -> bool:
    """Tell whether a template is that of daily reports: its days are told before any hour is."""
    first = next((descriptor for descriptor in expanded if descriptor in (daily.DISPLACEMENT, HOUR)), HOUR)
    return first == daily.DISPLACEMENT


def _nodes(expanded: list[int], means: Means) -> tuple[Run | Repeat, ...]:
    nodes: list[Run | Repeat] = []
    run: list[int] = []
    quality = False
    place = 0
    while place < len(expanded):
        descriptor = expanded[place]
        quality = quality or descriptor in QUALITY_FROM
        if 100000 <= descriptor < 200000:
            size = descriptor // 1000 % 100
            body = expanded[place + 2 : place + 2 + size]
            if len(body) < size or descriptor % 1000:
                raise Unfit(f"the replication {descriptor} reaches over the end of the template")
            series = SHORT_INCREMENT in run[-2:]
            nodes += [
                _run(run, means),
                Repeat(COUNT_AT_MOST.get(expanded[place + 1], 65535), _nodes(body, means), series),
            ]
            run, place = [], place + 2 + size
        else:
            run.append(-1 if quality else descriptor)
            place += 1
    return (*nodes, _run(run, means))


def _run(descriptors: list[int], means: Means) -> Run:
    items = []
    for place, descriptor in enumerate(descriptors):
        if descriptor not in means:
            continue
        handler, argument = means[descriptor]
        if descriptor in PERIODS and place and descriptors[place - 1] in PERIODS:
            handler = period_end
        items.append(Item(place, handler, argument))
    return Run(len(descriptors), tuple(items))


def _most(nodes: Sequence[Run | Repeat]) -> int:
    return sum(node.length if isinstance(node, Run) else 1 + node.most * _most(node.body) for node in nodes)


def walk(nodes: Sequence[Run | Repeat], values: Sequence[float], place: int, subset: Subset) -> int:
    """Tell one subset all that matters among its values.

    Parameters
    ----------
    nodes : Sequence
        The template's nodes.
    values : Sequence
        The values of all subsets.
    place : int
        Where this subset's values begin.
    subset : Subset
        Who is told.

    Returns
    -------
    int
        Where the next subset's values begin.

    Raises
    ------
    IndexError
        If the values end before the template does.
    """
    for node in nodes:
        if isinstance(node, Run):
            for item in node.items:
                item.handler(subset, item.argument, values[place + item.offset])
            place += node.length
        else:
            place = _repeat(node, values, place, subset)
    return place


def _repeat(node: Repeat, values: Sequence[float], place: int, subset: Subset) -> int:
    count = max(int(values[place]), 0)
    place += 1
    for _ in range(count):
        place = _skip(node.body, values, place) if node.series else walk(node.body, values, place, subset)
    if node.series:
        to_the_hour(subset, None, 0.0)
    return place


def _skip(nodes: Sequence[Run | Repeat], values: Sequence[float], place: int) -> int:
    for node in nodes:
        if isinstance(node, Run):
            place += node.length
        else:
            count = max(int(values[place]), 0)
            place += 1
            for _ in range(count):
                place = _skip(node.body, values, place)
    return place
