"""The reference pages, made from the code they describe.

`mkdocs build` writes them before it builds; `python docs/hooks.py` does the same without building. The pages are kept
with the sources so that they can be read without building, and `tests/test_docs.py` fails when one is out of date.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from xiangtian.cli.main import main
from xiangtian.core.elements import CATALOGUE
from xiangtian.core.settings import TABLE

DOCS = Path(__file__).resolve().parent
HOUSE = DOCS.parent
PACKAGE = HOUSE / "xiangtian"
MADE = "<!-- Made by docs/hooks.py from the code: change the code, then run `make docs`. -->"
FURNITURE = ("models", "queries", "actions", "views", "api", "jobs", "listen", "urls")
FAMILIES = (
    ("Decoders of station messages", "observe/decode", ("foreign", "lines", "mapping", "refusals", "units")),
    ("Checks of quality control", "observe/qc", ("around", "buddies", "combine", "model", "rain_hour", "rules", "split",
                                                 "tolerances", "units", "window")),
    ("Radar base data", "radar/polar", ("cuts", "gates", "model", "sites", "unpacking")),
    ("Radar composites", "radar/composites", ()),
    ("Radar products", "radar/products", ()),
    ("Nowcast methods", "nowcast/methods", ()),
    ("Hazards", "warn/hazards", ()),
    ("Channels", "publish/channels", ("contract",)),
)  # fmt: skip
"""Title, folder, and the modules in it that are no members."""


def on_pre_build(config: Any) -> None:
    """Write the pages before mkdocs reads the folder."""
    write()


def write() -> list[str]:
    """Write every page that is not as it should be; give their names."""
    changed = []
    for name, text in pages().items():
        path = DOCS / "reference" / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(name)
    return changed


def pages() -> dict[str, str]:
    """Give every generated page by its file name below `docs/reference`."""
    makers: dict[str, Callable[[], list[str]]] = {
        "settings.md": settings,
        "elements.md": elements,
        "facts.md": facts,
        "commands.md": commands,
        "rooms.md": rooms,
    }
    return {name: "\n".join([MADE, "", *make()]) + "\n" for name, make in makers.items()}


def settings() -> list[str]:
    """Give the page of settings."""
    rows = [(f"`{one.name}`", f"`{one.default}`" if one.default else "empty", one.sentence) for one in TABLE]
    return [
        "# Settings",
        "",
        "Settings are environment variables and nothing else. They are read at the start of each process; a value that",
        "can't be used stops the process with a message that names the setting and what is allowed.",
        "`make` sets `XIANGTIAN_HOME` to the folder `home` of the clone unless it is set already.",
        "",
        *_table(("setting", "default", "what it is for"), rows),
    ]


def elements() -> list[str]:
    """Give the page of the catalogue of elements."""
    rows = [
        (f"`{one.name}`", one.unit, one.zh, one.en, f"{one.low:g} to {one.high:g}", str(one.decimals))
        for one in CATALOGUE.values()
    ]
    return [
        "# Elements",
        "",
        "What a station may report, and the one unit in which it is held everywhere inside; a decoder converts at the",
        "door. Names follow the CF standard names; a period that belongs to the meaning is a suffix (`_1h`). Quality",
        "control begins from these limits (`observe/qc/limits.py`); it flags values and never changes them.",
        "",
        *_table(("element", "unit", "中文", "English", "limits", "decimals shown"), rows),
    ]


def facts() -> list[str]:
    """Give the page of facts: every kind, what it says, and the files that name it."""
    rows = [(f"`{kind}`", said, ", ".join(_naming(kind)) or "nobody yet") for kind, said in _kinds().items()]
    return [
        "# Facts",
        "",
        "A lower room tells a higher one by a row that is written in the transaction of what it tells of",
        "(`core/facts.py`). A listener reads on from its own cursor, so that no fact is lost with a process.",
        "",
        *_table(("fact", "what it says", "told or heard in"), rows),
    ]


def _kinds() -> dict[str, str]:
    tree = ast.parse((PACKAGE / "core/facts.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "KINDS" and node.value:
            return dict(ast.literal_eval(node.value))
    raise LookupError("core/facts.py has no KINDS")


def _naming(kind: str) -> list[str]:
    files = (path for path in sorted(PACKAGE.rglob("*.py")) if "tests" not in path.parts and path.name != "facts.py")
    return [f"`{path.relative_to(PACKAGE)}`" for path in files if f'"{kind}"' in path.read_text(encoding="utf-8")]


def commands() -> list[str]:
    """Give the page of commands, the whole tree."""
    lines = [
        "# Commands",
        "",
        "In a clone every command is run as `.venv/bin/xiangtian` (or `uv run xiangtian`) after `make setup`.",
        "A home is named by `--home`, or else by `XIANGTIAN_HOME`.",
    ]
    for path, command in _leaves(main, ("xiangtian",)):
        lines += ["", f"## {' '.join(path)}", "", *_command(path, command)]
    return lines


def _leaves(group: click.Group, path: tuple[str, ...]) -> Iterable[tuple[tuple[str, ...], click.Command]]:
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from _leaves(command, (*path, name))
        else:
            yield (*path, name), command


def _command(path: Sequence[str], command: click.Command) -> list[str]:
    context = click.Context(command, info_name=" ".join(path))
    usage = " ".join(command.collect_usage_pieces(context))
    options = [one for one in command.params if isinstance(one, click.Option)]
    rows = [(f"`{', '.join(one.opts)}`", _default(one), one.help or "") for one in options]
    said = [line.strip() for line in (command.help or "").splitlines()]
    shown = ["```text", f"{' '.join(path)} {usage}", "```", "", *said]
    return [*shown, "", *_table(("option", "default", "what it does"), rows)] if rows else shown


def _default(option: click.Option) -> str:
    if option.required:
        return "needed"
    plain = option.default
    if option.is_flag or not isinstance(plain, str | int | float) or plain == "":
        return ""
    return f"`{plain:g}`" if isinstance(plain, float) else f"`{plain}`"


def rooms() -> list[str]:
    """Give the page of rooms: the floors, what each room is for, its furniture, and the members of the families."""
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))
    floors: list[str] = project["tool"]["importlinter"]["contracts"][0]["layers"]
    lines = [
        "# Rooms and families",
        "",
        "A room imports only what stands below it; rooms on one line do not know each other.",
        "",
        "```text",
        *floors,
        "```",
    ]
    for floor in reversed(floors):
        for room in (part.strip() for part in floor.split("|")):
            lines += ["", f"## `{room}`", "", *_paragraphs(_sign(PACKAGE / room)), ""]
            lines += [f"Furniture: {_furniture(room)}."]
    lines += ["", "# Families", "", "One folder a family, one file a member, one list in which every member stands."]
    for title, folder, others in FAMILIES:
        rows = [(f"`{name}`", said) for name, said in _members(folder, others)]
        lines += ["", f"## {title}", "", f"In `{folder}`.", "", *_table(("file", "what it is"), rows)]
    return lines


def _furniture(room: str) -> str:
    there = [name for name in FURNITURE if _module(PACKAGE / room / name)]
    return ", ".join(f"`{name}`" for name in there) or "none"


def _module(path: Path) -> Path | None:
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.exists():
            return candidate
    return None


def _members(folder: str, others: Sequence[str]) -> Iterable[tuple[str, str]]:
    for path in sorted((PACKAGE / folder).iterdir()):
        found = _module(path.with_suffix("")) if not path.name.startswith("_") else None
        if found and path.stem not in others:
            yield path.stem, _first_sentence(_sign(found))


def _sign(path: Path) -> str:
    file = path / "__init__.py" if path.is_dir() else path
    return ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""


def _first_sentence(text: str) -> str:
    """Give the first paragraph on one line, up to its first full stop that ends a sentence."""
    paragraph = " ".join(text.split("\n\n")[0].split())
    return paragraph.split(". ")[0].rstrip(".") + "."


def _paragraphs(text: str) -> list[str]:
    return text.replace(":class:`", "`").replace(":mod:`", "`").replace("`xiangtian.", "`").splitlines()


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    safe = [[cell.replace("|", r"\|") for cell in row] for row in rows]
    return [_line(heads), "|" + "---|" * len(heads), *(_line(row) for row in safe)]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    for page in write():
        click.echo(f"docs/reference/{page} was made anew")
