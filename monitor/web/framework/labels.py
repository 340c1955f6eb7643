"""The words of the pages for what the program calls by its own names: kinds, statuses, levels, events, answers, states."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

ZONES = {
    "title": "rubriken",
    "summary": "sammanfattningen",
    "body": "texten",
    "context": "nyckelorden",
    "programme": "programmet",
}
FORMATS = {
    "text/html": "Webbsida",
    "application/xhtml+xml": "Webbsida",
    "application/json": "Data (JSON)",
    "application/xml": "Data (XML)",
    "text/xml": "Data (XML)",
    "application/rss+xml": "Nyhetsflöde",
    "application/atom+xml": "Nyhetsflöde",
    "application/pdf": "PDF",
    "text/plain": "Text",
}
LANGUAGES = {"sv": "svenska", "en": "engelska", "da": "danska", "nb": "norska", "fi": "finska"}


@cache
def _english() -> dict[str, str]:
    return dict(tomllib.loads((Path(__file__).parent.parent / "english.toml").read_text("utf-8")))


def translate(text: str, language: str) -> str:
    """The text of a page in its language; what has no English stays Swedish."""
    return _english().get(text, text) if language == "en" else text
