"""The gates before the words: is it something to apply for, is it for our place, and may a municipality take part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitor.calls import Call
from monitor.language.applicant_words import Group
from monitor.language.applicants import Applicant, Role, find_applicants, municipal_role
from monitor.language.invited import is_open_to_sweden
from monitor.language.termset import Scan, anywhere
from monitor.matching.compiled import PLACE_ZONES, ReadyRow, RuleSet, Stated, is_like
from monitor.matching.rules.model import Answer
from monitor.vocabulary import Kind

SCORES: Mapping[Answer, int] = {"ja": 90, "som partner": 65, "framgår inte": 50, "nej": 5}


@dataclass(frozen=True, slots=True)
class Gates:
    """What the gates say. `step` is the first that stops the call ("not-a-call", "outside", "fit-nej"), or empty.

    `answer` is whether a municipality may take part, `reason` why (Swedish). `rule` is the line of fit.toml that decided, or TEXT where
    the text itself says who may apply; `word` the words that were found. Both are empty where a programme's usual answer was used.
    `stated` is True only where the text, or the publisher's own field, says who may apply: an answer by an identifier, a title or
    the mere mention of municipalities is a guess.
    """

    step: str
    answer: Answer
    score: int
    reason: str
    rule: str = ""
    word: str = ""
    stated: bool = False

    @property
    def guessed(self) -> bool:
        """Tell whether the answer is a guess, to be shown as "troligen"."""
        return self.step not in ("not-a-call", "outside") and self.answer != "framgår inte" and not self.stated


TEXT = "texten"
"""Stands for the text itself in place of a line of fit.toml."""
_ASKED = "Vem kan söka:"
_MAY = {
    Group.MUNICIPALITY: "Texten säger att kommuner kan söka.",
    Group.PUBLIC: "Texten säger att offentliga organisationer kan söka.",
    Group.SCHOOL: "Texten säger att skolor eller deras huvudmän kan söka.",
}
_OTHERS = {
    Group.REGION: "regioner",
    Group.AGENCY: "statliga myndigheter",
    Group.UNIVERSITY: "universitet och forskare",
    Group.COMPANY: "företag",
    Group.ASSOCIATION: "föreningar och andra ideella organisationer",
    Group.INDIVIDUAL: "privatpersoner eller enskilda yrkesutövare",
}


def pass_gates(rules: RuleSet, call: Call, scanned: Mapping[str, Scan], stated: Stated) -> Gates:
    """Ask the gates in order: offer, place, applicant. `scanned` holds the zones that are matched, those with text."""
    scans = {**scanned, **_own_zones(rules, call)}
    found, ready = anywhere(scans.values()), rules.ready_fit
    for offer in ready.offer.asked(found, stated):
        word = _holds(offer, rules, stated, scans)
        if word is not None:
            return Gates("not-a-call", "nej", 0, offer.row.reason, offer.row.id, word)
    outside = _outside(rules, call, stated, scans, found)
    if outside is not None:
        return outside
    said, general = _said(call)
    if said is not None and not general:
        return said
    for answer, row in ready.answer.asked(found, stated):
        if said is not None and not (answer.identifier and answer.answer == "nej"):
            continue  # the part of a programme that is known to be for others outweighs a mere "organisations can apply"
        word = _holds(row, rules, stated, scans)
        if word is not None:
            score = SCORES[answer.answer] if answer.score is None else answer.score
            return Gates(_step(call, answer.answer), answer.answer, score, answer.reason, answer.id, word, answer.stated)
    if said is not None:
        return said
    programme = rules.programmes.get(stated.programme)
    usual: Answer = programme.municipality if programme else "framgår inte"
    if programme is None or usual == "framgår inte":
        return Gates("", "framgår inte", SCORES["framgår inte"], "Texten säger inte vem som kan delta.")
    # A usual answer is no reading of this call, so it weighs less than one that was read.
    score = SCORES[usual] - (10 if usual != "nej" else 0)
    return Gates(_step(call, usual), usual, score, f"Så brukar det vara i {programme.name}.")


def _said(call: Call) -> tuple[Gates | None, bool]:
    """Return the answer that the call itself gives, and whether it rests on organisations in general.

    Its publisher's field of applicants goes before its text. None: the call leaves it open.
    """
    fields = "\n".join((_ASKED, *call.applicants)) if call.applicants else ""
    text = "\n".join(filter(None, (call.title, call.summary, call.body)))
    for read in (fields, text):
        found = municipal_role(find_applicants(read, call.language)) if read else None
        if found is not None:
            role, statement = found
            if role is Role.MAY and call.kind is Kind.PARTNER_SEARCH:
                role = Role.PARTNER  # who is sought there joins the project of somebody else
            answer: Answer = "nej" if role is Role.NOT else "som partner" if role is Role.PARTNER else "ja"
            words = " ".join(statement.words.split()).rstrip(" .:;,")
            gates = Gates(_step(call, answer), answer, SCORES[answer], _reason(role, statement), TEXT, words, stated=True)
            return gates, statement.group is Group.ANY
    return None, False


def _reason(role: Role, statement: Applicant) -> str:
    if role is Role.PARTNER:
        return "Texten säger att kommuner kan vara med som partner."
    if role is not Role.NOT:
        return _MAY.get(statement.group, "Texten säger att alla slags organisationer kan söka.")
    if statement.role is Role.NOT:
        who = "offentliga organisationer" if statement.group is Group.PUBLIC else "kommuner"
        return f"Texten säger att {who} inte kan söka."
    others = _OTHERS[statement.group]
    return f"Bara {others} får söka." if statement.only else f"Texten nämner bara {others} som sökande."


def _own_zones(rules: RuleSet, call: Call) -> dict[str, Scan]:
    """The zones that only the gates look at, those with text."""
    texts = {"applicants": "\n".join(call.applicants), "place": "\n".join(call.place), "conditions": call.conditions_text}
    lemma_text = rules.analyser.lemma_text
    return {zone: rules.scan(lemma_text(text, around=call.language), zone) for zone, text in texts.items() if text}


def _step(call: Call, answer: Answer) -> str:
    """News and events are told even where nobody could apply: they are read, not applied for."""
    return "fit-nej" if answer == "nej" and call.kind is Kind.CALL else ""


def _holds(ready: ReadyRow, rules: RuleSet, stated: Stated, scans: Mapping[str, Scan]) -> str | None:
    """The word by which the row holds ("" when it asks for none), or None."""
    if not ready.besides.met_by(stated):
        return None
    zones, found = ready.row.zones, ""
    if ready.words.order:
        hit = ready.words.first(scans, zones)
        if hit is None:
            return None
        found = rules.words[hit[1]]
    if ready.unless.order and ready.unless.first(scans, zones) is not None:
        return None
    return found


def _outside(rules: RuleSet, call: Call, stated: Stated, scans: Mapping[str, Scan], found: Iterable[str]) -> Gates | None:
    gate, ready = rules.fit.place, rules.ready_fit
    if stated.programme in gate.programme or is_like(stated.codes, ready.abroad):
        return Gates("outside", "nej", 0, "Utlysningen gäller andra länder.")
    if ready.ours.first(scans, ("place",)) is not None:
        return None
    others = ready.other.asked(found, stated)
    for other, words in others:
        if (hit := words.first(scans, ("place",))) is not None:
            return _elsewhere(other.name, rules.words[hit[1]])
    if ready.ours.first(scans, PLACE_ZONES) is not None:
        return None
    if call.language in gate.languages and not _invites_us(call):
        return Gates("outside", "nej", 0, "Sidan är skriven för ett annat land.", word=call.language)
    mentioned = {}
    for other, words in others:
        for zone in PLACE_ZONES:
            if (hit := words.first(scans, (zone,))) is not None:
                if other.country and _invites_us(call):
                    break
                if other.alone or zone == "title":
                    return _elsewhere(other.name, rules.words[hit[1]])
                mentioned[other.id] = (other.name, rules.words[hit[1]])
    if len(mentioned) > 1:
        names = sorted(name for name, _ in mentioned.values())
        return _elsewhere(", ".join(names), min(word for _, word in mentioned.values()))
    return None


def _invites_us(call: Call) -> bool:
    return is_open_to_sweden("\n".join((call.title, call.summary, call.body)))


def _elsewhere(name: str, word: str) -> Gates:
    return Gates("outside", "nej", 0, f"Gäller {name}, inte Jönköpings län.", word=word)
