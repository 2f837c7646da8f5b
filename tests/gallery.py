"""Pictures of the pages, made by a browser that walks through a finished drill: `python -m tests.gallery FOLDER`."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WIDE, PHONE = {"width": 1440, "height": 880}, {"width": 390, "height": 844}
LATER = dt.timedelta(minutes=12)
"""So long after the last release the city is shown."""


def chromium() -> str:
    """Give the browser's path."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        raise SystemExit("no Chromium on this machine: install it (Debian: chromium), then run again")
    return found


def xiangtian(*words: str) -> list[str]:
    """Give a command of the house."""
    return [sys.executable, "-m", "xiangtian.cli.main", *words]


def play(home: Path) -> dict[str, Any]:
    """Play the built-in drill as fast as it goes; give its report."""
    report = home / "report.json"
    options = ("--home", str(home), "--speed", "max", "--auto", "--report", str(report))
    subprocess.run(xiangtian("drill", *options), check=True)
    return json.loads(report.read_text(encoding="utf-8"))


@contextmanager
def served(home: Path) -> Iterator[str]:
    """Serve the pages of a home while somebody looks at them."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    house = subprocess.Popen(xiangtian("serve", "--home", str(home), "--port", str(port)))
    try:
        for _ in range(150):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        house.terminate()
        house.wait(20)


def log_in(page: Page, base: str, home: Path, username: str = "forecaster") -> None:
    """Log in as one of the drill's people."""
    told = json.loads((home / "secrets/drill-log-ins.json").read_text(encoding="utf-8"))
    known = {one["username"]: one for one in told}
    page.goto(f"{base}/log-in/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", known[username]["password"])
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "log-in" not in url)


def take(page: Page, address: str, path: Path, *, waits: str = "main") -> None:
    """Open a page, wait until it is drawn, and keep its picture."""
    page.goto(address)
    page.wait_for_selector(waits)
    page.wait_for_timeout(2500)
    page.screenshot(path=str(path))
    Image.open(path).convert("RGB").quantize(200, dither=Image.Dither.NONE).save(path, optimize=True)
    sys.stdout.write(f"{path}\n")


def main(folder: Path) -> None:
    """Make all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        home = Path(made)
        report = play(home)
        last = report["warnings"][min(3, len(report["warnings"]) - 1)]
        at = (dt.datetime.fromisoformat(last["sent"]) + LATER).strftime("%Y-%m-%dT%H:%M:%SZ")
        with served(home) as base, sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
            page = browser.new_page(viewport=WIDE)
            log_in(page, base, home)
            ready = "html[data-ready=yes]"
            take(page, f"{base}/?at={at}", folder / "home.png", waits=ready)
            take(page, f"{base}/warn/", folder / "desk.png")
            take(page, f"{base}/warn/proposals/1/", folder / "proposal.png", waits="[data-ready=yes]")
            take(page, f"{base}/warn/events/1/", folder / "event.png")
            take(page, f"{base}/verify/trace/{last['event']}/", folder / "trace.png")
            page.emulate_media(color_scheme="dark")
            page.set_viewport_size(PHONE)
            take(page, f"{base}/?at={at}", folder / "home-phone-dark.png", waits=ready)
            browser.close()


if __name__ == "__main__":
    os.environ.setdefault("XIANGTIAN_LOG_LEVEL", "WARNING")
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures"))
