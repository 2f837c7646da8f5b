"""The order of the house, kept by a machine: pure science, a sign on each door, rooms on floors, families complete."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tomllib
from functools import lru_cache
from pathlib import Path

import grimp
import pytest

HOUSE = Path(__file__).resolve().parent.parent
PACKAGE = HOUSE / "xiangtian"
FURNITURE = {"models", "queries", "actions", "views", "api", "jobs", "listen", "apps", "urls", "migrations", "tests"}
WORLDLY_ROOMS = {"cli", "web", "api", "kit", "lake", "core"}
"""Rooms that are all edge or all store; `core` is named module by module below."""
WORLDLY = {
    # the intake's doors and its memory: edges of `observe`
    "xiangtian.observe.keeper", "xiangtian.observe.broker", "xiangtian.observe.intake", "xiangtian.observe.judging",
    "xiangtian.observe.mappings", "xiangtian.observe.nearby", "xiangtian.observe.climatology",
    "xiangtian.observe.duties", "xiangtian.observe.workshop", "xiangtian.observe.worker", "xiangtian.observe.workbench",
    # WIS2's adapters: a broker and somebody's files in, files and a broker out
    "xiangtian.observe.wis2.subscribe", "xiangtian.observe.wis2.fetch", "xiangtian.observe.wis2.publishing",
    # the agent of a smart station: its disk, its lines, its broker; and the centre's voice to it
    "xiangtian.observe.edge.buffer", "xiangtian.observe.edge.sources", "xiangtian.observe.edge.link",
    "xiangtian.observe.edge.agent", "xiangtian.observe.edge.running", "xiangtian.observe.edge.centre",
    # the client of the data centre's interface
    "xiangtian.observe.music.client",
    # adapters to the other side's machines, and their simulators
    "xiangtian.publish.channels", "xiangtian.publish.simulator",
    # the release of a warning is a verb too long for one file; the watch gathers evidence from the stores
    "xiangtian.warn.release", "xiangtian.warn.watching",
    # the player of a drill drives the house through its doors
    "xiangtian.drill.player", "xiangtian.drill.people", "xiangtian.drill.sources", "xiangtian.drill.report",
    "xiangtian.drill.house", "xiangtian.drill.sending", "xiangtian.drill.acting", "xiangtian.drill.setting",
    "xiangtian.drill.targets",
    # what a score and a trace are made of, gathered from the stores
    "xiangtian.verify.gathering", "xiangtian.verify.tracing",
    # base data: the job's side, and the inside of the process that reads them
    "xiangtian.radar.base", "xiangtian.radar.assembling",
    # forecasts of rain beside the frames that came
    "xiangtian.verify.forecasts",
}  # fmt: skip
NETWORK = {"httpx", "paho", "amqtt", "aiosmtpd", "smtplib", "socket"}
FORBIDDEN = {"django", "deltalake", "zarr", "sqlite3", "psycopg"} | NETWORK
LIBRARIES = {"nowcast"}
"""Rooms that a notebook uses: their sign names what they offer, and loads it when it is asked for."""
FAMILIES = {
    "xiangtian/observe/decode": "observe/decode/__init__.py",
    "xiangtian/observe/metadata/lists": "observe/metadata/lists/__init__.py",
    "xiangtian/radar/polar": "radar/polar/__init__.py",
    "xiangtian/radar/composites": "radar/composites/__init__.py",
    "xiangtian/radar/adjust": "radar/adjust/__init__.py",
    "xiangtian/radar/lightning": "radar/lightning/__init__.py",
    "xiangtian/radar/products": "radar/products/__init__.py",
    "xiangtian/radar/qc/steps": "radar/qc/steps/__init__.py",
    "xiangtian/nowcast/methods": "nowcast/methods/__init__.py",
    "xiangtian/nowcast/likelihood": "nowcast/likelihood/__init__.py",
    "xiangtian/warn/hazards": "warn/hazards/__init__.py",
}


@lru_cache(maxsize=1)
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("xiangtian", include_external_packages=True)


def rooms() -> set[str]:
    return {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}


def science() -> list[str]:
    found = []
    for module in sorted(graph().modules):
        parts = module.split(".")
        if parts[0] != "xiangtian" or len(parts) < 3 or parts[1] in WORLDLY_ROOMS or set(parts[2:]) & FURNITURE:
            continue
        if not any(module == one or module.startswith(one + ".") for one in WORLDLY):
            found.append(module)
    return found


@pytest.mark.parametrize("module", science())
def test_science_reaches_no_store_network_or_framework(module: str) -> None:
    reached = {name.split(".")[0] for name in graph().find_upstream_modules(module)}
    assert not reached & FORBIDDEN, f"{module} reaches {sorted(reached & FORBIDDEN)}: move that part into the furniture"


def test_the_list_of_worldly_modules_names_only_what_exists() -> None:
    assert {one for one in WORLDLY if one not in graph().modules} == set()


@pytest.mark.parametrize("room", sorted(rooms()))
def test_every_room_has_its_sign(room: str) -> None:
    tree = ast.parse((PACKAGE / room / "__init__.py").read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{room}/__init__.py says nothing of what the room is for"
    if room not in LIBRARIES:
        assert len(tree.body) == 1, f"{room}/__init__.py is a sign: it imports and does nothing"


@pytest.mark.parametrize("room", sorted(LIBRARIES))
def test_a_library_loads_nothing_until_it_is_asked_and_never_the_framework(room: str) -> None:
    words = f"import sys, xiangtian.{room} as offered; assert not {{'xarray', 'numba', 'django'}} & set(sys.modules); "
    words += "[getattr(offered, name) for name in offered.__all__]; assert 'django' not in sys.modules"
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "XIANGTIAN"))}
    subprocess.run([sys.executable, "-c", words], check=True, env=clean)


def test_rooms_are_those_on_the_floors() -> None:
    told = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))
    layers = told["tool"]["importlinter"]["contracts"][0]["layers"]
    floors = {room.strip() for layer in layers for room in layer.split("|")}
    assert floors == rooms()


@pytest.mark.parametrize("folder", sorted(FAMILIES))
def test_every_file_of_a_family_is_in_its_list(folder: str) -> None:
    listed = (PACKAGE / FAMILIES[folder]).read_text(encoding="utf-8")
    members = {
        path.stem
        for path in (HOUSE / folder).iterdir()
        if not path.name.startswith("_") and (path.suffix == ".py" or (path / "__init__.py").exists())
    }
    missing = sorted(member for member in members if member not in listed)
    assert not missing, f"{missing} stand in {folder} but not in {FAMILIES[folder]}"


def test_every_setting_and_fact_and_room_has_its_paragraph() -> None:
    from xiangtian.core.facts import KINDS
    from xiangtian.core.settings import TABLE

    manual = "\n".join(path.read_text(encoding="utf-8") for path in (HOUSE / "docs").rglob("*.md"))
    named = [setting.name for setting in TABLE] + list(KINDS) + [f"`{room}`" for room in rooms()]
    assert [name for name in named if name not in manual] == []
