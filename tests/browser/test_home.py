"""The home page over a real (short) storm: districts, stations, radar and nowcast on one time slider, and replay."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.stage("stage_storm.py")]
READY = "html[data-ready=yes]"


def colours(page: Page) -> int:
    """Count the colours of the map: an empty one has a handful."""
    shot = Image.open(io.BytesIO(page.locator("[data-map]").screenshot())).convert("RGB")
    return len(shot.getcolors(maxcolors=1 << 24) or [])


def test_the_map_shows_the_storm_and_what_was_known_of_it(site, enter, tmp_path: Path) -> None:
    page = enter("forecaster")
    page.goto(f"{site.address}/?at={site.at}")
    page.wait_for_selector(READY, timeout=30_000)
    page.wait_for_timeout(1500)
    page.screenshot(path=tmp_path / "home.png")
    assert colours(page) > 500
    side = page.locator("[data-side]")
    expect(side).to_contain_text("130")  # every station of the drill reported
    expect(page.locator("[data-marks]")).to_contain_text("回放")

    # one slider runs from the past into the forecast
    before = page.locator("[data-timebar]").inner_text()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(1500)
    after = page.locator("[data-timebar]").inner_text()
    assert after != before
    assert "预报" in after
    page.screenshot(path=tmp_path / "ahead.png")

    # the list says in words what the map shows, and a station opens its chart
    page.keyboard.press("l")
    listing = page.locator("[data-listing]")
    expect(listing).to_be_visible()
    expect(listing.locator("tbody tr")).to_have_count(130)
    listing.locator("tbody tr a, tbody tr button").first.click()
    expect(side.locator("canvas").first).to_be_visible(timeout=20_000)
    page.screenshot(path=tmp_path / "station.png")
    assert site.complaints == []


def test_an_earlier_moment_shows_less_of_the_storm(site, enter) -> None:
    page = enter("forecaster")
    late = page.request.get(f"{site.address}/api/map/timeline?at={site.at}").json()
    early = page.request.get(f"{site.address}/api/map/timeline?at=2026-07-01T03:20:00Z").json()
    assert len(early["frames"]) < len(late["frames"])
    assert early["run"] != late["run"]
    seen = [frame for frame in early["frames"] if frame["kind"] == "radar"]
    assert max(frame["time"] for frame in seen) <= "2026-07-01T03:20"
    ahead = page.request.get(f"{site.address}/api/map/timeline?at=2099-01-01T00:00:00Z")
    assert ahead.status == 422
    assert "lies ahead" in ahead.text()
