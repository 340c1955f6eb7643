"""The gates before the words: is it something to apply for, is it for our place, and may a municipality take part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast, get_args

from monitor.calls import Call
from monitor.language.applicant_roles import Applicant, Eligibility, Role
from monitor.language.applicant_words import Group
from monitor.language.invited import is_open_to_sweden
from monitor.language.termset import Scan, found_patterns
from monitor.matching.compiled import PLACE_ZONES, CallMetadata, CompiledRow, RuleSet, Terms, matches_any
from monitor.matching.rules.model import Answer, OfferRow, OtherPlace
from monitor.vocabulary import Kind

SCORES: Mapping[Answer, int] = {"ja": 90, "som partner": 65, "framgår inte": 50, "nej": 5}
"""Fit (0-100) of each answer."""
_USUAL_DISCOUNT = 10
"""Points of fit that a programme's usual answer loses: it is no reading of this call."""


@dataclass(frozen=True, slots=True)
class Gates:
    """Answer of the gates to whether a municipality in our county may take part."""

    step: str
    """The first gate that stops the call ("not-a-call", "outside", "fit-nej"), or ""."""
    answer: Answer
    score: int
    """Fit of the call, 0-100."""
    reason: str
    """Reason of the answer in Swedish."""
    rule: str = ""
    """Id of the row of fit.toml that decided, or `TEXT`; "" where a programme's usual answer was used."""
    word: str = ""
    """Words of the text that decided."""
    stated: bool = False
    """True only where the text, or the publisher's own field, says who may apply.

    An answer by an identifier, a title or the mere mention of municipalities is a guess.
    """
    owned: bool = False
    """True when the text names companies of the municipality, and not the municipality itself."""

    @property
    def guessed(self) -> bool:
        """Return True when the answer is a guess, to be shown as "troligen"."""
        return self.step not in ("not-a-call", "outside") and self.answer != "framgår inte" and not self.stated


ENTERED = "rättelse"
"""Name of an answer that a person entered in place of the id of a row of fit.toml."""
TEXT = "texten"
"""Name of the text itself in place of the id of a row of fit.toml."""
_MAY = {
    Group.MUNICIPALITY: "Texten säger att kommuner kan söka.",
    Group.PUBLIC: "Texten säger att offentliga organisationer kan söka.",
    Group.SCHOOL: "Texten säger att skolor eller deras huvudmän kan söka.",
}
_OWNED = {
    Role.MAY: "Texten säger att kommunala bolag kan söka.",
    Role.PARTNER: "Texten säger att kommunala bolag kan vara med som partner.",
}
"""Reasons where companies of the municipality are named, and not the municipality itself."""
_TOWNS_ABROAD = "Texten nämner bara kommuner i ett annat land som sökande."
_ABROAD = {Group.ANY: "Texten nämner bara organisationer i ett annat land som sökande."}
_OTHERS = {
    Group.REGION: "regioner",
    Group.AGENCY: "statliga myndigheter",
    Group.UNIVERSITY: "universitet och forskare",
    Group.COMPANY: "företag",
    Group.ASSOCIATION: "föreningar och andra ideella organisationer",
    Group.INDIVIDUAL: "privatpersoner eller enskilda yrkesutövare",
}


def pass_gates(
    rules: RuleSet,
    call: Call,
    zones: Mapping[str, Scan],
    metadata: CallMetadata,
    eligibility: Callable[[], Eligibility | None],
) -> Gates:
    """Return the answer of the gates, asked in order: offer, place, applicant.

    Args:
        rules: The rules with the gates.
        call: The call.
        zones: Scans of the matched zones.
        metadata: Metadata of the call.
        eligibility: Returns what the call says of municipalities; asked only when the gates before are passed.
    """
    if (entered := _entered_answer(call)) is not None:
        return entered
    scans = {**zones, **_scan_gate_zones(rules, call)}
    found, fit = frozenset(found_patterns(scans.values())), rules.compiled_fit
    for offer, row in fit.offer.having(found):
        word = _row_hit(row, rules, metadata, scans)
        if word is not None and not _is_call(offer, call, eligibility):
            return Gates("not-a-call", "nej", 0, offer.reason, offer.id, word)
    outside = _outside(rules, call, metadata, scans, found, eligibility)
    if outside is not None:
        return outside
    said, general = _stated_answer(call, eligibility())
    if said is not None and not general:
        return said
    for answer, row in fit.answer.having(found):
        if said is not None and not (answer.identifier and answer.answer == "nej"):
            continue  # the part of a programme that is known to be for others outweighs a mere "organisations can apply"
        word = _row_hit(row, rules, metadata, scans)
        if word is not None:
            score = SCORES[answer.answer] if answer.score is None else answer.score
            return Gates(_step(call, answer.answer), answer.answer, score, answer.reason, answer.id, word, answer.stated)
    if said is not None:
        return said
    programme = rules.programmes.get(metadata.programme)
    usual: Answer = programme.municipality if programme else "framgår inte"
    if programme is None or usual == "framgår inte":
        return Gates("", "framgår inte", SCORES["framgår inte"], "Texten säger inte vem som kan delta.")
    score = SCORES[usual] - (_USUAL_DISCOUNT if usual != "nej" else 0)
    return Gates(_step(call, usual), usual, score, f"Så brukar det vara i {programme.name}.")


def _is_call(offer: OfferRow, call: Call, eligibility: Callable[[], Eligibility | None]) -> bool:
    """Tell whether a row that says that a page is nothing to apply for does not hold for this one."""
    if not call.deadlines or call.kind is not Kind.CALL:
        return False
    if offer.unless_dated:
        return True
    return offer.unless_open and (said := eligibility()) is not None and said.role is not Role.NOT


def _entered_answer(call: Call) -> Gates | None:
    """Return the answer that the municipality itself entered, which goes before every reading; None where it entered none."""
    if call.terms.municipality not in get_args(Answer):
        return None
    answer = cast("Answer", call.terms.municipality)
    return Gates(_step(call, answer), answer, SCORES[answer], "Kommunen har själv tagit reda på det.", ENTERED, stated=True)


def _stated_answer(call: Call, eligibility: Eligibility | None) -> tuple[Gates | None, bool]:
    """Return the answer that the call itself gives, and whether it rests on organisations in general.

    None: the call leaves it open.
    """
    if eligibility is None:
        return None, False
    role, statement = eligibility
    if role is Role.MAY and call.kind is Kind.PARTNER_SEARCH:
        role = Role.PARTNER  # who is sought there joins the project of somebody else
    answer: Answer = "nej" if role is Role.NOT else "som partner" if role is Role.PARTNER else "ja"
    words = " ".join(statement.words.split()).rstrip(" .:;,")
    gates = Gates(
        _step(call, answer), answer, SCORES[answer], _reason(role, statement), TEXT, words, stated=True, owned=statement.owned
    )
    return gates, statement.group is Group.ANY


def _reason(role: Role, statement: Applicant) -> str:
    if statement.owned and role in _OWNED:
        return _OWNED[role]
    if role is Role.PARTNER:
        return "Texten säger att kommuner kan vara med som partner."
    if role is not Role.NOT:
        return _MAY.get(statement.group, "Texten säger att alla slags organisationer kan söka.")
    if statement.abroad:
        return _ABROAD.get(statement.group, _TOWNS_ABROAD)
    if statement.role is Role.NOT:
        who = "offentliga organisationer" if statement.group is Group.PUBLIC else "kommuner"
        return f"Texten säger att {who} inte kan söka."
    others = _OTHERS[statement.group]
    return f"Bara {others} får söka." if statement.only else f"Texten nämner bara {others} som sökande."


def _scan_gate_zones(rules: RuleSet, call: Call) -> dict[str, Scan]:
    """Return the scans of the zones that only the gates look at; zones without text are left out."""
    texts = {"applicants": "\n".join(call.applicants), "place": "\n".join(call.place), "conditions": call.conditions_text}
    lemma_text = rules.analyser.lemma_text
    return {zone: rules.scan(lemma_text(text, around=call.language), zone) for zone, text in texts.items() if text}


def _step(call: Call, answer: Answer) -> str:
    """Return "fit-nej" for a call that a municipality cannot take part in; news and events are read, not applied for."""
    return "fit-nej" if answer == "nej" and call.kind is Kind.CALL else ""


def _row_hit(compiled: CompiledRow, rules: RuleSet, metadata: CallMetadata, scans: Mapping[str, Scan]) -> str | None:
    """Return the term by which the row holds ("" for a row without terms), or None when it does not hold."""
    zones, word = compiled.row.zones, ""
    if not compiled.metadata.matches(metadata):
        return None
    if compiled.terms.numbers:
        hit = compiled.terms.first_hit(scans, zones)
        if hit is None:
            return None
        word = rules.term_texts[hit[1]]
    return word if compiled.unless.first_hit(scans, zones) is None else None


def _outside(
    rules: RuleSet,
    call: Call,
    metadata: CallMetadata,
    scans: Mapping[str, Scan],
    found: frozenset[str],
    eligibility: Callable[[], Eligibility | None],
) -> Gates | None:
    """Return the answer for a call of another place; `found` has the patterns of all zones."""
    gate, fit = rules.fit.place, rules.compiled_fit
    if metadata.programme in gate.programme or matches_any(metadata.codes, fit.abroad):
        return Gates("outside", "nej", 0, "Utlysningen gäller andra länder.")
    if fit.ours.first_hit(scans, ("place",)) is not None:
        return None
    mentioned = fit.other.having(found)
    for other, terms in mentioned:
        if (hit := terms.first_hit(scans, ("place",))) is not None:
            return _elsewhere(other.name, rules.term_texts[hit[1]])
    if fit.ours.first_hit(scans, PLACE_ZONES) is not None:
        return None
    if call.language in gate.languages and not _invites_us(call):
        return Gates("outside", "nej", 0, "Sidan är skriven för ett annat land.", word=call.language)
    return _named_elsewhere(rules, call, scans, mentioned, eligibility)


def _named_elsewhere(
    rules: RuleSet,
    call: Call,
    scans: Mapping[str, Scan],
    others: Sequence[tuple[OtherPlace, Terms]],
    eligibility: Callable[[], Eligibility | None],
) -> Gates | None:
    """Return the answer for a text that names `others`, areas that are not ours: one that decides alone, or two of them.

    An area in the words that say who may apply decides alone: "kommuner i Västra Götaland kan ansöka".
    """
    mentioned = {}
    for other, terms in others:
        for zone in PLACE_ZONES:
            if (hit := terms.first_hit(scans, (zone,))) is not None:
                if other.country and _invites_us(call):
                    break
                if other.alone or zone == "title":
                    return _elsewhere(other.name, rules.term_texts[hit[1]])
                mentioned[other.id] = (other.name, rules.term_texts[hit[1]])
    if len(mentioned) > 1:
        names = sorted(name for name, _ in mentioned.values())
        return _elsewhere(", ".join(names), min(word for _, word in mentioned.values()))
    if mentioned and (said := eligibility()) is not None:
        words = rules.analyser.lemma_text(said.statement.words, around=call.language)
        clause = {"body": rules.scan(words, "body")}
        for other, terms in others:
            if other.id in mentioned and (hit := terms.first_hit(clause, ("body",))) is not None:
                return _elsewhere(other.name, rules.term_texts[hit[1]])
    return None


def _invites_us(call: Call) -> bool:
    return is_open_to_sweden("\n".join((call.title, call.summary, call.body)))


def _elsewhere(name: str, word: str) -> Gates:
    return Gates("outside", "nej", 0, f"Gäller {name}, inte Jönköpings län.", word=word)
