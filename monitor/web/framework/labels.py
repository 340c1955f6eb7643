"""Swedish labels of pages: zones of a text, file formats, languages, phases of a matter. Other labels: `monitor.vocabulary`."""

from __future__ import annotations

from monitor.language.dossiers import Phase

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
PHASES = {
    Phase.PROPOSAL: "Förslag",
    Phase.MEMORANDUM: "Faktapromemoria",
    Phase.REFERRAL: "Remiss",
    Phase.CONSULTATION: "Samråd",
    Phase.BILL: "Proposition",
    Phase.DECISION: "Beslut",
    Phase.DOCUMENT: "Dokument",
}
