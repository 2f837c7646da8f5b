"""The pages of stations: one station, several side by side, extremes, the health matrix, the flow of messages."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.stage("stage_stations.py")]
READY = "[data-ready=yes]"
PATHS = {
    "station": "stations/M1001/",
    "health": "health/?hours=72",
    "compare": "compare/?stations=M1000,M1001,M1002",
    "extremes": "extremes/",
    "flow": "flow/",
}


def opened(page: Page, site, path: str, parts: int = 1) -> None:
    page.goto(f"{site.address}/observe/{path}")
    expect(page.locator(READY)).to_have_count(parts, timeout=20_000)


def test_a_station_with_its_charts_tables_and_doubts(site, enter, tmp_path: Path) -> None:
    page = enter("forecaster")
    opened(page, site, PATHS["station"], 4)
    expect(page.locator("[data-stage] canvas")).to_have_count(4)
    page.screenshot(path=tmp_path / "station.png", full_page=True)

    course = page.locator("[data-part=course]")
    course.get_by_text("数据表").click()
    expect(course.locator("tbody tr")).to_have_count(289)  # 24 h each five minutes, both ends included
    expect(course.locator("thead")).to_contain_text("气温 ℃")
    csv = page.request.get(f"{site.address}{course.get_by_role('link', name='CSV').get_attribute('href')}")
    assert csv.status == 200
    assert csv.body().startswith(b"\xef\xbb\xbf")

    # hours: two days have 48 or 49 of them
    page.locator("h1").click()
    page.keyboard.press("3")
    expect(course.locator("[data-words]")).to_contain_text("逐小时平均")
    expect(course.locator("tbody tr")).to_have_count(48)
    page.screenshot(path=tmp_path / "month.png", full_page=True)

    expect(page.locator("[data-part=climate] [data-words]")).to_contain_text("与 12 年同期")
    expect(page.locator("[data-part=rose] [data-words]")).to_contain_text("静风 0.0%")
    with page.expect_download() as saved:
        page.locator("[data-part=rose]").get_by_role("button", name="CSV").click()
    assert saved.value.path().read_text(encoding="utf-8-sig").startswith('"风向"')
    expect(page.locator("[data-doubts] tbody tr")).to_have_count(6)  # every 97th of 576 readings, from the fifth
    expect(page.locator("[data-doubts]")).to_contain_text("时间变化 ?")

    # a past moment is shown as it was known
    page.goto(f"{site.address}/observe/stations/M1002/?at=2026-07-01T02:00:00Z")
    expect(page.locator("main")).to_contain_text("2026-07-01 10:00 当时所知")
    expect(page.locator("#station-now")).to_contain_text("09:55 · 5 分钟前")  # 10:00 came in at 10:00:20
    page.get_by_role("link", name="回到现在").click()
    expect(page.locator("#station-now .badge.late").first).to_be_visible()  # silent for an hour now
    assert site.complaints == []


def test_the_matrix_comparison_extremes_and_flow(site, enter, tmp_path: Path) -> None:
    page = enter("forecaster")
    opened(page, site, "health/")
    words = page.locator("#matrix-words")
    expect(words).to_contain_text("24 个站")
    expect(words).to_contain_text("不足 95% 的 1 个")  # M1003; M1002 lacks 12 of 288
    page.get_by_label("次序").select_option("worst")
    board = page.locator("[data-cells]")
    board.focus()
    page.keyboard.press("ArrowLeft")
    readout = page.locator("[data-readout]")
    expect(readout).to_contain_text("测3 M1003")
    expect(readout).to_contain_text(re.compile(r"应到 12，实到 8，及时 8"))
    page.keyboard.press("ArrowDown")
    expect(readout).to_contain_text("应到 11，实到 0")  # 12:00 may still come
    page.screenshot(path=tmp_path / "health.png", full_page=True)
    page.keyboard.press("Enter")
    page.wait_for_url("**/observe/stations/M1002/")

    opened(page, site, "health/?hours=72")
    page.get_by_text("数据表").click()
    expect(page.locator("tbody tr")).to_have_count(24)
    page.get_by_label("站名或站号").fill("M1007")
    expect(words).to_contain_text("1 个站")
    box = page.locator("[data-cells]").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] - 8, box["y"] + 6)
    page.wait_for_url("**/observe/stations/M1007/")

    stations_are_chosen_by_search_and_compared(page, site, tmp_path)
    extremes_and_the_flow(page, site, tmp_path)
    assert site.complaints == []


def stations_are_chosen_by_search_and_compared(page: Page, site, tmp_path: Path) -> None:
    page.goto(f"{site.address}/observe/compare/")
    expect(page.locator("main")).to_contain_text("还没有选站")
    for code in ("M1000", "M1010"):
        page.get_by_label("查找站点").fill(code)
        page.get_by_role("button", name="查看").click()
        page.get_by_role("button", name=f"+ 测{int(code[1:]) - 1000} {code}").click()
    expect(page.locator(READY)).to_have_count(1, timeout=20_000)
    row = page.locator("tbody tr").nth(1)
    expect(row).to_contain_text("M1010")
    expect(row.locator("td").nth(5)).to_have_text("1.00")  # ten stations on are a degree warmer
    expect(row.locator("td").nth(8)).to_have_text("1.000")
    expect(page.locator("[data-stage] canvas")).to_be_visible()
    page.screenshot(path=tmp_path / "compare.png", full_page=True)
    page.get_by_role("button", name="测0 M1000").click()
    expect(page.locator("tbody tr")).to_have_count(1)


def extremes_and_the_flow(page: Page, site, tmp_path: Path) -> None:
    page.goto(f"{site.address}/observe/extremes/")
    broken = page.locator("[aria-labelledby=broken]")
    expect(broken).to_contain_text("测1")
    expect(broken).to_contain_text("32.1")  # 28 + 4 + 0.1; twelve years had 31 at most
    page.screenshot(path=tmp_path / "extremes.png", full_page=True)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/observe/stations/M1001/")

    page.goto(f"{site.address}/observe/flow/")
    alarm = page.get_by_role("alert")
    expect(alarm).to_contain_text("文件夹 已 41 分钟没有报文")
    expect(page.locator("#doors-table tbody tr")).to_have_count(2)
    page.get_by_text("数据表").click()
    expect(page.locator("#bins-table tbody tr")).to_have_count(36)
    page.screenshot(path=tmp_path / "flow.png", full_page=True)


def test_no_page_is_wider_than_a_phone_and_all_speak_english(site, enter, tmp_path: Path) -> None:
    page = enter("forecaster", viewport={"width": 390, "height": 844}, color_scheme="dark")
    widths = {}
    for name, path in PATHS.items():
        page.goto(f"{site.address}/observe/{path}")
        page.wait_for_timeout(2000)
        page.screenshot(path=tmp_path / f"{name}-phone.png", full_page=True)
        widths[name] = page.evaluate("document.documentElement.scrollWidth")
    assert max(widths.values()) <= 390, widths

    page.get_by_role("button", name="English").click()
    opened(page, site, PATHS["station"], 4)
    expect(page.locator("#course")).to_have_text("Curves")
    expect(page.locator("[data-part=rose] [data-words]")).to_contain_text("calm")
    for path in PATHS.values():
        page.goto(f"{site.address}/observe/{path}")
        page.wait_for_timeout(1500)
        chinese = re.findall(r"[一-鿿]{2,}", " ".join(page.locator("main > :not(nav)").all_inner_texts()))
        assert not [words for words in chinese if not words.startswith("测") and words not in ("区域站", "相天")], path
    assert site.complaints == []
