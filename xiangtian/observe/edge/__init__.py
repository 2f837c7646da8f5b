"""The smart station: an agent that samples, checks, buffers on disk and sends, and what it speaks with the centre.

The agent runs on a small computer: nothing here imports Django, Polars, Numba or ecCodes. `protocol`, `config` and
`checks` are pure; `buffer`, `sources`, `link` and `agent` touch disk, lines and network.
"""
