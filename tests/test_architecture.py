"""Imports point one way only, as the design has it."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "monitor"
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text("utf-8")

# From the top down; a part may import parts of lower rows and its own. Parts of one row do not know each other, but for `web`.
ROWS = [
    {"cli", "cluster", "schedule"},
    {"jobs"},
    {"web", "mail", "digest", "matching", "awards", "archive", "translate", "collect", "demo", "documents"},
    {
        "language",
        "calls",
        "corrected",
        "fit",
        "plan",
        "vocabulary",
        "translation",
        "sources",
        "config",
        "settings",
        "fields",
        "toml_edit",
        "subscription",
        "errors",
        "files",
        "paths",
        "program",
        "validation",
    },
]
# Allowed beside the rows: the browser shows matches and the archive; spiders hand over documents in the archive's form.
ALSO = {
    ("web", "matching"),
    ("web", "archive"),
    ("web", "digest"),
    ("web", "awards"),
    ("web", "translate"),
    ("translate", "archive"),
    ("collect", "archive"),
    ("awards", "archive"),
    ("awards", "collect"),
    ("documents", "collect"),
    ("documents", "archive"),
    ("web", "documents"),
    ("cli", "schedule"),
    ("cli", "cluster"),
    ("cluster", "schedule"),
}
LOWEST = {
    ("sources", "vocabulary"),
    ("language", "vocabulary"),
    ("calls", "vocabulary"),
    ("corrected", "calls"),
    ("corrected", "vocabulary"),
    ("language", "corrected"),
    ("fit", "calls"),
    ("fit", "language"),
    ("plan", "calls"),
    ("plan", "fit"),
    ("plan", "vocabulary"),
    ("translation", "errors"),
    ("config", "settings"),
    ("settings", "fields"),
    ("sources", "fields"),
    ("fields", "validation"),
    ("subscription", "settings"),
    ("subscription", "vocabulary"),
    ("config", "sources"),
    ("config", "paths"),
    ("config", "errors"),
    ("config", "validation"),
    ("language", "calls"),
}
PURE = {
    "digest",
    "matching",
    "language",
    "calls",
    "corrected",
    "fit",
    "plan",
    "vocabulary",
    "subscription",
    "fields",
    "toml_edit",
}
OUTSIDE = {
    "sqlite3",
    "sqlite_utils",
    "urllib.request",
    "http",
    "socket",
    "requests",
    "aiohttp",
    "httpx",
    "scrapy",
    "smtplib",
    "subprocess",
}


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path):
    """Yield every module that a file names in an import, wherever in the file, but for type checking alone."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def files():
    return sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__main__.py" and path.parent != PACKAGE / "spiders")


def row_of(part: str) -> int:
    return next((number for number, row in enumerate(ROWS) if part in row), -1)


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path):
    own = part_of(path)
    if own == "__init__":
        return
    assert row_of(own) >= 0, f"monitor/{own} is not part of the house: see docs/architecture.md"
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "monitor" or len(parts) < 2 or parts[1] == own:
            continue
        other = parts[1]
        if row_of(other) < 0:
            continue
        down = row_of(own) < row_of(other)
        assert down or (own, other) in ALSO or (own, other) in LOWEST, f"{path.relative_to(ROOT)}: imports {name}"


def test_every_exception_is_used():
    used = {
        (part_of(path), name.split(".")[1])
        for path in files()
        for name in imports(path)
        if name.startswith("monitor.") and row_of(name.split(".")[1]) >= 0
    }
    assert sorted((ALSO | LOWEST) - used) == []


@pytest.mark.parametrize("path", [p for p in files() if part_of(p) in PURE], ids=lambda path: str(path.relative_to(ROOT)))
def test_what_decides_touches_no_database_network_or_clock(path):
    text = path.read_text("utf-8")
    for name in imports(path):
        assert name not in OUTSIDE, f"{path.relative_to(ROOT)}: imports {name}"
        assert name.split(".")[0] not in OUTSIDE, f"{path.relative_to(ROOT)}: imports {name}"
    for call in ("datetime.now(", "date.today(", "time.time(", "utcnow("):
        assert call not in text, f"{path.relative_to(ROOT)}: reads the clock"


def test_the_documentation_names_the_arrows_that_are_allowed():
    """And the rows, in their order."""
    section = ARCHITECTURE.partition("## Imports")[2].partition("\n## ")[0]
    assert set(re.findall(r"`(\w+) → (\w+)`", section)) == ALSO | LOWEST
    rows = re.findall(r"^\d\. (.*)$", section, re.MULTILINE)
    assert [set(re.findall(r"`(\w+)`", row)) for row in rows] == ROWS


@pytest.mark.parametrize("part", sorted({part_of(path) for path in files() if path.parent != PACKAGE}))
def test_the_map_has_every_module_of_a_part_and_no_other(part):
    section = ARCHITECTURE.partition("## Map")[2].partition("\n## ")[0]
    named = {}
    for folder, modules in re.findall(r"^\| `([\w/]+)/` ?[^|]*\|(.*)\|$", section, re.MULTILINE):
        plain = re.sub(r"\([^)]*\)", "", modules)
        named.setdefault(folder, set()).update(name for name in re.findall(r"`(\w+)`", plain))
        for path in re.findall(r"`(\w+/\w+)`", plain):
            named.setdefault(path.split("/")[0], set()).add(path.split("/")[1])
    found = {}
    for path in files():
        if part_of(path) == part and path.stem != "__init__":
            found.setdefault(path.parent.relative_to(PACKAGE).as_posix(), set()).add(path.stem)
    assert {folder: modules for folder, modules in named.items() if folder.split("/")[0] == part} == found


def test_every_file_of_a_recipe_exists():
    section = ARCHITECTURE.partition("## Recipes")[2].partition("\n## ")[0]
    recipes = re.findall(r"^\*\*.*\*\*\n((?:\d\. .*\n)+)", section, re.MULTILINE)
    assert [len(recipe.splitlines()) for recipe in recipes] == [5] * 5
    for recipe in recipes:
        paths = [path for path in re.findall(r"`([\w./]+/[\w.]*)`", recipe) if not path.startswith("tests/pages")]
        assert len(paths) >= 4
        assert [path for path in paths if not (ROOT / path).exists()] == []


def test_spiders_are_found_by_name_of_file():
    for path in sorted((ROOT / "spiders").glob("*.py")):
        if path.name == "__init__.py":
            continue
        classes = [node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.ClassDef)]
        assert [c.name for c in classes if c.name.endswith("Spider")] == [f"{path.stem.title().replace('_', '')}Spider"]
        assert f'name = "{path.stem}"' in path.read_text("utf-8")


def test_no_spider_imports_another():
    for path in (ROOT / "spiders").glob("*.py"):
        assert not [name for name in imports(path) if name.startswith(("spiders", "monitor.spiders"))], path
