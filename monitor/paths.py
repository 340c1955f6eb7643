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
