"""Lake: what was heard, measured and computed, kept so that nothing acknowledged is ever lost.

`raw` keeps bytes as they came, `observations` the bitemporal table of readings, `grids` immutable fields.
Every read takes a moment (`as_of`): what was known then. The only door to Delta tables and Zarr.
"""
