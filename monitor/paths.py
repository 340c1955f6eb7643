"""Folders of spiders, rules and digests: beside the package in a checkout, inside it in an installed copy."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = (_PACKAGE / "spiders").is_dir()
_HOME = _PACKAGE if _INSTALLED else _PACKAGE.parent

SPIDERS_MODULE = "monitor.spiders" if _INSTALLED else "spiders"
SPIDERS = _HOME / "spiders"
RULES = _HOME / "rules"
DIGESTS = _HOME / "digests"

TABLES = ("departments.toml", "areas.toml", "programmes.toml", "fit.toml")
"""Files that every folder of rules has."""
GENERIC = "generic.toml"
"""File that a folder of rules may have: words that never complete a threshold alone."""
SIGNALS = "signals.toml"
"""File that a folder of rules may have: signals that several themes have, each theme with a weight of its own."""
GATES = "gates.toml"
"""File that a folder of rules may have: the municipality's own steps before an application."""
CONCEPTS, THEMES = "concepts", "themes"
"""Folders within a folder of rules."""


def list_rule_files(folder: Path) -> list[str]:
    """Return the files of rules in a folder, by their names relative to it: the tables, then concepts, then themes."""
    tables = [name for name in (*TABLES, GENERIC, SIGNALS, GATES) if (folder / name).is_file()]
    parts = [path for part in (CONCEPTS, THEMES) for path in sorted((folder / part).glob("*.toml"))]
    return [*tables, *(path.relative_to(folder).as_posix() for path in parts)]
