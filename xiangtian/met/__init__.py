"""Met: pure meteorology, statistics, grids and scores.

Arrays in, arrays out; no file, clock, network or database. Units stand in names and docstrings.
"""
