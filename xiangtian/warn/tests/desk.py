"""What the tests of the desk begin from: a proposal made by the hazard itself from rain laid out by hand."""

from collections.abc import Sequence

from xiangtian.observe.models import Station
from xiangtian.observe.tests import makers
from xiangtian.warn import actions, proposing
from xiangtian.warn.actions import Basis, Edit
from xiangtian.warn.colours import Colour
from xiangtian.warn.decide import Need
from xiangtian.warn.hazards.rainstorm import detect
from xiangtian.warn.models import Draft, Proposal
from xiangtian.warn.tests.makers import NOW, evidence, national, rain

WUZHONG, CHANGSHU, KUNSHAN = "320506", "320581", "320583"


def station(code: str = "s0", zh: str = "东山", district: str = WUZHONG) -> Station:
    return makers.station(code, zh, district)


def proposed(districts: Sequence[str] = (WUZHONG,), action: str = "NEW", status: str = "Exercise") -> Proposal:
    """60 mm in three hours at one station of each district, 2 mm expected in the next two: orange, observed."""
    spells = [rain((3, 0, 60.0)) for _ in districts]
    findings = detect(evidence(spells, ahead=[2.0] * len(spells), districts=tuple(districts)), national(), NOW)
    need = Need(action, Colour.ORANGE, frozenset(districts))
    record = proposing.record(findings, {})
    basis = Basis(proposing.words(findings, {}), record, national().version, 7, "nowcast/run", 0.0)
    return actions.propose("rainstorm", need, None, basis, status)


def edit(draft: Draft, **changes: object) -> Edit:
    """The edit that leaves a draft as it is, but for some changes."""
    names = ("colour", "happened", "expected", "happened_en", "expected_en", "reason", "valid_hours")
    return Edit(**{name: getattr(draft, name) for name in names} | {"districts": draft.districts} | changes)
