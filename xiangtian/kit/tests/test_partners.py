"""Partners and tokens: shown once, kept as a hash, refused without the right; usage is counted and adds up."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from django.contrib.auth.models import AnonymousUser

from xiangtian.core import clock
from xiangtian.core.models import LedgerEntry
from xiangtian.core.people import NotAllowed
from xiangtian.kit import access, partners, usage
from xiangtian.kit.models import Partner, Token, Usage
from xiangtian.kit.tests.frame import plain

NOW = "2026-07-01T04:00:00Z"
WUZHONG, CHANGSHU = "320506", "320581"
NOBODY = AnonymousUser()


@pytest.fixture(autouse=True)
def _fresh():
    access._Calls.times.clear()
    usage._Counts.held.clear()


@pytest.fixture
def manager(at, person):
    at(NOW)
    return person("m", "data_manager")


def wanted(**more):
    told = {"name": "地铁公司", "contact": "调度中心", "districts": [WUZHONG], "elements": ["air_temperature"]}
    return partners.Wanted(**(told | more))


def bearer(secret):
    return {"Authorization": f"Bearer {secret}"}


def test_a_token_is_kept_as_its_hash_alone_and_every_step_is_in_the_ledger(manager):
    row = partners.add_partner(manager, wanted())
    token, secret = partners.issue_token(manager, row)
    assert token.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in str(list(Token.objects.values())) + str(list(LedgerEntry.objects.values()))
    partners.revoke_token(manager, token.prefix)
    partners.switch_partner(manager, row, on=False)
    verbs = list(LedgerEntry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["kit.partner_added", "kit.token_issued", "kit.token_revoked", "kit.partner_switched"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": " "}, "须填合作单位名称"),
        ({"districts": []}, "没有选行政区"),
        ({"districts": ["999999"]}, "999999 不存在"),
        ({"elements": []}, "没有选要素"),
        ({"elements": ["moon"]}, "moon 不存在"),
        ({"per_minute": 0}, "须为 1 至"),
        ({"valid_to": dt.date(2026, 6, 30)}, "止日须不早于起日"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(manager, change, words):
    with pytest.raises(partners.PartnerRefused, match=words):
        partners.add_partner(manager, wanted(**change))


def test_a_name_is_taken_once(manager):
    partners.add_partner(manager, wanted())
    with pytest.raises(partners.PartnerRefused, match="已登记"):
        partners.add_partner(manager, wanted())


def test_nobody_grants_without_the_right_or_beyond_their_own_districts(manager, person):
    row = partners.add_partner(manager, wanted())
    token, _ = partners.issue_token(manager, row)
    viewer, county = person("v", "viewer"), person("c", "data_manager", districts=(CHANGSHU,))
    for somebody in (viewer, county):
        with pytest.raises(NotAllowed):
            partners.add_partner(somebody, wanted(name="别家"))
        with pytest.raises(NotAllowed):
            partners.issue_token(somebody, row)
        with pytest.raises(NotAllowed):
            partners.revoke_token(somebody, token.prefix)
        with pytest.raises(NotAllowed):
            partners.switch_partner(somebody, row, on=False)


def test_days_of_a_token_have_bounds(manager):
    row = partners.add_partner(manager, wanted())
    for days in (0, 731):
        with pytest.raises(partners.PartnerRefused, match="1 至 730"):
            partners.issue_token(manager, row, days)


def test_a_token_opens_just_what_was_agreed(manager):
    row = partners.add_partner(manager, wanted(elements=["wind_speed", "air_temperature"]))
    _, secret = partners.issue_token(manager, row)
    scope = access.enter(bearer(secret), NOBODY)
    assert scope == access.Scope(row.pk, frozenset({WUZHONG}), ("air_temperature", "wind_speed"))


@pytest.mark.parametrize(
    "headers", [{}, bearer("xt_guess"), bearer(""), {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer"}]
)
def test_nobody_comes_in_without_a_token_or_log_in(manager, headers):
    with pytest.raises(access.Refused) as error:
        access.enter(headers, NOBODY)
    assert error.value.status == 401


def test_a_bad_token_is_refused_even_beside_a_log_in(manager):
    with pytest.raises(access.Refused, match="无效"):
        access.enter(bearer("xt_guess"), manager)


def test_a_token_ends_by_its_time_by_revocation_and_with_its_partner(manager, at):
    row = partners.add_partner(manager, wanted(valid_to=dt.date(2026, 7, 3)))
    _, secret = partners.issue_token(manager, row, 1)
    _, longer = partners.issue_token(manager, row, 300)

    def status(secret):
        with pytest.raises(access.Refused) as error:
            access.enter(bearer(secret), NOBODY)
        return error.value.status

    at("2026-07-02T04:00:00Z")  # 24 h later to the second: expired
    assert status(secret) == 401
    assert access.enter(bearer(longer), NOBODY)
    partners.switch_partner(manager, row, on=False)
    assert status(longer) == 403
    partners.switch_partner(manager, row, on=True)
    at("2026-07-03T15:59:00Z")  # 23:59 in Beijing on the last day
    assert access.enter(bearer(longer), NOBODY)
    at("2026-07-03T16:00:00Z")
    assert status(longer) == 403
    partners.revoke_token(manager, longer[: partners.SHOWN])
    assert status(longer) == 401


def test_the_limit_holds_for_a_sliding_minute(manager, monkeypatch):
    row = partners.add_partner(manager, wanted(per_minute=2))
    _, secret = partners.issue_token(manager, row)
    seconds = [1000.0]
    monkeypatch.setattr(clock, "wall", lambda: seconds[0])
    access.enter(bearer(secret), NOBODY)
    seconds[0] = 1030.0
    access.enter(bearer(secret), NOBODY)
    with pytest.raises(access.Refused) as error:
        access.enter(bearer(secret), NOBODY)
    assert (error.value.status, error.value.wait_s) == (429, 31)
    seconds[0] = 1060.0
    access.enter(bearer(secret), NOBODY)


def test_people_of_the_house_see_their_districts_and_need_the_right(manager, person):
    county = person("c", "viewer", districts=(CHANGSHU,))
    assert access.enter({}, county).districts == {CHANGSHU}
    with pytest.raises(access.Refused) as error:
        access.enter({}, person("n"))
    assert error.value.status == 403


def test_usage_adds_up_by_day_product_and_reader(manager, at):
    row = partners.add_partner(manager, wanted())
    usage.count("observations", row.pk, refused=False, rows=10, size=500)
    usage.count("observations", row.pk, refused=True, rows=0, size=50)
    usage.flush()
    usage.count("observations", row.pk, refused=False, rows=1, size=5)
    usage.count("observations", None, refused=False, rows=7, size=70)
    at("2026-07-01T16:00:00Z")  # the next day in Beijing
    usage.count("observations", None, refused=False, rows=1, size=1)
    usage.flush()
    usage.flush()
    assert Usage.objects.count() == 3
    first, last = dt.date(2026, 7, 1), dt.date(2026, 7, 2)
    assert usage.lines(first, first) == [
        usage.Line("observations", "地铁公司", 3, 1, 11, 555),
        usage.Line("observations", "", 1, 0, 7, 70),
    ]
    assert usage.by_day(dt.date(2026, 6, 30), last) == [(dt.date(2026, 6, 30), 0), (first, 4), (last, 1)]


def test_what_could_not_be_written_stays_counted(manager, monkeypatch):
    usage.count("stations", None, refused=False, rows=1, size=2)
    with monkeypatch.context() as broken:
        broken.setattr(usage, "_write", lambda taken: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            usage.flush()
    usage.count("stations", None, refused=False, rows=1, size=2)
    usage.flush()
    assert list(Usage.objects.values_list("calls", "rows", "bytes")) == [(2, 2, 4)]


def test_the_page_registers_issues_once_and_revokes(manager, client, settings):
    plain(settings)
    client.force_login(manager)
    form = {"name": "水务局", "contact": "x", "districts": [WUZHONG], "elements": ["air_temperature"], "per_minute": 9}
    assert client.post("/partners/add/", form).status_code == 302
    shown = client.post(f"/partners/{Partner.objects.get().pk}/token/", {"days": 3})
    token = Token.objects.get()
    page = shown.content.decode()
    secret = page.split('<code id="secret">')[1].split("<")[0]
    assert hashlib.sha256(secret.encode()).hexdigest() == token.digest
    assert secret not in client.get("/partners/").content.decode()
    assert client.post(f"/partners/tokens/{token.prefix}/revoke/").status_code == 302
    assert client.post(f"/partners/tokens/{token.prefix}/revoke/").status_code == 409
    assert "已撤销" in client.get("/partners/").content.decode()


def test_the_page_lets_a_viewer_read_and_nothing_else(manager, person, client, settings):
    plain(settings)
    row = partners.add_partner(manager, wanted())
    client.force_login(person("v", "viewer"))
    page = client.get("/partners/").content.decode()
    assert "地铁公司" in page
    assert 'name="districts"' not in page
    assert client.post(f"/partners/{row.pk}/token/", {"days": 3}).status_code == 403
    assert Token.objects.count() == 0
