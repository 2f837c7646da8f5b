"""Storm cells: found on a field of reflectivity, followed over time, described by what they are and do.

`identify` finds the cells of one moment; `match` and `follow` give them names that last, `motion` a velocity and the
places where they will be, and how sure that is; `measure` describes their footprint, `column` their height, `flashes`
counts their lightning; `attributes` puts all of it into one `record` a cell. Arrays in, arrays and plain records out.
"""
