"""Events of kinds whose criteria people judge have no score: what happened is not computed."""

import datetime as dt

import pytest

from xiangtian.publish import actions as publish
from xiangtian.verify import actions as actions_of_score
from xiangtian.verify import jobs
from xiangtian.verify.models import Score
from xiangtian.warn import actions, release, tabled
from xiangtian.warn.tests.desk import WUZHONG
from xiangtian.warn.tests.makers import NOW

pytestmark = pytest.mark.django_db


def test_a_gale_has_no_lines_and_is_never_asked_for(home, at, person) -> None:
    at(NOW)
    publish.open_house_channels("job:test")
    (gale,) = (table for table in tabled.rule_tables() if table.kind == "gale")
    draft = actions.begin(person("writer", "forecaster"), gale, "red", (WUZHONG,), "冷空气")
    actions.submit(draft.drafter, draft.pk, draft.revision)
    event = release.issue(home, person("signer", "signer"), draft.pk, draft.revision).event
    at(NOW + dt.timedelta(hours=30))
    assert jobs.nightly() == ""
    assert actions_of_score.score(home, [event], NOW, NOW + dt.timedelta(hours=30), event.status) == []
    assert not Score.objects.exists()
