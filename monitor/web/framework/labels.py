"""Swedish labels of pages for the zones of a text, file formats and languages. Other labels: `monitor.vocabulary`."""

from __future__ import annotations

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
