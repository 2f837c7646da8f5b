"""Radar: from what a radar centre sends to rain rate on a grid, and its picture.

`composites/` holds one file a format; all of them give :class:`xiangtian.met.grid.RainFrame`.
`odim_write` writes the European standard, `rain` judges a composite before it is used, `picture` draws it.
Everything here is pure: bytes and arrays in, bytes and arrays out.
"""
