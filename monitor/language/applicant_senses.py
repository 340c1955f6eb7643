"""Senses of a clause that names applicants: applying, benefiting, being sought, or getting money by way of another applicant."""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.language.applicant_clauses import FoundClause
from monitor.language.applicant_phrases import Head, TaggedWord
from monitor.language.applicant_words import NOT_CALLS, Group, word_set, words_of

MUNICIPAL = frozenset((Group.MUNICIPALITY, Group.PUBLIC))
"""Groups that a municipality belongs to by itself."""


def lacks_something(tokens: Sequence[TaggedWord], head: Head) -> bool:
    """Tell whether a refusal is of those alone who lack something: "kommuner som inte är medlemmar kan inte söka"."""
    behind = [token.tag for token in tokens[head.place + 1 : head.place + 4]]
    return behind[:1] == ["r"] and "x" in behind


def goes_through_another(tokens: Sequence[TaggedWord], tags: str, clause: FoundClause) -> bool:
    """Tell whether money comes through another applicant, or to partners: "delta och få medel genom den som är sökande"."""
    if clause.cue.name not in ("getting", "taking part"):
        return False
    span = tags[clause.start : clause.end]
    if "P" in span and "D" in span and "H" not in span:
        return True
    rest = " ".join(token.word for token in tokens[clause.end : clause.end + 10])
    return _THROUGH.search(rest) is not None


def is_more_than_others(tokens: Sequence[TaggedWord], clause: FoundClause, heads: Sequence[Head]) -> bool:
    """Tell whether those named get a higher share than other applicants: "små företag kan få ytterligare 20 procentenheter"."""
    if any(head.group in MUNICIPAL for head in heads):
        return False
    return any(token.word in words_of("higher_share") for token in tokens[clause.end : clause.end + _SHARE_WORDS])


_SHARE_WORDS = 6


def is_given_an_opportunity(tokens: Sequence[TaggedWord], heads: Sequence[Head]) -> bool:
    """Tell whether those named are given a chance, and not a duty: "programmet ger kommuner möjlighet att samarbeta"."""
    return _CHANCE.search(tokens[heads[-1].place + 1].word) is not None


_CHANCE = re.compile(r"möjlighet|opportunity|mulig?het|mulighed|chans|chance")


def puts_others_forward(tokens: Sequence[TaggedWord], clause: FoundClause) -> bool:
    """Tell whether the clause is about others whom somebody names for a prize: "kommuner kan nominera en förening"."""
    if _NOMINATES.match(tokens[clause.end - 1].word) is None:
        return False
    return any(token.word in words_of("nominated") for token in tokens[clause.end : clause.end + _NOMINATED_WORDS])


_NOMINATES = re.compile(r"nomin|put forward|indstille")
_NOMINATED_WORDS = 5
_THROUGH = re.compile(
    r"\b(?:genom|via|through|gennem|gjennom)\s(?!(?:samma|the same)\b)(?:[\w-]+\s){0,4}?"
    r"(?:som\s(?:är|står\ssom)\s)?(?:sökande|huvudsökande|projektägare|projektägaren|applicant|lead\spartner|coordinator|ansøger|"
    r"ansøgeren|hovedansøger|projektejer|søker|søkeren|prosjekteier)\b"
)


def is_sought(tokens: Sequence[TaggedWord], clause: FoundClause, heads: Sequence[Head]) -> bool:
    """Tell whether a municipality is what somebody looks for: "söker en svensk kommun med hamn", not "nu söker kommunen"."""
    number = next(token.word for token in tokens[clause.end :] if token.word not in _MEANWHILE)
    sought = tokens[heads[0].place]
    plain = clause.end == heads[0].place and clause.start > 0 and tokens[clause.start - 1].noun is not None
    return heads[0].group in MUNICIPAL and sought.word not in _DEFINITE and (plain or number in _SOME)


_ADDRESSING = re.compile(r"rikta|vänder|aimed|target|henvend|retter|rettet|vender|målgr|mål|direct|address")


def speaks_of_benefit(tokens: Sequence[TaggedWord], clause: FoundClause) -> bool:
    """Tell whether persons named in the clause are rather those who benefit: "programmet riktar sig till unga"."""
    span = tokens[clause.start : clause.end]
    if clause.cue.name == "you":
        return all(token.word not in ("du", "dig", "den som", "de som") for token in span)
    return any(token.tag in "TM" and _ADDRESSING.match(token.word) for token in span)


def is_open_call(tokens: Sequence[TaggedWord], tags: str, clause: FoundClause, *, general: bool) -> bool:
    """Tell whether a call or its money is open to or directed at somebody; meetings, too, are open to `general` groups."""
    for place in range(max(0, clause.start - 3), clause.start):
        # "Statsbidrag för åtgärder mot ras riktar sig till kommuner" speaks of the money.
        if NOT_CALLS.match(tokens[place].word) and not re.search(r"\$f[^mXbsTGB;:?]{0,4}$", tags[:place]):
            return False
    verb = next((token.word for token in tokens[clause.start : clause.end] if token.tag == "T"), "")
    if not _PARTICIPLE.match(verb):
        return True
    if _OFFERED.match(verb) or (general and clause.start):
        return bool(re.search(r"[c$AS]", tags[max(0, clause.start - 8) : clause.start]))
    before = clause.start - 1 if clause.start and tokens[clause.start - 1].word in _NOW else clause.start
    return tags[before - 1] in "bc$Axok:," if before else clause.end <= _BARE


_PARTICIPLE = re.compile(
    r"aimed|addressed|targeted|directed|intended|available|designed|open|öppe|öppn|avse|riktad|riktat|åben|åbn|åpe|åpn|tillgäng"
)
_NOW = word_set("nu now nå åter again")
_OFFERED = re.compile(r"available|designed|intended|tillgäng")
_SOME = word_set("""en ett et a an one två tre fire fyra to two three four flera flere several ytterligare another
    svensk svenska svenske swedish nordisk nordiska nordiske nordic par""")
"""Words before what is looked for, which tell it from a subject behind its verb."""
_MEANWHILE = word_set("nu now nå därför derfor")
_DEFINITE = word_set("kommunen kommunerna kommunerne kommunene staden städerna myndigheten")
_BARE = 3
"""Words of a heading such as "Open to:"."""
