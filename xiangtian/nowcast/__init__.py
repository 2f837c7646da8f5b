"""Nowcast: where the rain of the last frames will be in the next two hours, and how sure that is.

`motion` finds how rain moves, `methods/` holds one file a way of moving it on, `accumulate` adds it up,
`probability` says how likely a threshold is passed, `areas` sums up by district and station.
The science is pure: arrays in, arrays out.
"""
