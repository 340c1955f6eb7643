"""The gates before the words: is it something to apply for, is it for our place, and may a municipality take part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from monitor.calls import Call, Kind
from monitor.language.termset import Scan
from monitor.matching.model import Answer, FitRow, Programme
from monitor.matching.ruleset import RuleSet, has_code_like, holds_besides_words, is_like

SCORES: Mapping[Answer, int] = {"ja": 90, "som partner": 65, "framgår inte": 50, "nej": 5}


@dataclass(frozen=True, slots=True)
class Gates:
    """What the gates say. `step` is the first that stops the call ("not-a-call", "outside", "fit-nej"), or empty.

    `answer` is whether a municipality may take part, `reason` why (Swedish), `rule` the line of fit.toml that decided and
    `word` the word it found; the last two are empty where a programme's usual answer was used.
    """

    step: str
    answer: Answer
    score: int
    reason: str
    rule: str = ""
    word: str = ""


class _Texts:
    """The zones a row may ask for, each analysed and scanned when first asked for."""

    def __init__(self, rules: RuleSet, call: Call, scanned: Mapping[str, Scan]) -> None:
        self._rules, self._call = rules, call
        self._scanned = scanned
        self._hits: dict[str, frozenset[str]] = {}
        self._more: dict[str, Callable[[], str]] = {
            "applicants": lambda: "\n".join(call.applicants),
            "place": lambda: "\n".join(call.place),
            "conditions": lambda: call.conditions_text,
        }

    def __getitem__(self, zone: str) -> frozenset[str]:
        if zone in self._scanned and zone not in self._hits:
            self._hits[zone] = self._rules.gate_words(self._scanned[zone])
        elif zone not in self._hits:
            text = self._more[zone]() if zone in self._more else ""
            lemma_text = self._rules.analyser.lemma_text(text, around=self._call.language) if text else ""
            self._hits[zone] = self._rules.gate_words(self._rules.scan(lemma_text)) if lemma_text else frozenset()
        return self._hits[zone]


def pass_gates(rules: RuleSet, call: Call, scanned: Mapping[str, Scan]) -> Gates:
    """Ask the gates in order: offer, place, applicant. `scanned` holds the hits of the zones that are matched."""
    texts = _Texts(rules, call, scanned)
    programme = rules.programme_of(call)
    for row in rules.fit.offer:
        word = _row_holds(rules, row, call, programme, texts)
        if word is not None:
            return Gates("not-a-call", "nej", 0, row.reason, row.id, word)
    outside = _outside(rules, call, programme, texts)
    if outside is not None:
        return outside
    for answer in rules.fit.answer:
        word = _row_holds(rules, answer, call, programme, texts)
        if word is not None:
            score = SCORES[answer.answer] if answer.score is None else answer.score
            return Gates(_step(call, answer.answer), answer.answer, score, answer.reason, answer.id, word)
    usual: Answer = programme.municipality if programme else "framgår inte"
    if programme is None or usual == "framgår inte":
        return Gates("", "framgår inte", SCORES["framgår inte"], "Texten säger inte vem som kan delta.")
    # A usual answer is no reading of this call, so it weighs less than one that was read.
    return Gates(
        _step(call, usual), usual, SCORES[usual] - (10 if usual != "nej" else 0), f"Så brukar det vara i {programme.name}."
    )


def _step(call: Call, answer: Answer) -> str:
    """News and events are told even where nobody could apply: they are read, not applied for."""
    return "fit-nej" if answer == "nej" and call.kind is Kind.CALL else ""


def _first_hit(words: Sequence[str], hits: frozenset[str]) -> str | None:
    if hits.isdisjoint(words):
        return None
    return next(word for word in words if word in hits)


def _row_holds(rules: RuleSet, row: FitRow, call: Call, programme: Programme | None, texts: _Texts) -> str | None:
    """The word by which the row holds ("" when it asks for none), or None."""
    if not holds_besides_words(row, call, programme):
        return None
    if row.action and not is_like(call.action, row.action):
        return None
    found = ""
    if row.words:
        hit = next((word for zone in row.zones if (word := _first_hit(row.words, texts[zone])) is not None), None)
        if hit is None:
            return None
        found = hit
    if row.unless and any(_first_hit(row.unless, texts[zone]) is not None for zone in row.zones):
        return None
    return found


def _outside(rules: RuleSet, call: Call, programme: Programme | None, texts: _Texts) -> Gates | None:
    gate = rules.fit.place
    if (programme is not None and programme.id in gate.programme) or has_code_like(call, gate.identifier):
        return Gates("outside", "nej", 0, "Utlysningen gäller andra länder.")
    stated = texts["place"]
    if _first_hit(gate.ours, stated) is not None:
        return None
    for other in gate.other:
        word = _first_hit(other.words, stated)
        if word is not None:
            return _elsewhere(other.name, word)
    zones = [texts[zone] for zone in ("title", "summary", "body")]
    if any(_first_hit(gate.ours, hits) is not None for hits in zones):
        return None
    if call.language in gate.languages:
        return Gates("outside", "nej", 0, "Sidan är skriven för ett annat land.", word=call.language)
    mentioned = {}
    for other in gate.other:
        for zone, hits in zip(("title", "summary", "body"), zones, strict=True):
            word = _first_hit(other.words, hits)
            if word is not None:
                if other.alone or zone == "title":
                    return _elsewhere(other.name, word)
                mentioned[other.id] = (other.name, word)
    if len(mentioned) > 1:
        names = sorted(name for name, _ in mentioned.values())
        return _elsewhere(", ".join(names), min(word for _, word in mentioned.values()))
    return None


def _elsewhere(name: str, word: str) -> Gates:
    return Gates("outside", "nej", 0, f"Gäller {name}, inte Jönköpings län.", word=word)
