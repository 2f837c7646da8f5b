"""The family of decoders: from the bytes of a message to readings in the units of the catalogue.

The contract, which every member keeps and one test checks for all:

- ``NAME``: how the format is called in `Decoded.format` and in a refusal;
- ``sniff(head, name) -> bool``: does a message look like this format? `head` is its first 4096 bytes, `name` the file
  name or topic (often ""); the content decides first;
- ``decode(body, envelope) -> Decoded``: readings in the units of the catalogue and refusals in words. It is pure.
  What it can't read it refuses with a reason, part by part; good parts of a damaged message are still given.

To add a format: write one file here, one test, and one entry in `FAMILY_FILES`. A table with a heading needs no code,
only a mapping file (`mapped_csv`). Order matters only where two sniffers might both say yes: the stricter stands first.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterator, Sequence
from typing import Protocol, cast

from xiangtian.observe.decode import (
    bufr,
    cma_national,
    cma_regional,
    cnemc,
    foreign,
    ghcnh,
    isd,
    mapped_csv,
    music_json,
    music_xml,
    oklahoma_mdf,
    station_json,
    tac,
    west_texas,
)
from xiangtian.observe.decode.mapped_csv import MappedTable
from xiangtian.observe.decode.mapping import Mapping
from xiangtian.observe.reading import Decoded, Envelope, Reading, Refusal

HEAD_BYTES = 4096
MOST_BYTES = 32 * 1024 * 1024
"""A larger message is refused whole; a day of one-minute reports of a whole network is a tenth of it."""
CLOCK_AHEAD = dt.timedelta(minutes=10)
"""A reading of a later moment than this after it came in was stamped by a clock that is wrong."""


class Decoder(Protocol):
    """What a member of the family is: a module or an object with these three."""

    NAME: str

    def sniff(self, head: bytes, name: str) -> bool:
        """Say whether a message looks like this format."""

    def decode(self, body: bytes, envelope: Envelope) -> Decoded:
        """Turn a message into readings and refusals."""


FAMILY_FILES = (
    *(bufr, music_json, station_json, cma_national, cma_regional, music_xml, oklahoma_mdf, west_texas),
    *(isd, ghcnh, cnemc, tac),
)
"""`cma_text` and `music_rows` hold what two members share."""
FAMILY: tuple[Decoder, ...] = cast(tuple[Decoder, ...], FAMILY_FILES)
SHIPPED: tuple[Decoder, ...] = tuple(MappedTable(mapping) for mapping in mapped_csv.shipped())


def known(mappings: Sequence[Mapping] = ()) -> list[str]:
    """Name the formats that are decoded: the family, the tables of the operator, the tables that come with it."""
    return [decoder.NAME for decoder in _candidates(mappings)]


def decode(body: bytes, envelope: Envelope, mappings: Sequence[Mapping] = ()) -> Decoded:
    """Decode one message, whatever it is; it never gives nothing.

    A message may still make it hang or crash: who decodes what came from outside does so in the `workshop`.

    Parameters
    ----------
    body : bytes
        The message as it came; one that is gzipped is unpacked first.
    envelope : Envelope
        When it came, and under which name.
    mappings : Sequence
        Tables of the operator (`observe.mappings.load_mappings`); they are tried before those that are shipped.

    Returns
    -------
    Decoded
        At least one reading or one refusal.

    Raises
    ------
    MemoryError
        If the message needs more memory than there is; nothing else is ever raised.
    """
    if len(body) > MOST_BYTES:
        return _refused("", f"the message has {len(body)} bytes, allowed are {MOST_BYTES}; split it and send the parts")
    if body[:2] == b"\x1f\x8b":
        try:
            body = gunzip(body)
        except (zlib.error, ValueError) as error:
            return _refused("gzip", f"the gzipped message can't be unpacked: {error}; send it again")
    if not body.strip():
        return _refused("", f"the message is empty ({len(body)} bytes); nothing to decode")
    head = body[:HEAD_BYTES]
    for decoder in _candidates(mappings):
        if decoder.sniff(head, envelope.name):
            return _by(decoder, body, envelope)
    return _refused("", _unknown(head, mappings))


def _candidates(mappings: Sequence[Mapping]) -> Iterator[Decoder]:
    yield from FAMILY
    yield from (MappedTable(mapping) for mapping in mappings)
    yield from SHIPPED


def gunzip(body: bytes) -> bytes:
    """Unpack gzip (all its members), at most `MOST_BYTES`.

    Raises
    ------
    ValueError
        If more than that comes out, or the end is missing.
    zlib.error
        If it is damaged.
    """
    out, rest = bytearray(), body
    while rest:
        member = zlib.decompressobj(wbits=31)
        out += member.decompress(rest, MOST_BYTES + 1 - len(out))
        if len(out) > MOST_BYTES:
            raise ValueError(f"more than {MOST_BYTES} bytes come out of it")
        if not member.eof:
            raise ValueError("its end is missing")
        rest = member.unused_data.lstrip(b"\0")
    return bytes(out)


def _by(decoder: Decoder, body: bytes, envelope: Envelope) -> Decoded:
    try:
        found = decoder.decode(body, envelope)
    except MemoryError:
        raise
    except Exception as error:  # one decoder that stumbles must not stop the intake
        return _refused(decoder.NAME, f"the decoder {decoder.NAME} stumbled: {type(error).__name__}: {error}")
    if not found.readings and not found.refusals:
        return _refused(decoder.NAME, f"the decoder {decoder.NAME} found neither a reading nor a fault in it")
    return _punctual(found, envelope)


def _punctual(found: Decoded, envelope: Envelope) -> Decoded:
    latest = envelope.received + CLOCK_AHEAD
    early = [reading for reading in found.readings if reading.time > latest]
    if not early:
        return found
    kept = tuple(reading for reading in found.readings if reading.time <= latest)
    ahead = tuple(Refusal(_ahead(reading, envelope), reading.station) for reading in early[:200])
    return Decoded(found.format, kept, (*found.refusals, *ahead))


def _ahead(reading: Reading, envelope: Envelope) -> str:
    minutes = (reading.time - envelope.received).total_seconds() / 60
    return (
        f"the clock of the station is ahead: {reading.time:%Y-%m-%dT%H:%M:%SZ} is {minutes:.0f} min after the message "
        f"came in, allowed are {CLOCK_AHEAD.total_seconds() / 60:.0f}; set the station's clock and send it again"
    )


def _unknown(head: bytes, mappings: Sequence[Mapping]) -> str:
    what = foreign.what(head)
    if what:
        return f"this is {what}"
    formats = ", ".join(known(mappings))
    columns = foreign.table_columns(head)
    if columns:
        names = ", ".join(columns[:12])
        return f"a table with the columns {names}: no mapping fits; write a mapping file for it (known: {formats})"
    return f"unknown format: first bytes {foreign.shown(head)}; known formats are {formats}"


def _refused(form: str, reason: str) -> Decoded:
    return Decoded(form, (), (Refusal(reason),))
