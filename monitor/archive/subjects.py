"""Subjects of departments' mails: the themes of the rules that matched last, as recipients can leave them out."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import lru_cache

from monitor.archive.connection import Database
from monitor.archive.matches import last_rule_version
from monitor.subscription import Subjects


def read_subjects(db: Database, today: date, language: str = "sv") -> Subjects:
    """Return the subjects of every department on a day: without drafts and themes on probation; none before the first match.

    Titles are in the language, "sv" or "en", those that have no English title in Swedish.
    """
    last = last_rule_version(db)
    if last is None:
        return {}
    version, files = last
    texts = tuple(text for path, text in sorted(files.items()) if path.startswith("themes/"))
    return _subjects(version, texts, files.get("areas.toml", "") if language == "en" else None, today)


@lru_cache(maxsize=4)
def _subjects(version: str, texts: tuple[str, ...], areas: str | None, today: date) -> Subjects:
    """Return the subjects of the texts of themes' files, read once per version of the rules and day.

    `areas` is the text of the file with English titles; None for Swedish ones. A theme's own English title goes before it.
    """
    english = None if areas is None else tomllib.loads(areas).get("english", {})
    found: dict[str, dict[str, str]] = {}
    for text in texts:
        theme = tomllib.loads(text)["theme"]
        probation = theme.get("probation")
        if theme.get("state", "live") != "live" or (probation is not None and today <= probation):
            continue
        title = theme["title"]
        if english is not None:
            title = theme.get("english") or english.get(theme["id"], title)
        for department in theme["departments"]:
            found.setdefault(department, {})[theme["id"]] = title
    return found
