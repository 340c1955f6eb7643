"""The gates before the words: is it something to apply for, is it for our place, and may a municipality take part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from monitor.calls import Call, Kind
from monitor.language.termset import Scan
from monitor.matching.besides import Stated, is_like
from monitor.matching.model import Answer
from monitor.matching.ruleset import ReadyRow, RuleSet

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

    def __init__(self, rules: RuleSet, call: Call, scanned: Mapping[str, Scan], found: frozenset[str]) -> None:
        self._rules, self._call = rules, call
        self._scanned: dict[str, Scan | None] = dict(scanned)
        self._more: dict[str, Callable[[], str]] = {
            "applicants": lambda: "\n".join(call.applicants),
            "place": lambda: "\n".join(call.place),
            "conditions": lambda: call.conditions_text,
        }
        self.found = found.union(*(scan.found for zone in self._more if (scan := self[zone]) is not None))
        """The patterns that stand in any zone."""

    def __getitem__(self, zone: str) -> Scan | None:
        if zone not in self._scanned:
            text = self._more[zone]() if zone in self._more else ""
            lemma_text = self._rules.analyser.lemma_text(text, around=self._call.language) if text else ""
            self._scanned[zone] = self._rules.scan(lemma_text, zone) if lemma_text else None
        return self._scanned[zone]


def pass_gates(rules: RuleSet, call: Call, scanned: Mapping[str, Scan], found: frozenset[str], stated: Stated) -> Gates:
    """Ask the gates in order: offer, place, applicant. `scanned` holds the zones that are matched, those with text, and `found`
    the patterns that stand in any of them."""
    texts = _Texts(rules, call, scanned, found)
    ready = rules.ready_fit
    for offer in ready.offer.asked(texts.found):
        word = _holds(offer, rules, stated, texts)
        if word is not None:
            return Gates("not-a-call", "nej", 0, offer.row.reason, offer.row.id, word)
    outside = _outside(rules, call, stated, texts)
    if outside is not None:
        return outside
    for answer, row in ready.answer.asked(texts.found):
        word = _holds(row, rules, stated, texts)
        if word is not None:
            score = SCORES[answer.answer] if answer.score is None else answer.score
            return Gates(_step(call, answer.answer), answer.answer, score, answer.reason, answer.id, word)
    programme = rules.programmes.get(stated.programme)
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


def _holds(ready: ReadyRow, rules: RuleSet, stated: Stated, texts: _Texts) -> str | None:
    """The word by which the row holds ("" when it asks for none), or None."""
    if not ready.besides.met_by(stated):
        return None
    zones, found = ready.row.zones, ""
    if ready.words.order:
        hit = next((number for zone in zones if (number := ready.words.first(texts[zone])) is not None), None)
        if hit is None:
            return None
        found = rules.words[hit]
    if ready.unless.order and any(ready.unless.first(texts[zone]) is not None for zone in zones):
        return None
    return found


def _outside(rules: RuleSet, call: Call, stated: Stated, texts: _Texts) -> Gates | None:
    gate, ready = rules.fit.place, rules.ready_fit
    if stated.programme in gate.programme or is_like(stated.codes, ready.abroad):
        return Gates("outside", "nej", 0, "Utlysningen gäller andra länder.")
    place = texts["place"]
    if ready.ours.first(place) is not None:
        return None
    others = ready.other.asked(texts.found)
    for other, words in others:
        number = words.first(place)
        if number is not None:
            return _elsewhere(other.name, rules.words[number])
    zones = [texts[zone] for zone in ("title", "summary", "body")]
    if any(ready.ours.first(scan) is not None for scan in zones):
        return None
    if call.language in gate.languages:
        return Gates("outside", "nej", 0, "Sidan är skriven för ett annat land.", word=call.language)
    mentioned = {}
    for other, words in others:
        for zone, scan in zip(("title", "summary", "body"), zones, strict=True):
            number = words.first(scan)
            if number is not None:
                if other.alone or zone == "title":
                    return _elsewhere(other.name, rules.words[number])
                mentioned[other.id] = (other.name, rules.words[number])
    if len(mentioned) > 1:
        names = sorted(name for name, _ in mentioned.values())
        return _elsewhere(", ".join(names), min(word for _, word in mentioned.values()))
    return None


def _elsewhere(name: str, word: str) -> Gates:
    return Gates("outside", "nej", 0, f"Gäller {name}, inte Jönköpings län.", word=word)
