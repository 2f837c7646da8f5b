"""Two people and a warning, as they do it: one reads the evidence and writes, the other reads and signs."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_from_the_proposal_to_the_warning_in_force(site, enter, tmp_path: Path) -> None:
    writer = enter("forecaster")
    expect(writer.locator("[data-exercise]")).to_be_visible()
    writer.keyboard.press("j")
    expect(writer.locator(f"#proposal-{site.proposal}")).to_be_focused()
    writer.keyboard.press("Enter")

    writer.wait_for_url(f"**/warn/proposals/{site.proposal}/")
    expect(writer.locator("[data-evidence][data-ready=yes]")).to_be_visible(timeout=20_000)
    expect(writer.locator("tr.met").first).to_contain_text("吴中区")
    writer.screenshot(path=tmp_path / "proposal.png", full_page=True)
    writer.get_by_role("button", name="采纳为稿件").click()

    writer.wait_for_url("**/warn/drafts/*/")
    writer.get_by_label("常熟市").check()
    writer.get_by_label("预计（中文，不加句号）").fill("预计未来一小时仍有较强降雨")
    expect(writer.locator("#said")).to_contain_text("常熟市")
    expect(writer.locator("#said")).to_contain_text("预计未来一小时仍有较强降雨。")
    writer.screenshot(path=tmp_path / "draft.png", full_page=True)
    writer.get_by_role("button", name="保存并提交签发").click()
    expect(writer.locator("[data-messages]")).to_contain_text("等待另一位当班签发人签发")
    expect(writer.get_by_role("button", name="签发第 2 版")).to_be_disabled()
    expect(writer.locator("[data-hindrance]").first).to_contain_text("拟稿人不能签发自己的稿件")
    writer.goto(f"{site.address}/warn/")
    expect(writer.locator("#desk")).to_contain_text("没有生效中的预警")

    signer = enter("signer")
    signer.locator("[id^=sign-]").click()
    expect(signer.locator("#said")).to_contain_text("预计未来一小时仍有较强降雨。")
    signer.screenshot(path=tmp_path / "sign.png", full_page=True)
    signer.get_by_role("button", name="签发第 2 版").click()
    signer.wait_for_url("**/warn/events/*/")
    expect(signer.locator("main")).to_contain_text("生效中")
    expect(signer.locator("main")).to_contain_text("还没有评分")  # the part that verification brings has come
    cap = signer.get_by_role("link", name="CAP", exact=True).get_attribute("href")
    answer = signer.request.get(f"{site.address}{cap}")
    assert "<status>Exercise</status>" in answer.text()
    signer.screenshot(path=tmp_path / "event.png", full_page=True)

    # the writer's desk, left open, comes to know of it by itself
    expect(writer.locator("[id^=event-]")).to_contain_text("常熟市", timeout=15_000)
    writer.screenshot(path=tmp_path / "desk.png", full_page=True)
    assert site.complaints == []


def test_who_may_only_look_is_told_so_and_a_session_that_ends_leads_to_the_log_in(site, enter) -> None:
    viewer = enter("mayor")
    viewer.click(f"#proposal-{site.proposal}")
    expect(viewer.get_by_role("button", name="采纳为稿件")).to_be_disabled()
    expect(viewer.locator("[data-hindrance]").first).to_contain_text("warn.draft")
    viewer.goto(f"{site.address}/warn/")
    viewer.context.clear_cookies()
    viewer.wait_for_url("**/log-in/?next=%2Fwarn%2F", timeout=15_000)


def test_no_page_is_wider_than_a_phone(site, enter, tmp_path: Path) -> None:
    page = enter("forecaster", viewport={"width": 390, "height": 844})
    widths = {}
    rooms = ("warn", "warn/new", "warn/rules", "nowcast", "observe", "publish", "verify", "verify/forecasts", "jobs")
    for room in (*rooms, f"warn/proposals/{site.proposal}", "warn/new/?kind=gale"):
        page.goto(f"{site.address}/{room.rstrip('/')}{'' if '?' in room else '/'}")
        page.screenshot(path=tmp_path / f"{room.replace('/', '-')}.png", full_page=True)
        widths[room] = page.evaluate("document.documentElement.scrollWidth")
    assert max(widths.values()) <= 390, widths
    assert site.complaints == []
