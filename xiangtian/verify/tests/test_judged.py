"""Events of kinds whose criteria people judge are passed over by the score, once, and hold up nothing."""

import datetime as dt

import pytest

from xiangtian.core import facts
from xiangtian.publish import actions as publish
from xiangtian.verify import jobs
from xiangtian.verify.models import Score
from xiangtian.warn import actions, release, tabled
from xiangtian.warn.tests.desk import WUZHONG
from xiangtian.warn.tests.makers import NOW

pytestmark = pytest.mark.django_db


def test_a_gale_has_no_lines_and_is_not_asked_for_again(home, at, person) -> None:
    at(NOW)
    publish.open_house_channels("job:test")
    (gale,) = (table for table in tabled.rule_tables() if table.kind == "gale")
    draft = actions.begin(person("writer", "forecaster"), gale, "red", (WUZHONG,), "冷空气")
    actions.submit(draft.drafter, draft.pk, draft.revision)
    event = release.issue(home, person("signer", "signer"), draft.pk, draft.revision).event
    at(NOW + dt.timedelta(hours=30))
    assert jobs.nightly() == "1 events scored, 0 lines"
    (told,) = (one for one in facts.unheard("x", ["warning.scored"]) if one.subject == event.code)
    assert "gale" in told.detail["why"]
    assert jobs.nightly() == ""
    assert not Score.objects.exists()
