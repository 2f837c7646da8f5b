"""A house served by its own command on a home of its own, and a Chromium to look at it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
BUILT = Path(__file__).resolve().parents[2] / "xiangtian/web/static/dist/manifest.json"


def _absent(reason: str) -> None:
    if os.environ.get("CI") and os.environ.get("XIANGTIAN_REQUIRE_SERVICES"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium without a window; where there is none the test is skipped, or fails where it is required."""
    if CHROMIUM is None:
        _absent("there is no chromium program on this machine: install the package chromium")
    if not BUILT.exists():
        _absent(f"the front end is not built ({BUILT} is missing): run npm run build")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Site:
    """A served house: its address, its log-ins, and everything that browsers complained of."""

    address: str
    log_ins: dict[str, str]
    proposal: int
    at: str = ""
    complaints: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        """Keep errors; the software renderer's notes on its own speed are warnings."""
        if message.type == "error":
            self.complaints.append(message.text)


@pytest.fixture
def site(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    port: int,
    process: Callable[..., Any],
    wait_for: Callable[..., Any],
    chromium: Browser,
) -> Site:
    """Stage a home (by the program that the test's `stage` marker names) and serve it."""
    home = tmp_path / "home"
    environment = {**os.environ, "XIANGTIAN_HOME": str(home)}
    environment.pop("XIANGTIAN_DATABASE_URL", None)
    marker = request.node.get_closest_marker("stage")
    program = Path(__file__).with_name(marker.args[0] if marker else "stage.py")
    staged = subprocess.run(
        [sys.executable, str(program), str(home)], env=environment, capture_output=True, text=True, check=False
    )
    assert staged.returncode == 0, staged.stderr
    told = json.loads(staged.stdout.splitlines()[-1])
    served = process(home, "serve", "--home", str(home), "--port", str(port))
    wait_for(lambda: _answers(port) or not served.alive, 40)
    assert served.alive, served.said()
    return Site(f"http://127.0.0.1:{port}", told["log_ins"], told["proposal"], told.get("at", ""))


def _answers(port: int) -> bool:
    import httpx

    try:
        return httpx.get(f"http://127.0.0.1:{port}/api/health", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture
def enter(site: Site, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Log in as one of the drill's people, in a browser of their own."""
    opened: list[BrowserContext] = []

    def log_in(username: str, **how: Any) -> Page:
        context = chromium.new_context(**({"viewport": {"width": 1440, "height": 900}} | how))
        opened.append(context)
        page = context.new_page()
        page.on("console", site.hear)
        page.on("pageerror", lambda error: site.complaints.append(str(error)))
        page.goto(f"{site.address}/warn/")
        page.fill("#id_username", username)
        page.fill("#id_password", site.log_ins[username])
        page.click("main button.primary")
        page.wait_for_url("**/warn/")
        return page

    yield log_in
    for context in opened:
        context.close()
