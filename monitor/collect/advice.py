"""Advice to the coordinator about a source, as Swedish sentences, shown by `monitor sources check`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from scrapy.http import HtmlResponse

from monitor.archive.runs import Document
from monitor.calls import Call, call_status
from monitor.collect.links import find_feeds, unfollowed_link_prefixes
from monitor.collect.quality import Lack, assess, find_lack
from monitor.collect.reading import Problem, ProblemKind, SourceReading
from monitor.sources import BROWSED_KINDS, Source
from monitor.vocabulary import Kind, Status

_ADVICE_BY_PROBLEM = {
    ProblemKind.GONE: "Sök upp sidans nya adress på webbplatsen och ändra url.",
    ProblemKind.BLOCKED: "Be webbplatsen att släppa in EU-bevakningen (namnet står i user agent), "
    "eller stäng av källan: enabled = false.",
    ProblemKind.ROBOTS: "Webbplatsen vill inte bli läst här. Välj en annan sida eller stäng av källan: enabled = false.",
    ProblemKind.REFUSED: "Ändra url till en vanlig webbadress som vem som helst kan nå.",
    ProblemKind.TOO_LARGE: "Välj en mindre sida eller ett flöde.",
    ProblemKind.UNREACHABLE: "Öppna adressen i en webbläsare. Fungerar den där kan en brandvägg stå i vägen.",
    ProblemKind.LINKS: "Listan själv går att läsa. Öppna den i en webbläsare och pröva länkarna; "
    "leder de fel är det webbplatsens sak, annars ändra links.",
    ProblemKind.CERTIFICATE: "Öppna adressen i en webbläsare. Varnar den inte, låt datorn lita på utfärdaren "
    "(SSL_CERT_FILE); annars är det webbplatsens sak.",
    ProblemKind.SLOW: "Välj en mindre sida eller ett flöde, eller ge källan mer tid: source_timeout.",
    ProblemKind.FALL: "Titta på webbplatsen. Stämmer antalet, godta läsningen med: monitor sources accept ID",
    ProblemKind.FIELDS: "Öppna sidan i en webbläsare. Har den gjorts om, ändra raden; ska den se ut så nu, "
    "godta läsningen med: monitor sources accept ID",
    ProblemKind.SERVER: "Felet ligger hos webbplatsen. Försök igen i morgon.",
}
_ALL_OTHER = "Allt på sidan räknades som något annat än utlysningar, nyheter och evenemang. Är det fel, ändra publishes."
_ALL_PAST = "Allt på sidan har stängt eller redan varit. Inget behöver ändras; nästa omgång läses när den kommer."
_OTHERWISE = "Leta annars efter ett flöde eller en annan sida hos samma utgivare, eller stäng av källan: enabled = false."
_SCRIPTED = "Listan byggs av skript, och kan troligen läsas med installationens webbläsare. Pröva browser = true"
_SCRIPTED_WITHOUT = (
    "Listan byggs av skript, och installationen har ingen webbläsare som kan köra dem. "
    f"Be it-avdelningen om en: docs/drift.md, Webbläsare. {_OTHERWISE}"
)
_SCRIPTED_STILL = f"Listan kom inte fram fast sidan lästes med webbläsare. {_OTHERWISE}"
_SCRIPTED_STILL_WITHOUT = (
    "Raden ska läsas med webbläsare, men installationen har ingen som går att använda. "
    f"Be it-avdelningen se efter med monitor doctor (docs/drift.md, Webbläsare). {_OTHERWISE}"
)
_NOTHING_AHEAD = (
    "Sidan svarade, men ingenting på den har en dag framåt. Är det rätt sida? Läs den igen när något är öppet, "
    "innan adressen bekräftas."
)
_NOTHING_NEW = "Sidan svarade, men det nyaste är mer än ett år gammalt. Är det rätt sida? Adressen bekräftas inte."
_THIN = (
    "Sidan svarade, men {thin} av {items} poster har nästan ingen text. Är det rätt sida? Öppna några av dem i en webbläsare; "
    "adressen bekräftas inte."
)
_OTHER_KIND = (
    "Sidan svarade, men ingen post är av det slag som raden anger först i publishes. Är det rätt sida? Adressen bekräftas inte."
)
_LACKS = {
    Lack.NOTHING_AHEAD: _NOTHING_AHEAD,
    Lack.NOTHING_NEW: _NOTHING_NEW,
    Lack.OTHER_KIND: _OTHER_KIND,
    Lack.THIN: _THIN,
}


@dataclass(frozen=True, slots=True)
class Remedy:
    """Advice, with the change of the source's row that follows it."""

    text: str
    """Swedish sentence."""
    change: Mapping[str, str] = field(default_factory=dict)
    """New values by key of the row; empty for advice that a person must follow."""


def advise(
    source: Source, reading: SourceReading, problems: Sequence[Problem], documents: Sequence[Document], now: datetime
) -> list[str]:
    """Return what to change as Swedish sentences, the most important first; none when there is nothing to do."""
    return [remedy.text for remedy in find_remedies(source, reading, problems, documents, now)]


def find_remedies(
    source: Source,
    reading: SourceReading,
    problems: Sequence[Problem],
    documents: Sequence[Document],
    now: datetime,
    *,
    can_browse: bool = False,
) -> list[Remedy]:
    """Return what to change, the most important first; none when there is nothing to do.

    Args:
        source: Row that was read.
        reading: Result of the reading.
        problems: Its problems.
        documents: Its answers.
        now: Time of the reading.
        can_browse: True where the installation has a browser for pages that scripts make.
    """
    advice = []
    if reading.moved:
        advice.append(Remedy(f'Sidan har flyttat. Ändra till url = "{reading.moved}"', {"url": reading.moved}))
    for problem in problems:
        if problem.kind is ProblemKind.SCRIPTED:
            advice.append(_scripted_advice(source, can_browse=can_browse))
        elif text := _ADVICE_BY_PROBLEM.get(problem.kind, ""):
            advice.append(Remedy(text))
    page = _page(documents[0]) if documents else None
    if page is not None:
        advice += _feed_advice(source, page)
        if any(problem.kind in (ProblemKind.LAYOUT, ProblemKind.EMPTY) for problem in problems):
            advice += _link_advice(source, page)
    advice += _row_advice(source, reading, problems, now)
    return list({remedy.text: remedy for remedy in advice}.values())


def _scripted_advice(source: Source, *, can_browse: bool) -> Remedy:
    """Return what to do about a list that scripts make: read it with the browser, or what IT does, or something else."""
    if source.browser:
        return Remedy(_SCRIPTED_STILL if can_browse else _SCRIPTED_STILL_WITHOUT)
    if not can_browse or source.kind not in BROWSED_KINDS:
        return Remedy(_SCRIPTED_WITHOUT if source.kind in BROWSED_KINDS else _OTHERWISE)
    return Remedy(_SCRIPTED, {"browser": "true"})


def _page(document: Document) -> HtmlResponse | None:
    if b"<" not in document.body[:2000] or "xml" in document.content_type.replace("xhtml", ""):
        return None
    return HtmlResponse(document.url, body=document.body, headers={"Content-Type": document.content_type})


def _feed_advice(source: Source, page: HtmlResponse) -> list[Remedy]:
    feeds = find_feeds(page.text, page.url)[:3]
    if source.kind == "feed":
        return [Remedy(f'Sidan anger ett flöde. Pröva url = "{feed}"', {"url": feed}) for feed in feeds]
    return [
        Remedy(
            f'Sidan har ett flöde, som är säkrare att läsa. Pröva kind = "feed" och url = "{feed}"', {"kind": "feed", "url": feed}
        )
        for feed in feeds
    ]


def _link_advice(source: Source, page: HtmlResponse) -> list[Remedy]:
    if source.kind not in ("page", "calendar"):
        return []
    advice = []
    for beginning, count, example in unfollowed_link_prefixes(page, source):
        pattern = f"{re.escape(beginning)}[^?#]+"
        text = f"Sidan har {count} länkar av formen {example}. Är det dem som ska läsas, sätt links = '{pattern}'"
        advice.append(Remedy(text, {"links": pattern}))
    return advice


def _is_past(call: Call, now: datetime) -> bool:
    """Return True for a call that has closed and for an event that has been."""
    if call.kind is Kind.EVENT:
        return call.starts is not None and call.starts < now
    return bool(call.deadlines) and call_status(call, now) is Status.CLOSED


def _row_advice(source: Source, reading: SourceReading, problems: Sequence[Problem], now: datetime) -> list[Remedy]:
    advice = []
    calls, quality = list(reading.calls.values()), assess(source, reading, now)
    if calls and not problems:
        lack = find_lack(source, calls, now)
        if lack is not None:
            advice.append(Remedy(_LACKS[lack].format(thin=quality.thin, items=quality.items)))
        elif source.address == "unconfirmed":
            advice.append(Remedy('Adressen fungerar. Sätt address = "confirmed"', {"address": "confirmed"}))
    if source.links and quality.menus > (len(calls) + len(reading.left_out)) / 2:
        text = f"{quality.menus} av sidorna ser ut som menyer, utan text och dagar. Gör links snävare, eller ange within."
        advice.append(Remedy(text))
    if not problems and 0 < reading.items < source.expected:
        text = f"Källan gav färre poster än väntat. Stämmer det, sätt expected = {reading.items}"
        advice.append(Remedy(text, {"expected": str(reading.items)}))
    if not calls and reading.left_out:
        left_out = [reading.left_out_calls.get(key) for key in reading.left_out]
        advice.append(Remedy(_ALL_PAST if all(call is not None and _is_past(call, now) for call in left_out) else _ALL_OTHER))
    if calls and source.kind in ("feed", "page") and not any(call.published for call in calls):
        advice.append(Remedy("Inga poster anger när de publicerades. Datum utan år räknas då från dagen de läses."))
    return advice
