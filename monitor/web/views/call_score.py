"""The points that a theme in force gives one call, signal by signal, above the form of the theme."""

from __future__ import annotations

from dataclasses import dataclass, replace

from monitor.archive.calls import load_call
from monitor.archive.document_terms import find_term_pages
from monitor.archive.numbers import find_by_number
from monitor.archive.readings import stored_reading
from monitor.archive.search.index import stored_zones
from monitor.language.concepts import Concepts
from monitor.language.one_line import clean
from monitor.language.terms import parse_term
from monitor.matching.compiled import telling_words
from monitor.matching.engine import judge_call
from monitor.matching.match import Evidence, evidence_of
from monitor.matching.rules.model import ThemeFile
from monitor.web.framework.request import Visit
from monitor.web.views.documents import ShownTermPages, asked_documents, shown_term_pages
from monitor.web.views.evidence import EvidenceMark, MarkedTexts, place_of
from monitor.web.views.theme_hits import theme_alone

_CONTEXT = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class CallScore:
    """Points of a theme for a call."""

    path: str
    title: str
    language: str
    rows: tuple[EvidenceMark, ...]
    total: str
    thresholds: tuple[tuple[str, str], ...]
    """Name and threshold of each department of the theme."""
    stopped: str
    """Word of the theme that keeps the call out, "" for none."""
    gate: str
    """Reason for which the call goes to nobody, "" for none."""
    pages: ShownTermPages
    """Pages of its documents that have words of the theme."""
    counted: bool
    """True when the theme counts them."""


def score_call(visit: Visit, theme_id: str) -> CallScore | None:
    """Return the points for the call whose number the address has; None for no such theme or call."""
    number = visit.args.get("utlysning", "")
    db, rules = visit.site.archive.db, visit.site.rules
    theme = next((one for one in rules.themes if one.theme.id == theme_id), None)
    key = find_by_number(db, int(number)) if number.isdecimal() and len(number) < 12 else None
    call = load_call(db, *key) if key is not None else None
    if theme is None or call is None:
        return None
    alone = theme_alone(rules, theme)
    asked = asked_documents(db, alone, call.key)
    judgement = judge_call(alone, call, stored_zones(db, *call.key), stored_reading(db, *call.key), asked)
    result = next(iter(judgement.results), None)
    texts = MarkedTexts(db, call)
    found = evidence_of(judgement, [result])[theme_id] if result is not None else ()
    departments = [rules.departments[name] for name in theme.theme.departments if name in rules.departments]
    return CallScore(
        path=visit.call_path(*call.key),
        title=clean(call.title) or call.call_id,
        language=call.language,
        rows=tuple(
            replace(
                texts.mark(item, _CONTEXT, place_of(item, visit)),
                concept=_concept_of(item, theme, rules.concepts),
            )
            for item in found
        ),
        total=_points(result.points if result is not None else 0.0),
        thresholds=tuple((one.name, _points(one.threshold)) for one in departments),
        stopped=(result.vetoes[0].word or result.vetoes[0].veto.name) if result is not None and result.vetoes else "",
        gate=judgement.gates.reason if judgement.gates.step else "",
        counted=theme.theme.documents,
        pages=shown_term_pages(visit, find_term_pages(db, map(parse_term, telling_words(alone)), rules.analyser, key=key)),
    )


def _concept_of(item: Evidence, theme: ThemeFile, concepts: Concepts) -> str:
    """Return the id of the concept through which a signal has the word of a hit; "" if the word stands in the signal itself."""
    named = next((signal.concepts for signal in theme.signal if signal.id == item.signal), ())
    return next((name for name in named if item.word in concepts.terms(name)), "")


def _points(points: float) -> str:
    return f"{points:g}".replace(".", ",")
