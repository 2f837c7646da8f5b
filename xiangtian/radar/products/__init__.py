"""Products of columns of gates: one file a product, one contract for all.

The family's contract: `MERGING` says for each layer how radars are made one (a single entry stands for all layers);
`layers(rules: Rules) -> int` how many layers there are, 0 where the rules don't allow the product;
`of(columns: Columns, rules: Rules) -> Seen` gives what one radar says, NaN where it can't say;
`finish(merged: Merged, grid: Grid, rules: Rules) -> dict[str, Layer]` makes the fields that are told, by name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xiangtian.met.grid import Grid
from xiangtian.radar.column import Columns, Layer, Merged, Merging, Rules, Seen
from xiangtian.radar.products import cappi, composite, echo_top, hail, rain, vil


@dataclass(frozen=True)
class Product:
    """One product: how a radar tells it, how radars are merged, what is told in the end."""

    merging: tuple[Merging, ...]
    layers: Callable[[Rules], int]
    of: Callable[[Columns, Rules], Seen]
    finish: Callable[[Merged, Grid, Rules], dict[str, Layer]]


PRODUCTS: dict[str, Product] = {
    "composite": Product(composite.MERGING, composite.layers, composite.of, composite.finish),
    "cappi": Product(cappi.MERGING, cappi.layers, cappi.of, cappi.finish),
    "echo_top": Product(echo_top.MERGING, echo_top.layers, echo_top.of, echo_top.finish),
    "vil": Product(vil.MERGING, vil.layers, vil.of, vil.finish),
    "hail": Product(hail.MERGING, hail.layers, hail.of, hail.finish),
    "rain": Product(rain.MERGING, rain.layers, rain.of, rain.finish),
}
"""The products by name."""
