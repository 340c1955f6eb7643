"""The words of the pages for what the program calls by its own names: kinds, statuses, levels, events, answers, states."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

KINDS = {
    "call": ("Utlysning", "Utlysningar"),
    "news": ("Nyhet", "Nyheter"),
    "event": ("Träff", "Träffar och konferenser"),
    "policy": ("Förslag eller beslut", "Förslag och beslut"),
    "partner-search": ("Partnersökning", "Partnersökningar"),
}
STATUSES = {"open": "Öppen", "forthcoming": "Kommande", "closed": "Stängd"}
LEVELS = {"stark": "Säker träff", "trolig": "Trolig träff", "svag": "Kan vara intressant"}
EVENTS = {
    "new": "Hittades",
    "opened": "Öppnade",
    "deadline_moved": "Ny sista dag",
    "budget_changed": "Ändrade pengar",
    "text_changed": "Ändrad text",
    "news": "Meddelande från utgivaren",
    "closed": "Stängde",
    "vanished": "Försvann från källan",
    "revived": "Kom tillbaka",
}
ANSWERS = {"intressant": "Intressant", "inte-for-oss": "Inte för oss", "vidare": "Skicka vidare"}
FOLLOW = {
    "intresserad": "Intresserad",
    "soker": "Söker",
    "beviljad": "Beviljad",
    "avslag": "Avslag",
    "avstar": "Avstår",
}
SECTIONS = {
    "changed": "Ändrat",
    "new": "Nytt",
    "closing": "Stänger snart",
    "coming": "På väg",
    "events": "Träffar och konferenser",
    "partners": "Söker partner",
    "policy": "Förslag och beslut",
    "news": "Nyheter",
    "missed": "Hann stänga",
}
MAILS = {
    "weekly": "Veckans mejl",
    "welcome": "Välkomstmejl",
    "quiet": "Lugn vecka",
    "correction": "Rättelse",
    "preview": "Förhandsvisning",
    "notice": "Besked till samordnaren",
}
DIGEST_STATES = {"waiting": "Väntar", "sent": "Skickat", "stopped": "Skickat, inte till alla", "silent": "Inget mejl"}
OUTBOX_STATES = {"waiting": "Väntar", "sent": "Skickat", "stopped": "Stoppat"}
SOURCE_STATES = {
    "accepted": "Läst",
    "unchanged": "Läst, inget nytt",
    "degraded": "Ofullständigt läst",
    "failed": "Kunde inte läsas",
    "overdue": "Inte läst på länge",
    "": "Inte läst än",
}
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
    return dict(tomllib.loads((Path(__file__).parent / "english.toml").read_text("utf-8")))


def translate(text: str, language: str) -> str:
    """The text of a page in its language; what has no English stays Swedish."""
    return _english().get(text, text) if language == "en" else text
