"""Fetch from MUSIC what stations reported there: again and again as it grows older, and what an outage left out.

Every moment is asked for at several ages: soon, for the map; later, for what came late; a day later, for corrections.
For each age a row remembers how far it has come (`Cursor`, reader `music-<minutes>-<what is asked>`, in seconds since
1970), and it moves only when the answer lies in the spool. After an outage the older ages are asked for first, and what
they brought is not asked for again by the younger.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.db import transaction

from xiangtian.core import clock, ledger, settings
from xiangtian.core.home import Home
from xiangtian.core.settings import SettingError
from xiangtian.lake import raw
from xiangtian.observe.actions.receiving import receive
from xiangtian.observe.models import Cursor
from xiangtian.observe.music import asking, client
from xiangtian.observe.music.asking import Account, Rectangle, Span
from xiangtian.observe.music.client import Answered, CutShort, MusicError, Patience, Refused

log = logging.getLogger(__name__)
SOURCE = "music"
AGES = (dt.timedelta(hours=24), dt.timedelta(hours=2), dt.timedelta(minutes=15), dt.timedelta(minutes=3))
"""How old a moment is when it is asked for, the oldest first."""
STEP = dt.timedelta(hours=1)
LEAST = dt.timedelta(minutes=10)
"""A span whose answer is cut short is halved down to this."""
MOST_PIECES = 24
"""Most spans that one sweep asks for, of one table and one age."""
ACTOR = "job:music"
Asker = Callable[[Account, dict[str, str], Patience], Answered]


@dataclass(frozen=True, slots=True)
class Errand:
    """One table that is asked for.

    Attributes
    ----------
    account : Account
        Who asks.
    data_set : str
        Code of the table.
    area : Rectangle or None
        Where; None: everywhere.
    back : timedelta
        Longest outage that is filled.
    """

    account: Account
    data_set: str
    area: Rectangle | None
    back: dt.timedelta

    def reader(self, age: dt.timedelta) -> str:
        """Name the row that remembers how far an age has come; another address or area is another row."""
        what = f"{self.account.url} {self.account.node} {self.data_set} {self.area}"
        return f"music-{int(age.total_seconds() // 60)}-{hashlib.sha256(what.encode()).hexdigest()[:8]}"


def errands() -> list[Errand]:
    """Give what the settings ask for; nothing where no address is set.

    Raises
    ------
    SettingError
        If a table or the area can't be used, or the user is missing.
    """
    url = settings.text("XIANGTIAN_MUSIC_URL")
    if not url:
        return []
    account = Account(
        url,
        settings.text("XIANGTIAN_MUSIC_USER"),
        settings.text("XIANGTIAN_MUSIC_PASSWORD"),
        settings.text("XIANGTIAN_MUSIC_NODE"),
    )
    if not account.user or not account.password:
        raise SettingError("XIANGTIAN_MUSIC_USER and XIANGTIAN_MUSIC_PASSWORD are needed with XIANGTIAN_MUSIC_URL")
    names = [name.strip() for name in settings.text("XIANGTIAN_MUSIC_TABLES").split(",") if name.strip()]
    back = dt.timedelta(hours=settings.number("XIANGTIAN_MUSIC_BACK_HOURS"))
    try:
        area = asking.rectangle(settings.text("XIANGTIAN_MUSIC_AREA"))
        for name in names:
            asking.columns(name)
    except ValueError as error:
        raise SettingError(f"XIANGTIAN_MUSIC_TABLES or XIANGTIAN_MUSIC_AREA can't be used: {error}") from error
    return [Errand(account, name, area, back) for name in names]


class Sweep:
    """One round of asking: counts what came and what went wrong, and goes on where it can."""

    def __init__(self, home: Home, now: dt.datetime, patience: Patience, asker: Asker = client.ask) -> None:
        self._home, self._now, self._patience, self._asker = home, now, patience, asker
        self.questions = self.rows = 0
        self.faults: list[str] = []

    def run(self, errand: Errand) -> None:
        """Ask for one table what is due of it."""
        floor = _minute(self._now - errand.back)
        self._tell_gap(errand, floor)
        reached = floor
        for age in AGES:
            cursor = _cursor(errand.reader(age), floor)
            reached = max(reached, _moment(cursor))
            try:
                reached = self._until(errand, cursor, reached, _minute(self._now - age))
            except Refused as error:
                self.faults.append(f"{errand.data_set}: {error}")
            except MusicError as error:
                self.faults.append(f"{errand.data_set}: {error}")
                return

    def _until(self, errand: Errand, cursor: Cursor, start: dt.datetime, end: dt.datetime) -> dt.datetime:
        _move(cursor, start)
        for span in asking.pieces(start, end, STEP, MOST_PIECES):
            self.fetch(errand, span)
            _move(cursor, span[1])
            start = span[1]
        return start

    def fetch(self, errand: Errand, span: Span) -> None:
        """Ask for one span, in halves where the answer is cut short, and keep what comes.

        Raises
        ------
        MusicError
            If it does not come.
        """
        self.questions += 1
        try:
            found = self._asker(errand.account, asking.query(errand.data_set, span, errand.area), self._patience)
        except CutShort:
            middle = _minute(span[0] + (span[1] - span[0]) / 2)
            if span[1] - span[0] <= LEAST:
                raise
            self.fetch(errand, (span[0], middle))
            self.fetch(errand, (middle, span[1]))
            return
        self.rows += found.rows
        if found.rows:
            name = f"{errand.data_set}_{span[0]:%Y%m%d%H%M}_{span[1]:%Y%m%d%H%M}.json"
            receive(self._home, [raw.Incoming(found.body, SOURCE, name, clock.now())])

    def _tell_gap(self, errand: Errand, floor: dt.datetime) -> None:
        """Write down what is too long ago to be filled, once: the row moves on."""
        row = Cursor.objects.filter(reader=errand.reader(AGES[-1])).first()
        if row is None or _moment(row) >= floor:
            return
        gap = {"from": _moment(row).isoformat(), "to": floor.isoformat()}
        with transaction.atomic():
            ledger.write(ACTOR, "observe.music_gap", errand.data_set, gap)
            _move(row, floor)
        log.warning("%s from %s to %s was never fetched: it is too long ago", errand.data_set, gap["from"], gap["to"])

    def words(self) -> str:
        """Say what was done; "" when there was nothing."""
        return f"{self.questions} 次请求，{self.rows} 行" if self.questions else ""


def sweep(home: Home, now: dt.datetime, patience: Patience | None = None, asker: Asker = client.ask) -> str:
    """Ask for everything that is due; nothing is asked in an exercise.

    Raises
    ------
    MusicError
        If something did not come; what came is kept, and the rest is asked for next time.
    SettingError
        If the settings can't be used.
    """
    if clock.scenario() is not None:
        return ""
    round_ = Sweep(home, now, patience or Patience(raw.MAX_BODY_BYTES), asker)
    for errand in errands():
        round_.run(errand)
    if round_.faults:
        raise MusicError("；".join(filter(None, [*round_.faults, round_.words()])))
    return round_.words()


def fetch_span(home: Home, errand: Errand, span: Span) -> Sweep:
    """Fetch one span of one table now, whatever was fetched before.

    Raises
    ------
    MusicError
        If it does not come.
    """
    round_ = Sweep(home, clock.now(), replace(Patience(raw.MAX_BODY_BYTES), tries=1))
    for piece in asking.pieces(*span, STEP, MOST_PIECES * 31):
        round_.fetch(errand, piece)
    return round_


def _cursor(reader: str, start: dt.datetime) -> Cursor:
    cursor, _ = Cursor.objects.get_or_create(reader=reader, defaults={"offset": int(start.timestamp())})
    return cursor


def _moment(cursor: Cursor) -> dt.datetime:
    return dt.datetime.fromtimestamp(cursor.offset, dt.UTC)


def _move(cursor: Cursor, to: dt.datetime) -> None:
    cursor.offset = int(to.timestamp())
    cursor.save(update_fields=["offset"])


def _minute(moment: dt.datetime) -> dt.datetime:
    return moment.replace(second=0, microsecond=0)
