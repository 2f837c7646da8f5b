"""BUFR messages for tests, encoded key by key with ecCodes, the reference implementation of FM 94."""

import datetime as dt
import importlib

import pyproj  # noqa: F401 must be loaded before eccodes

from xiangtian.observe.decode.bufr import decode
from xiangtian.observe.reading import Envelope

eccodes = importlib.import_module("eccodes")

ENVELOPE = Envelope(dt.datetime(2026, 11, 23, tzinfo=dt.UTC))
WHO_WHEN_WHERE = [1001, 1002, 301011, 301012, 301021]
HOME = {
    "blockNumber": 58,
    "stationNumber": 358,
    "year": 2026,
    "month": 7,
    "day": 1,
    "hour": 0,
    "minute": 0,
    "latitude": 31.27,
    "longitude": 120.43,
}


def encode(descriptors, category=0, subsets=1, compressed=0, factors=(), **keys):
    """Encode a message with ecCodes, the reference implementation of FM 94."""
    handle = eccodes.codes_bufr_new_from_samples("BUFR4")
    try:
        eccodes.codes_set(handle, "dataCategory", category)
        eccodes.codes_set(handle, "masterTablesVersionNumber", 31)
        eccodes.codes_set(handle, "numberOfSubsets", subsets)
        eccodes.codes_set(handle, "compressedData", compressed)
        if factors:
            eccodes.codes_set_array(handle, "inputDelayedDescriptorReplicationFactor", factors)
        eccodes.codes_set_array(handle, "unexpandedDescriptors", [*WHO_WHEN_WHERE, *descriptors])
        for key, value in {**HOME, **keys}.items():
            name = key.replace("__", "#")
            if isinstance(value, list):
                eccodes.codes_set_array(handle, name, value)
            else:
                eccodes.codes_set(handle, name, value)
        eccodes.codes_set(handle, "pack", 1)
        return eccodes.codes_get_message(handle)
    finally:
        eccodes.codes_release(handle)


def one(*descriptors, **keys):
    """Give the only reading of a message that holds just these descriptors."""
    found = decode(encode(descriptors, **keys), ENVELOPE)
    assert found.refusals == ()
    (reading,) = found.readings
    return reading
