"""The observation map over 300 stations: any element, its field, the past, what can be taken away; by keyboard."""

import csv
import io
import sys
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.stage("stage_map.py")]
READY = "html[data-ready=yes]"
DRAWN = "performance.getEntriesByName('stations-drawn')[0].startTime"


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    page.wait_for_selector(READY, timeout=30_000)
    return page


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_any_element_by_keyboard_at_the_stations_and_between_them(site, enter, tmp_path: Path, capsys) -> None:
    page = opened(enter("forecaster"), f"{site.address}/observe/map/")
    times = [round(opened(page, f"{site.address}/observe/map/").evaluate(DRAWN)) for _ in range(3)]
    with capsys.disabled():
        sys.stdout.write(f"\nstations drawn after {sorted(times)[1]} ms (300 stations, median of {times})\n")
    side = page.locator("[data-side]")
    expect(side).to_contain_text("294")  # 300, of which one never spoke and five are doubted
    expect(side).to_contain_text("5 站有疑问")
    expect(page.locator("[data-legend]")).to_contain_text("气温")
    page.screenshot(path=tmp_path / "temperature.png")

    # the field between the stations, its lines, and how wrong it is
    press(page, "s", "i")
    expect(side).to_contain_text("最优插值", timeout=15_000)
    expect(side).to_contain_text("留一检验误差")
    page.wait_for_timeout(800)
    page.screenshot(path=tmp_path / "field.png")

    # rain over a longer window, with wind barbs
    press(page, "2", "+", "+", "b")
    expect(page.locator("[data-legend]")).to_contain_text("3小时累计降水量", timeout=10_000)
    expect(side).to_contain_text("Barnes", timeout=15_000)
    assert "hours=3" in page.url
    page.screenshot(path=tmp_path / "rain.png")

    # the map's data table; one step of keys goes through its rows
    press(page, "1", "g", "l")
    listing = page.locator("[data-listing]")
    expect(listing.locator("tbody tr")).to_have_count(295)
    press(page, "j")
    expect(listing.locator("tbody tr").first.locator("button")).to_be_focused()
    press(page, "Enter")
    expect(side.get_by_role("link", name="打开站点页")).to_be_visible()
    page.screenshot(path=tmp_path / "table.png")
    press(page, "]")
    expect(listing).to_contain_text("小时最高气温")
    assert site.complaints == []


def test_the_past_is_shown_as_it_was_known(site, enter) -> None:
    page = opened(enter("forecaster"), f"{site.address}/observe/map/")
    before = page.locator("[data-timebar] time").inner_text()
    press(page, "ArrowLeft", "ArrowLeft", "PageUp")
    expect(page.locator("[data-marks]")).to_contain_text("当时所知")
    # two steps of ten minutes and one of an hour before 14:00
    expect(page.locator("[data-timebar] time")).to_have_text("07-01 12:40")
    press(page, "n")
    expect(page.locator("[data-timebar] time")).to_have_text(before)
    assert "at=" not in page.url
    assert site.complaints == []


def test_what_is_shown_can_be_taken_away(site, enter, tmp_path: Path) -> None:
    page = opened(enter("forecaster"), f"{site.address}/observe/map/?layers=numbers,dots,shades,lines")
    expect(page.locator("[data-side]")).to_contain_text("最优插值", timeout=15_000)
    press(page, "e")
    taken = {}
    for name in ("各站的值 CSV", "各站的值 NetCDF", "格点场 NetCDF"):
        with page.expect_download() as told:
            page.get_by_role("link", name=name).click()
        taken[name] = Path(told.value.path()).read_bytes()
    rows = list(csv.reader(io.StringIO(taken["各站的值 CSV"].decode("utf-8-sig"))))
    assert len(rows) == 301
    assert taken["各站的值 NetCDF"].startswith(b"\x89HDF")
    assert taken["格点场 NetCDF"].startswith(b"\x89HDF")
    with page.expect_download() as told:
        page.get_by_role("button", name="图片 PNG").click()
    picture = Image.open(told.value.path()).convert("RGB")
    # the legend stands beside the map: the colour of 24 to 28 degrees is found there
    right = picture.crop((picture.width - 180, 60, picture.width, picture.height))
    assert (244, 173, 51) in {colour for _, colour in right.getcolors(1 << 24)}
    assert len(picture.getcolors(1 << 24)) > 300
    assert site.complaints == []


def test_phone_dark_english_and_the_ranking(site, enter, tmp_path: Path) -> None:
    page = enter("forecaster", viewport={"width": 390, "height": 844}, color_scheme="dark")
    opened(page, f"{site.address}/observe/map/?element=precipitation_amount&how=sum&hours=24&safe=true")
    page.screenshot(path=tmp_path / "phone.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto(f"{site.address}/observe/ranking/?element=precipitation_amount&hours=24&n=10")
    expect(page.locator("tbody tr").first).to_contain_text("测站")
    page.screenshot(path=tmp_path / "ranking.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ranking")
    opened(page, f"{site.address}/observe/map/")
    expect(page.locator("[data-legend]")).to_contain_text("Air temperature")
    assert site.complaints == []
