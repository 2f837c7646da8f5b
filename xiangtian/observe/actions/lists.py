"""Lists of stations: compare one with the register, and write down where they disagree."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence

import numpy as np
from django.db import transaction

from xiangtian.core import clock, ledger
from xiangtian.core.models import Person
from xiangtian.core.people import require
from xiangtian.core.places import city
from xiangtian.observe.actions.held import RIGHT
from xiangtian.observe.metadata import lists
from xiangtian.observe.metadata.compare import Difference, compare, positions
from xiangtian.observe.metadata.listed import Listed
from xiangtian.observe.metadata.position import fault
from xiangtian.observe.models import Conflict, StationList
from xiangtian.observe.queries.registered import registered

REFUSED = 100
"""Most lines without a usable position that are told."""


@transaction.atomic
def import_list(person: Person, name: str, body: bytes, form: str = "") -> StationList:
    """Compare a list with the register and write down every difference; nothing registered changes.

    Stations that neither are registered nor lie in the city are counted and left. A difference that was settled, or is
    waiting already, is not written down again.

    Parameters
    ----------
    person : Person
        Who brings the list.
    name : str
        Name of the file.
    body : bytes
        The file.
    form : str
        Key of `metadata.lists.FORMATS`; "": the first line decides.

    Returns
    -------
    StationList
        With its counts; its conflicts are the new ones.

    Raises
    ------
    NotAllowed
        If the person has no right to.
    ListError
        If the file is no list of the form.
    """
    require(person, RIGHT)
    form, listed = lists.read(body, form)
    places = _districts(listed)
    known = registered()
    found = compare(listed, known, places)
    marks = {_fingerprint(form, one): one for one in found.differences}
    before = dict(Conflict.objects.filter(fingerprint__in=marks).values_list("fingerprint", "decision"))
    counts = dict(Counter(found.verdicts.values())) | {"elsewhere": found.elsewhere, "differences": len(marks)}
    counts |= {"fresh": len(marks) - len(before), "settled": sum(map(bool, before.values()))}
    lost = [(one.line, one.code, fault(one.lon, one.lat)) for one in listed if one.code not in found.verdicts]
    row = StationList.objects.create(
        time=clock.now(),
        form=form,
        name=name[:200],
        sha256=hashlib.sha256(body).hexdigest(),
        actor=person.username,
        counts=counts,
        refused=[[line, code, wrong.why] for line, code, wrong in lost if wrong][:REFUSED],
    )
    stands = {code: one.district for code, one in known.items()}
    fresh = [(mark, one) for mark, one in marks.items() if mark not in before]
    Conflict.objects.bulk_create(
        _conflict(row, mark, one, stands.get(one.code) or places.get(one.code, "")) for mark, one in fresh
    )
    ledger.write(person.username, "observe.list_compared", f"list:{row.pk}", {"name": row.name, "counts": row.counts})
    return row


def _districts(listed: Sequence[Listed]) -> dict[str, str]:
    """Give the codes of a list that lie in the city, or seem to be meant to, with their district."""
    told = [(one.code, place) for one in listed for place in positions(one)]
    lon, lat = (np.array([place[axis] for _, place in told], float) for axis in (0, 1))
    codes = city().district_of(lon, lat)
    return {code: str(district) for (code, _), district in zip(told, codes, strict=True) if district}


def _fingerprint(form: str, one: Difference) -> str:
    since = one.valid_from.isoformat() if one.valid_from else None
    claim = json.dumps([form, one.code, one.field, one.theirs, since], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(claim.encode()).hexdigest()


def _conflict(row: StationList, mark: str, one: Difference, district: str) -> Conflict:
    return Conflict(
        fingerprint=mark,
        listed=row,
        form=row.form,
        code=one.code[:32],
        district=district,
        field=one.field,
        ours=one.ours,
        theirs=one.theirs,
        suggested=one.suggested,
        distance_m=one.distance_m,
        note=one.note[:300],
        valid_from=one.valid_from,
        found=row.time,
    )
