"""The documents are tested: what they name exists, what they show runs, what is made from the code is up to date."""

from __future__ import annotations

import ast
import doctest
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest

HOUSE = Path(__file__).resolve().parent.parent
PACKAGE = HOUSE / "xiangtian"
DOCS = HOUSE / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *HOUSE.glob("*.md")])
NAMES = [str(page.relative_to(HOUSE)) for page in PAGES]
WRITTEN = [page for page in PAGES if page.parent.name != "reference" or page.name == "report.md"]
"""All but those that are made from the code."""
OTHER_VARIABLES = {"XIANGTIAN_SHARED", "XIANGTIAN_REQUIRE_SHARED", "XIANGTIAN_REQUIRE_SERVICES"}
"""Variables that the tests read; no settings of the house."""
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    return [text for kind, text in FENCE.findall(page.read_text(encoding="utf-8")) if kind == language]


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def hooks() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_hooks", DOCS / "hooks.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pages_made_from_the_code_are_up_to_date() -> None:
    stale = [
        name
        for name, text in hooks().pages().items()
        if not (DOCS / "reference" / name).exists() or (DOCS / "reference" / name).read_text(encoding="utf-8") != text
    ]
    assert not stale, f"{stale} in docs/reference are out of date: run `.venv/bin/python docs/hooks.py`"


def test_every_page_stands_in_the_table_of_contents() -> None:
    listed = (HOUSE / "mkdocs.yml").read_text(encoding="utf-8")
    missing = [str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md") if str(page.relative_to(DOCS)) not in listed]
    assert not missing, f"mkdocs.yml does not list {missing}"


def defined(path: Path) -> set[str]:
    """All functions, classes and methods of a module, as `name` and `Class.name`."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found |= {node.name} | {f"{node.name}.{one.name}" for one in node.body if isinstance(one, ast.FunctionDef)}
    return found


NAMED = re.compile(r"`([\w/]+\.py):([\w.]+)`")


def test_the_tour_names_the_whole_walk() -> None:
    rooms = {path.split("/")[0] for path, _ in NAMED.findall((DOCS / "tour.md").read_text(encoding="utf-8"))}
    assert rooms >= {"observe", "lake", "radar", "nowcast", "warn", "publish", "verify", "core", "cli"}


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_function_that_is_named_exists(page: Path) -> None:
    for path, name in NAMED.findall(page.read_text(encoding="utf-8")):
        file = PACKAGE / path
        assert file.exists(), f"{page.name} names {path}, which is not there"
        assert name in defined(file), f"{page.name} names {path}:{name}; {path} has {sorted(defined(file))}"


HOME_OF_FILES = "xiangtian|tests|docs|benchmarks|frontend"
ROOMS = "core|kit|lake|met|observe|radar|nowcast|warn|publish|verify|drill|cli|web|api"
FILE = re.compile(rf"`((?:{HOME_OF_FILES})/[\w./-]+|(?:{ROOMS})/[\w./-]+\.(?:py|yaml|json))`")


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: str(page.relative_to(HOUSE)))
def test_every_file_that_is_named_exists(page: Path) -> None:
    shown = {name for block in FENCE.findall(page.read_text(encoding="utf-8")) for name in titles(block[1])}
    tests = {f"{Path(name).parent}/tests/test_{Path(name).stem}.py" for name in shown}
    for name in FILE.findall(prose(page)):
        there = (HOUSE / name).exists() or (PACKAGE / name).exists()
        assert there or name in shown | tests, f"{page.name} names {name}, which is not there"


LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_relative_link_resolves(page: Path) -> None:
    for link in LINK.findall(prose(page)):
        path, _, anchor = link.partition("#")
        assert "://" not in path, f"{page.name} links to a foreign host: {link}"
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name} links to {link}, which is not there"
        assert not anchor or anchor in anchors(target), f"{page.name}: no heading #{anchor} in {target.name}"


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head).strip().lower().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: str(page.relative_to(HOUSE)))
def test_examples_with_a_prompt_run(page: Path) -> None:
    text = "\n".join(block for block in blocks(page, "python") if ">>>" in block)
    test = doctest.DocTestParser().get_doctest(text, {}, page.name, str(page), 0)
    assert doctest.DocTestRunner(verbose=False).run(test).failed == 0


def commands(page: Path) -> Iterator[list[str]]:
    """Give the words of every command that a page shows, in its shell blocks and in its sentences."""
    lines = [line for block in blocks(page, "sh") for line in block.replace("\\\n", " ").splitlines()]
    lines += re.findall(r"`((?:\S+/)?(?:xiangtian|make)(?: [^`]*)?)`", prose(page))
    for line in lines:
        words = shlex.split(line, comments=True)
        while words and ("=" in words[0] or words[0] in ("uv", "run", "sudo")):
            words = words[1:]
        if words and words[0].split("/")[-1] in ("xiangtian", "make"):
            yield [words[0].split("/")[-1], *words[1:]]


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*##", (HOUSE / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_command_that_is_named_exists(page: Path) -> None:
    for program, *words in commands(page):
        if program == "make":
            assert set(words) <= targets(), f"{page.name}: make {' '.join(words)}; there are {sorted(targets())}"
        else:
            check_command(page, words)


def check_command(page: Path, words: list[str]) -> None:
    from xiangtian.cli.main import main

    command: click.Command = main
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        assert rest[0] in command.commands, f"{page.name}: xiangtian {' '.join(words)} is no command"
        command = command.commands[rest.pop(0)]
    known = {name for one in command.params for name in one.opts} | {"--help", "-h", "--version"}
    strange = [word for word in rest if word.startswith("-") and word.split("=")[0] not in known]
    assert not strange, f"{page.name}: {' '.join(words)} has no option {strange}"


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_setting_that_is_named_exists(page: Path) -> None:
    from xiangtian.core.settings import TABLE

    known = {setting.name for setting in TABLE} | OTHER_VARIABLES
    named = set(re.findall(r"XIANGTIAN_[A-Z0-9_]+[A-Z]", page.read_text(encoding="utf-8")))
    assert named <= known, f"{page.name} names {sorted(named - known)}"


def test_every_command_of_the_readme_is_in_the_reference() -> None:
    from xiangtian.cli.main import main

    readme = (HOUSE / "README.md").read_text(encoding="utf-8")
    assert [name for name in main.commands if f"xiangtian {name}" not in readme] == []


def test_every_key_of_the_report_has_its_line() -> None:
    tree = ast.parse((PACKAGE / "drill/report.py").read_text(encoding="utf-8"))
    dicts = [node for node in ast.walk(tree) if isinstance(node, ast.Dict)]
    keys = {key.value for one in dicts for key in one.keys if isinstance(key, ast.Constant)}
    page = (DOCS / "reference/report.md").read_text(encoding="utf-8")
    assert sorted(str(key) for key in keys if f"`{key}`" not in page) == []


# The how-tos are followed to the letter, in a copy of the package.

TITLE = re.compile(r"^# ((?:xiangtian|mappings)/\S+)$", re.MULTILINE)


def titles(block: str) -> list[str]:
    return TITLE.findall(block.partition("\n")[0])


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Give a folder with a copy of the package that a how-to may change."""
    unneeded = shutil.ignore_patterns("__pycache__", "dist", "locale", "templates")
    shutil.copytree(PACKAGE, tmp_path / "xiangtian", ignore=unneeded)
    return tmp_path


def follow(page: Path, copy: Path) -> list[Path]:
    """Write the files that a page shows; give their paths."""
    made = []
    for _, text in FENCE.findall(page.read_text(encoding="utf-8")):
        for title in titles(text):
            path = copy / title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            made.append(path)
    return made


def run(copy: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(copy), "XIANGTIAN_HOME": str(copy / "home")}
    return subprocess.run(
        [sys.executable, *words], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )


def passes(copy: Path, made: list[Path], *more: str) -> None:
    tests = [str(path) for path in made if path.name.startswith("test_")]
    assert tests
    done = run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", *tests, *more)
    assert done.returncode == 0, done.stdout + done.stderr
    where = run(copy, "-c", "import xiangtian; print(xiangtian.__file__)").stdout
    assert where.startswith(str(copy)), "the copy was not what was tested"
    code = [str(path) for path in made if path.suffix == ".py"]
    checked = run(copy, "-m", "ruff", "check", "--config", str(HOUSE / "pyproject.toml"), *code)
    assert checked.returncode == 0, checked.stdout


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name} holds {old!r} {text.count(old)} times: the how-to is out of date"
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_how_to_of_a_decoder(copy: Path) -> None:
    page = DOCS / "how-to/add-a-decoder.md"
    made = follow(page, copy)
    front = copy / "xiangtian/observe/decode/__init__.py"
    (shown,) = (text for text in blocks(page, "text") if text.startswith("FAMILY"))
    replace(front, shown.replace(", road_line", ""), shown)
    replace(front, "    oklahoma_mdf,\n", "    oklahoma_mdf,\n    road_line,\n")
    passes(copy, made, "xiangtian/observe/tests/test_decode_registry.py")
    (sample,) = (text for text in blocks(page, "text") if text.startswith("$ROAD"))
    (table,) = (text for text in blocks(page, "text") if text.startswith("Site;"))
    (copy / "road.txt").write_text(sample, encoding="utf-8")
    (copy / "ponds.csv").write_text(table, encoding="utf-8")
    done = run(copy, "-m", "xiangtian.cli.main", "decode", "road.txt", "ponds.csv", "--mappings", "mappings", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    told = [(line["station"], line.get("air_temperature"), line["precipitation_amount"]) for line in lines]
    # 299.55 K = 26.4 degC; 77 degF = 25 degC
    assert told == [("M9001", 26.4, 0.8), ("M9002", None, 0.0), ("P1", 25.0, 1.5), ("P2", None, 0.0)]
    assert lines[2]["time"] == "2026-07-01T00:00:00Z"  # 08:00 in Shanghai


def test_the_how_to_of_a_check(copy: Path) -> None:
    page = DOCS / "how-to/add-a-check.md"
    made = follow(page, copy)
    name, member, words = (text for text in blocks(page, "text"))
    chain = copy / "xiangtian/observe/qc/__init__.py"
    replace(copy / "xiangtian/core/flags.py", name.splitlines(keepends=True)[0], name)
    replace(chain, member.splitlines(keepends=True)[0], member)
    replace(chain, "    combine,\n", "    combine,\n    dirty_lens,\n")
    evidence = copy / "xiangtian/observe/qc/evidence.py"
    replace(evidence, "WORDS: dict[str, tuple[str, str]] = {\n", "WORDS: dict[str, tuple[str, str]] = {\n" + words)
    passes(copy, made)


def test_the_how_to_of_a_hazard(copy: Path) -> None:
    page = DOCS / "how-to/add-a-hazard.md"
    made = follow(page, copy)
    family = copy / "xiangtian/warn/hazards/__init__.py"
    (shown,) = (text for text in blocks(page, "text") if text.startswith("HAZARDS"))
    replace(family, shown.replace(', "short_rain": short_rain.detect', ""), shown)
    replace(family, "hazards import rainstorm\n", "hazards import rainstorm, short_rain\n")
    passes(copy, made)
    asked = "from xiangtian.warn import tabled; from xiangtian.warn.hazards import HAZARDS; "
    asked += "print({table.kind for table in tabled.rule_tables() if table.computed} == set(HAZARDS))"
    assert run(copy, "-c", asked).stdout.strip() == "True"


@pytest.mark.slow
def test_the_documents_build(tmp_path: Path) -> None:
    done = run(HOUSE, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "site/tour.html").exists()


@pytest.mark.parametrize(("https", "secure"), [("yes", "True"), ("no", "False")])
def test_behind_https_as_run_it_says_a_request_counts_as_secure(tmp_path: Path, https: str, secure: str) -> None:
    """A form sent to https://… is refused (its origin does not match) unless the server knows that it is behind TLS."""
    asked = "import django; django.setup(); from django.test import RequestFactory; "
    asked += "print(RequestFactory(headers={'X-Forwarded-Proto': 'https'}).get('/').is_secure())"
    more = {
        "XIANGTIAN_HTTPS": https,
        "DJANGO_SETTINGS_MODULE": "xiangtian.web.settings",
        "XIANGTIAN_HOME": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", asked], env=os.environ | more, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == secure, done.stderr
