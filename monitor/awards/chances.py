"""Numbers of proposals from the portal's updates: submitted, refused, funded, with the sentence that says so.

An update is copied to every topic of its call, and repeats the numbers of earlier ones: the updates of one closing day are one
competition, and a number counts once. Labels and accreditations give no money, and are told apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from monitor.awards.families import code_year

_Value = TypeVar("_Value")
_CODE = r"[A-Z][A-Z0-9]*(?:[-_][A-Za-z0-9]+){2,}"
_COUNT = r"(?<![\w.,])(\d{1,3}(?:[ .,\u00a0]\d{3}){1,2}|\d{1,7})\b(?![.,]\d)"
_PROPOSALS = r"(?:proposals?|applications?)"
_IS = r"(?:have been|has been|had been|were|was|are|is)"
_FUNDED = (
    r"(?:funded|selected|retained|awarded|accepted|approved|proposed for funding|recommended for funding"
    r"|invited (?:to|for) (?:the )?(?:grant agreement|GAP)\b)"
)
_NO_PROPOSALS = r"(?!\s*(?:[€%]|EUR\b|euros?\b|per ?cent|million|thousand|points?\b))"
"""After a number that may be one of proposals: it is none of money or of points."""
_SUBMITTED = (
    re.compile(
        rf"number of (?:{_PROPOSALS} (?:submitted|received)|(?:submitted|received) {_PROPOSALS}):?\s*{_COUNT}", re.IGNORECASE
    ),
    re.compile(rf"(?<!with ){_COUNT} {_PROPOSALS}(?: {_IS})? (?:submitted|received)", re.IGNORECASE),
    re.compile(rf"{_COUNT} (?:submitted|received) {_PROPOSALS}\b", re.IGNORECASE),
    re.compile(rf"(?:received|submitted):?\s*{_COUNT} {_PROPOSALS}\b", re.IGNORECASE),
    re.compile(
        rf"\bthis year[,:]?\s+(?:we (?:have )?received |there were |a total of )?{_COUNT}"
        rf"(?=\s*(?:[.,;!]|\Z|{_IS} (?:submitted|received)))",
        re.IGNORECASE,
    ),
)
_APPLICANT = (
    r"(?:\w+ )?(?:applicant|organi[sz]ation|(?:legal )?entity|coordinator|beneficiary|consortium|institution|participant|partner"
    r"|person|company|team)s?\b"
)
_LIMIT = re.compile(
    r"\b(?:maximum(?: of)?|minimum(?: of)?|max\.?|min\.?|at (?:most|least)|up to|no more than|(?:more|fewer|less) than"
    r"|not exceed(?:ing)?|limited to|limit of|about|around|approximately|nearly|almost|over)\s+\Z",
    re.IGNORECASE,
)
"""Words before a number that is a limit or not exact."""
_RULE_BEFORE = re.compile(
    r"\b(?:if|in case|unless|for (?:example|instance)|suppose|assume|imagine)\b[^.;!?:]{0,160}\Z"
    r"|\b(?:when(?:ever)?(?! the (?:call|deadline|submission))|where(?:ver)?|to (?:have|submit)|not have|limit|(?:im)?possible"
    r"|forbidden|prohibited)\b[^.;!?:,]{0,80}\Z"
    r"|\b(?:(?-i:may)|must|can|cannot|shall|should|having|who|submits|allowed|entitled|expected?|indicative|estimated?|planned|foreseen)\b"
    r"[^.;!?:,]{0,80}\Z"
    rf"|\b(?:an?|one|each|every|any|single|same) {_APPLICANT}[^.;!?:,]{{0,80}}\Z"
    rf"|\b{_APPLICANT} (?:that|which|with|whose)\b[^.;!?:,]{{0,80}}\Z",
    re.IGNORECASE,
)
_CLAUSE_GOES_ON = r"(?:(?!\b(?:and|which|while|but|so|because|since)\b)(?:[^.;!?,\d]|\b20\d\d\b))"
"""Letter of what is said of a number itself."""
_RULE_AFTER = re.compile(
    rf"\A[^.;!?]*?\b(?:(?:by|from|for|of) (?:an?|one|each|every|any|a single|the same|another)|per) {_APPLICANT}"
    r"|\A[^.;!?,]*?\b(?:each|every|per) (?:year|call|round)\b"
    rf"|\A{_CLAUSE_GOES_ON}{{0,60}}?\b(?:must|(?-i:may)|can(?:not)?|shall|should|ha(?:ve|s) to|needs? to"
    r"|counts? (?:as|for)|(?:considered|treated|regarded|counted) as"
    r"|(?:not|never) (?:be )?(?:allowed|permitted|possible|accepted)"
    r"|allowed|permitted|forbidden|prohibited)\b"
    r"|\A[^.;!?]*?\bonly the (?:last|latest|most recent|newest|first)\b",
    re.IGNORECASE,
)
"""Words around the number of a rule, "a maximum of 2 proposals submitted by the same applicant"."""
_PARTIAL_AFTER = re.compile(
    rf"\A{_CLAUSE_GOES_ON}{{0,60}}?\b"
    r"(?:after the (?:\w+ ){0,2}(?:deadline|closing|cut-?off|closure|due)|(?:too )?late\b|outside the deadline"
    rf"|{_IS} (?:(?:found|declared|judged|considered|deemed) )?(?:to be )?(?:as )?"
    r"(?:rejected|withdrawn|inadmissible|ineligible|excluded|discarded|duplicates?|invalid|resubmi|merged|combined|joined|disqualified|removed"
    r"|dropped|cancelled|transferred|moved|reassigned|returned|refused|incomplete|unsuccessful"
    r"|(?:much |far )?(?:fewer|less|lower)\b))"
    r"|\A\s*(?:twice|again|anew|more than once|jointly"
    r"|(?:in|on|by|via|through) (?:duplicate|error|parallel|mistake|paper|post|e?-?mail"
    r"|fax)|more|fewer|less|extra)\b"
    r"|\A\s+(?:an?|the|no)\s",
    re.IGNORECASE,
)
"""Words after the number of a part of the proposals: "3 proposals received after the deadline were rejected"."""
_PARTIAL_BEFORE = re.compile(
    r"\b(?:additional|further|another|remaining|other|first|last|latest|best|top|extra|plus|average(?: of)?)\s+\Z"
    r"|\b(?:so far|to date|until now|up to now|already|on average)\b[^.;!?:\d]{0,60}\Z"
    r"|\b(?:since (?:the )?(?:year|start|launch|beginning|\d{4})|(?:between|from) (?:19|20)\d\d"
    r"|over the (?:years|last|past|course)|in the (?:last|past))\b[^.;!?:]{0,60}\Z",
    re.IGNORECASE,
)
_SO_FAR_AFTER = re.compile(
    r"\A[^.;!?,\d]{0,40}\b(?:so far|to date|until now|up to now|on average|since|between (?:19|20)\d\d)\b", re.IGNORECASE
)
"""Words around the number of a part, of more than one round, or of a call that is still open."""
_FUNDED_AFTER = re.compile(
    rf"\A{_CLAUSE_GOES_ON}{{0,60}}?\b(?:{_IS}|will be|were then) (?:(?:finally|now|also|later) )?{_FUNDED}", re.IGNORECASE
)
"""Words after the number of the funded, which is no number of all: "14 proposals received were funded"."""
_OUT_OF = re.compile(r"\bof(?: (?:all|the|these|those|a total of))*\s*\Z", re.IGNORECASE)
"""Words before a number of all of which a part is told: "14 of the 112 proposals submitted were funded"."""
_HAS_VERB = re.compile(rf"\b{_IS} (?:submitted|received)\b|\A(?:submitted|received)\b", re.IGNORECASE)
_MONTHS = (
    r"(?:jan|febr|juan)uary|march|april|may|june|july|august|(?:sept|nov|dec)ember|october"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
)
_ANYONE = (
    r"(?:applicants?|consorti(?:a|ums?)|organi[sz]ations|(?:legal )?entities|coordinators|beneficiaries|participants|partners)"
)
_MANY = r"(?:\d|all|many|several|various|different|both|across|(?:the )?(?:EU|Europe)\b)"
_BY_SOME = re.compile(
    rf"\A\s*(?:\([^)]*\)\s*)?(?:by|from) (?!(?:the )?(?:(?:call|submission|final|set|given|official) )*"
    rf"(?:deadline|clos(?:ing|ure)|cut-?\s?off|due|date|end|start|{_MANY}|more than|over|about|around|nearly|a total"
    r"|eligible (?:countries|states)|(?:[\w-]+ ){0,3}(?:commission|agency|authority)\b|(?:CIN|EAC|EISM|HAD|ERC|R)EA\b"
    rf"|{_MONTHS}|{_ANYONE}(?: (?:from|in|across) {_MANY}[^.;!?,]*)?"
    r"(?=\s*(?:[.,;:!?()]|\Z|\b(?:and|which|who|will|in (?:response|reply|total|all))\b))))",
    re.IGNORECASE,
)
"""Words after the number of some applicants, "20 proposals submitted by SMEs"; all may be named by their number."""
_SUBMITTED_BY_ANYONE = re.compile(
    rf"(?:\A|\b(?:the|all|and|\d+)|[,:(])\s*{_ANYONE}(?: from {_MANY}[^.;!?,]{{0,30}})? (?:(?:have|has|had) )?(?:together )?\Z",
    re.IGNORECASE,
)
"""Words before "submitted 20 proposals": those who did, and those who are all that applied."""
_STRAND_NAME = (
    r"(?:(?!(?:this|these|that|the|our|all|both|each|present|current|whole|entire|same|call|of)\b)[\w-]+ ){1,3}"
    r"(?:(?:sub-?)?topics?|lots?|strands?|priorit(?:y|ies)|panels?|categor(?:y|ies)|domains?|windows?|tracks?|schemes?)\b"
)
_STRAND_BEFORE = re.compile(
    rf"(?:\A\s*|\b(?:under|for|in|within|on|the)\s)(?:the )?{_STRAND_NAME}[^.;!?\d]{{0,25}}\Z", re.IGNORECASE
)
_STRAND_AFTER = re.compile(
    rf"\A[^.;!?,\d]{{0,40}}?\b(?:under|for|to|in|on|within|of) (?:the |an? )?{_STRAND_NAME}", re.IGNORECASE
)
"""Words around the number of a named part of a call: "under the nature strand"."""
_COMPARED_BEFORE = re.compile(
    r"\b(?:compar(?:ed|ing|able|isons?) (?:to|with)|than|against|versus|vs\.?|instead of|rather than|unlike|contrast (?:to|with)"
    r"|opposed to|relative to|similar to|equal to|(?:as|so) many as|exceed(?:s|ed|ing)?"
    r"|(?:rose|risen|rise|fell|fallen|fall|grew|grown|growth|increas(?:e[sd]?|ing)|decreas(?:e[sd]?|ing)|up|down|drop(?:ped)?"
    r"|declined?|jump(?:ed)?|went|gone|climbed)\s+from)\b[^.;!?:,\d]{0,60}\Z"
    r"|\b(?:compar(?:ed|ing|isons?) (?:to|with)|than|against|versus|vs\.?)\b[^.;!?:,\d]{0,30}\d{4}\s*[(,–-][^).;!?\d]{0,30}\Z"
    r"(?<!, )(?<!received )(?<!submitted )",
    re.IGNORECASE,
)
"""Words before the number that another is compared to: "compared to 90 proposals submitted in 2024"."""
_WHILE = re.compile(r"\b(?:while|whereas|although)\b[^.;!?:,\d]{0,40}\Z", re.IGNORECASE)
"""Words before a number that, with a year, is told to compare with the next."""
_TOPIC = rf"(?:{_CODE}|[A-Z](?![a-z])[\w.-]*|\d[\w.-]*)"
_TOPIC_WORD = r"(?i:\b(?:sub-?)?(?:topics?|lots?|strands?|priorit(?:y|ies)|actions?))"
_OF_TOPIC = r"(?i:\b(?:under|for|to|in|on|within|of)\s+(?:the )?)"
_TOPIC_BEFORE = re.compile(rf"{_TOPIC_WORD}\s+({_TOPIC})[^.;!?\d]{{0,25}}\Z")
_CODE_BEFORE = re.compile(rf"(?<![\w-])({_CODE})\s*[:–-]?\s*\Z")
_TOPIC_AFTER = re.compile(rf"\A[^.;!?\d]{{0,40}}?{_OF_TOPIC}(?:{_TOPIC_WORD}\s+({_TOPIC})|({_CODE}))")
"""Words around the number of one topic among several."""
_YEAR_BEFORE = re.compile(
    r"\A\D{0,30}?\b(?:in|for|during|under|of|from|to) (?:the )?(?:year )?(\d{4})\b\D{0,40}\Z", re.IGNORECASE
)
_YEAR_AFTER = re.compile(r"\A[^.;,\d]{0,30}\b(?:in|for|during|under|to) (?:the )?(?:year )?(\d{4})\b(?!\s*-)", re.IGNORECASE)
_CALL_YEAR = re.compile(
    r"\b(?P<before>\d{4}) (?:calls?|editions?|rounds?)\b|\b(?:call|edition|round) (?:of|for|in) (?P<after>\d{4})\b", re.IGNORECASE
)
"""Year of the call that a sentence is about, which is that of its code."""
_LAST = (
    r"\b(?:last (?:year|time)|the (?:year|time|call|round) before|previously|formerly|earlier(?! (?:this|today))"
    r"|the (?:previous|preceding|former|past|last) (?:[\w-]+ )?(?:year|call|edition|round|competition|time))\b"
)
_LAST_YEAR_BEFORE = re.compile(rf"{_LAST}\D{{0,40}}\Z", re.IGNORECASE)
_LAST_YEAR_AFTER = re.compile(rf"\A[^,\d]{{0,40}}{_LAST}", re.IGNORECASE)
_THIS_YEAR = re.compile(r"\bthis year\b", re.IGNORECASE)
_OTHER_YEAR = re.compile(r"\b(?:in|for) (\d{4})[^.;\d]{1,30}\d", re.IGNORECASE)
_PROPOSALS_OF_YEAR = re.compile(rf"\d {_PROPOSALS}(?: {_IS})? (?:submitted|received) (?:in|for) (\d{{4}})\b", re.IGNORECASE)
"""Words that tell this year's number from that of a year before, which updates name to compare with."""
_CLAUSE = re.compile(r"[;!?]|\.(?=\s)")
_PARTS = {
    "inadmissible": re.compile(rf"number of inadmissible proposals:?\s*{_COUNT}", re.IGNORECASE),
    "ineligible": re.compile(rf"number of ineligible proposals:?\s*{_COUNT}", re.IGNORECASE),
    "above": re.compile(rf"number of (?:above[- ]threshold proposals|proposals above threshold):?\s*{_COUNT}", re.IGNORECASE),
    "below": re.compile(
        rf"number of (?:below[- ]threshold proposals|proposals below threshold|rejected proposals \(below thresholds?\))"
        rf":?\s*{_COUNT}",
        re.IGNORECASE,
    ),
}
_FUNDED_NUMBERS = (
    re.compile(
        rf"number of (?:accepted|funded|retained|selected|awarded) {_PROPOSALS}:?\s*{_COUNT}"
        rf"|number of {_PROPOSALS} (?:funded|awarded|accepted|(?:retained|selected)(?: for funding)?)"
        rf"(?:\s*\[\d+\])?:?\s*{_COUNT}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_COUNT} (?:out )?of (?:the |these |those )?(?:total )?(?:\d[\d .,]*)?(?:(?:submitted|received|eligible) )?"
        rf"{_PROPOSALS}(?: (?:submitted|received))? {_IS} {_FUNDED}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_COUNT}(?: of (?:them|these|those|which))?(?: (?:{_PROPOSALS}|projects?))? {_IS} (?:being )?{_FUNDED}", re.IGNORECASE
    ),
    re.compile(rf"\b(?:funded|awarded|selected|retained|accepted):?\s*{_COUNT}{_NO_PROPOSALS}", re.IGNORECASE),
)
_BREAKDOWN = re.compile(rf"({_CODE})(?:\s[-–]\s[^:·;]{{1,90}}?)?\s*:?\s+{_COUNT} proposals?\b")
_LABEL = re.compile(r"LABEL|CERT|ACCR|-QUAL-", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?]*(?:[.!?](?!\s|$)[^.!?]*)*[.!?]?")
_MAX_SENTENCE = 300
_BUDGET = re.compile(r"\bbudget\b(?!s? (?:requested|per|table|category|categories))[^.!?]{0,90}\Z", re.IGNORECASE)
"""Words before the money that a call has; the budgets that applicants asked for are none."""
_NOT_ALL = re.compile(
    r"\b(?:requested|asked|per (?:project|proposal|grant)|each|lump sum|own|increase[ds]?|top[- ]?up)\b", re.IGNORECASE
)
_CLOSING = re.compile(r"\b(?:clos(?:ed|es|ing)|deadline|cut-?\s?off)\b[^.;!?]{0,40}\Z", re.IGNORECASE)
"""Words before the day on which a call closed."""
_BEFORE_AMOUNT = 200
"""Characters before a sum in which the word "budget" is looked for."""
_MOST_FOR_BUDGET = 20_000
"""Characters of an update in which a budget is looked for."""
_NTH = re.compile(
    r"\b(?:(?P<word>first|second|third|fourth|fifth)|(?P<digit>\d) ?(?:st|nd|rd|th))"
    r"[ -](?:intermediate )?(?:deadline|cut-?\s?off|stage)\b"
    r"|\b(?:deadline|cut-?\s?off|stage) (?P<after>\d)\b",
    re.IGNORECASE,
)
"""Which of several deadlines of one call."""
_NTH_WORDS = ("first", "second", "third", "fourth", "fifth")
_BEFORE_NUMBER = 2000
"""Characters before a number of proposals in which its deadline is looked for."""
_TIME_ZONE = re.compile(r"\(?\bbrussels(?: local)?(?: time)?\b\)?")
_SPACES = re.compile(r"\s+")
_NO_LETTER = re.compile(r"\W+")
_FEWEST_FOR_SHARE = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Competition:
    """Proposals of one closed call or cut-off; None where the update does not say."""

    submitted: int
    parts: tuple[tuple[str, int], ...] = ()
    """Topics of the call with their numbers of proposals."""
    inadmissible: int | None = None
    ineligible: int | None = None
    above: int | None = None
    """Proposals above the threshold of points, which need not have been funded."""
    below: int | None = None
    funded: int | None = None
    is_label: bool = False
    """True for a label or an accreditation, which gives no money."""
    budget: int | None = None
    """Money that the call or cut-off had, in whole euro."""
    funded_sentence: str | None = None
    """Sentence of the publisher that has the number of the funded."""
    budget_sentence: str | None = None
    """Sentence of the publisher that has the budget."""
    closed: date | None = None
    """Day on which the call or cut-off closed."""
    nth: int | None = None
    """Number of the deadline among several of the call."""
    sentence: str
    """Sentence of the publisher that has the number."""

    @property
    def percent(self) -> int | None:
        """Return how many per cent of the proposals were funded, None when unknown."""
        if self.funded is None or self.submitted < _FEWEST_FOR_SHARE or self.funded > self.submitted:
            return None
        return round(100 * self.funded / self.submitted)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return the publisher's sentences that have the numbers, each once."""
        said = (self.sentence, self.funded_sentence, self.budget_sentence)
        return tuple(dict.fromkeys(sentence for sentence in said if sentence))


def read_competition(text: str, code: str = "") -> Competition | None:
    """Return the numbers of proposals that an update states, None for an update without them.

    Args:
        text: Plain text of the update.
        code: Code of the topic that it stands on, which tells a label from money.
    """
    matches = (found for pattern in _SUBMITTED for found in pattern.finditer(text))
    match = next((found for found in matches if _is_of_the_call(text, found, code)), None)
    if match is None:
        return None
    funded = _funded(text, code, _number(match))
    named = {name: _number(found) for name, pattern in _PARTS.items() if (found := pattern.search(text))}
    closed, nth = _deadline(text, match.start())
    budget, budget_sentence = _budget(text)
    # A part without "proposals" before it is a number of the call itself; the call's own code is no topic of it.
    parts = tuple((part.upper(), _whole(count)) for part, count in _BREAKDOWN.findall(text))
    return Competition(
        submitted=_number(match),
        parts=parts if len(parts) > 1 and sum(count for _, count in parts) == _number(match) else (),
        inadmissible=named.get("inadmissible"),
        ineligible=named.get("ineligible"),
        above=named.get("above"),
        below=named.get("below"),
        funded=_number(funded) if funded else None,
        funded_sentence=_sentence(text, funded.start(), funded.end()) if funded else None,
        is_label=bool(_LABEL.search(code) or re.search(r"quality label|accreditation|erasmus charter", text, re.IGNORECASE)),
        budget=budget,
        budget_sentence=budget_sentence,
        closed=closed,
        nth=nth,
        sentence=_sentence(text, match.start(), match.end()),
    )


def _is_of_the_call(text: str, match: re.Match[str], code: str) -> bool:
    """Return whether a number of proposals is that of all of a call in its year: no rule's, no part's and no other year's."""
    before, after = _clause(text, match)
    is_row = match[0].casefold().startswith("number of")  # of a table, whose text runs on from what stands before it
    if _LIMIT.search(before) or (not is_row and (_is_rule(before, after) or _is_part(before, match[0], after))):
        return False
    if any(topic.casefold() != code.casefold() for topic in _topics(before, after)):
        return False
    return not _is_of_another_year(text, match, code_year(code))


def _is_rule(before: str, after: str) -> bool:
    """Return whether a number between two texts is that of a rule or a plan, not of what came in."""
    return bool(_RULE_BEFORE.search(before) or _RULE_AFTER.search(after))


def _is_part(before: str, told: str, after: str) -> bool:
    """Return whether a number of proposals between two texts is that of some of them, or one that is compared to."""
    if _PARTIAL_BEFORE.search(before) or _PARTIAL_AFTER.search(after) or _SO_FAR_AFTER.search(after) or _BY_SOME.search(after):
        return True
    if _is_beside(before, after):
        return True
    if not _HAS_VERB.search(told) and _FUNDED_AFTER.search(after) and not _OUT_OF.search(before):
        return True
    is_active = told.casefold().startswith("submitted ") and before.rstrip()[-1:].isalnum()
    return is_active and not _SUBMITTED_BY_ANYONE.search(before)


def _is_beside(before: str, after: str) -> bool:
    """Return whether a number between two texts is that of a named strand of the call, or one that another is compared to."""
    if _WHILE.search(before) and _YEAR_AFTER.search(after):
        return True
    return any((_COMPARED_BEFORE.search(before), _STRAND_BEFORE.search(before), _STRAND_AFTER.search(after)))


def _topics(before: str, after: str) -> list[str]:
    """Return the topics that the number between two texts belongs to."""
    named = (_TOPIC_BEFORE.search(before), _CODE_BEFORE.search(before), _TOPIC_AFTER.search(after))
    return [topic for found in named if found for topic in found.groups() if topic]


def _clause(text: str, match: re.Match[str]) -> tuple[str, str]:
    """Return what stands before and after a place in its own clause."""
    begins = max((found.end() for found in _CLAUSE.finditer(text, 0, match.start())), default=0)
    ends = next((found.start() for found in _CLAUSE.finditer(text, match.end())), len(text))
    return text[begins : match.start()], text[match.end() : ends]


def _funded(text: str, code: str, submitted: int) -> re.Match[str] | None:
    """Return the place of the number of funded projects, None when none is stated, or more than were submitted."""
    for found in (found for pattern in _FUNDED_NUMBERS for found in pattern.finditer(text)):
        before, after = _clause(text, found)
        is_row = found[0].casefold().startswith("number of")
        is_told = not (_LIMIT.search(before) or (not is_row and (_is_rule(before, after) or _is_beside(before, after))))
        year, told = code_year(code), _year_beside(before, after)
        # What was funded before the year of the call was funded in another round.
        is_told = is_told and not (year and told and told < year) and not _is_of_another_year(text, found, year)
        if is_told and not any(topic.casefold() != code.casefold() for topic in _topics(before, after)):
            return found if _number(found) <= submitted else None
    return None


def _is_of_another_year(text: str, match: re.Match[str], year: int | None) -> bool:
    """Return whether a number of proposals is told to compare with: that of a year before, beside this year's.

    Args:
        text: Plain text of the update.
        match: Place of the number.
        year: Year in the code of the call, None for none.
    """
    before, after = _clause(text, match)
    begins = match.start() - len(before)
    if _THIS_YEAR.search(match[0]):
        return False
    if _LAST_YEAR_BEFORE.search(before) or _LAST_YEAR_AFTER.search(after):
        return True
    called = _CALL_YEAR.search(before) or _CALL_YEAR.search(after.partition(",")[0])
    if called and year is not None and int(called["before"] or called["after"]) != year:
        return True
    told = _year_beside(before, after)
    if told is None:
        return False
    if year is not None and abs(told - year) > 1:
        return True
    others = [int(other) for other in (*_OTHER_YEAR.findall(text[begins:]), *_PROPOSALS_OF_YEAR.findall(text[begins:]))]
    is_beside_this_year = _THIS_YEAR.search(text) and not _THIS_YEAR.search(after.partition(",")[0])
    return bool(is_beside_this_year) or any(other > told for other in others)


def _year_beside(before: str, after: str) -> int | None:
    """Return the year that the words around a number give it."""
    named = _YEAR_BEFORE.search(before) or _YEAR_AFTER.search(after)
    return int(named[1]) if named else None


def _budget(text: str) -> tuple[int | None, str | None]:
    """Return the budget in euro that a text states and its sentence, None for both when it states none or different ones."""
    if "budget" not in text.casefold():
        return None, None
    # Imported here: the words of money take longer to load than commands that read no update.
    from monitor.language.money import find_amounts

    found: dict[int, int] = {}
    text = text[:_MOST_FOR_BUDGET]
    for stated in find_amounts(text, "en"):
        begins = max(0, stated.start - _BEFORE_AMOUNT)
        before = _BUDGET.search(text[begins : stated.start])
        if stated.currency != "EUR" or not stated.amount or stated.amount_max or before is None:
            continue
        if not _NOT_ALL.search(text[max(begins, begins + before.start() - 20) : stated.end + 20]):
            found.setdefault(stated.amount, stated.start)
    if len(found) != 1:
        return None, None
    ((amount, start),) = found.items()
    return amount, _sentence(text, start, start)


def _deadline(text: str, at: int) -> tuple[date | None, int | None]:
    """Return the day and the number of the deadline that a number of proposals belongs to: those nearest before it.

    Its own sentence alone is read after it: what follows is about the next deadline.
    """
    # Imported here: the words of dates take longer to load than commands that read no update.
    from monitor.language.dates import find_dates

    begins = max(0, at - _BEFORE_NUMBER)
    told = text[begins : _sentence_end(text, at)]
    number = at - begins
    days = [
        (found.start, found.date)
        for found in find_dates(told, reference=None, language="en")
        if found.date and _CLOSING.search(told[: found.start])
    ]
    nths = [(match.start(), _nth(match)) for match in _NTH.finditer(told)]
    return _nearest(days, number), _nearest(nths, number)


def _nearest(found: Sequence[tuple[int, _Value]], at: int) -> _Value | None:
    """Return the last of values that stands before a place, else the first after it; None for none."""
    before = [value for start, value in found if start < at]
    return before[-1] if before else found[0][1] if found else None


def _nth(match: re.Match[str]) -> int:
    return _NTH_WORDS.index(match["word"].casefold()) + 1 if match["word"] else int(match["digit"] or match["after"])


def distinct_competitions(updates: Iterable[tuple[str, str]]) -> list[tuple[str, Competition]]:
    """Return the competitions of updates given as code and text, in order, each once.

    A text that was copied to several topics counts once, and the updates of one code with one number and one closing day are one
    competition: the last of them that states a value counts. An update without a day belongs to the only competition that it can
    be about.
    """
    texts: set[str] = set()
    found: list[tuple[str, Competition]] = []
    undated: list[tuple[str, Competition]] = []
    for code, text in updates:
        mark = _NO_LETTER.sub(" ", _TIME_ZONE.sub(" ", text.casefold())).strip()
        if mark in texts or (competition := read_competition(text, code)) is None:
            continue
        texts.add(mark)
        if competition.closed or competition.nth:
            _add(found, code, competition)
        else:
            undated.append((code, competition))
    for code, competition in undated:
        _add(found, code, competition)
    return found


def _add(found: list[tuple[str, Competition]], code: str, new: Competition) -> None:
    """Add a competition, or what it states to the only one that it repeats; of one that may repeat several, results alone."""
    same = [place for place, (other, known) in enumerate(found) if other == code and _is_same(known, new)]
    if len(same) == 1:
        found[same[0]] = (code, _merged(found[same[0]][1], new))
    elif not same or new.funded is not None:
        found.append((code, new))


def _is_same(known: Competition, new: Competition) -> bool:
    """Return whether two updates of one code tell the same number of the same deadline, as far as they say which."""
    pairs = ((known.submitted, new.submitted), (known.closed, new.closed), (known.nth, new.nth))
    return all(one == other or one is None or other is None for one, other in pairs)


def _merged(known: Competition, new: Competition) -> Competition:
    """Return a competition with the values of a later update in place of those before; the sentence is that of the results."""
    stated = {name: value for name in _MERGED if (value := getattr(new, name)) is not None}
    sentence = known.sentence if known.funded is not None and new.funded is None else new.sentence
    return replace(known, **stated, parts=new.parts or known.parts, is_label=known.is_label or new.is_label, sentence=sentence)


_MERGED = (
    "inadmissible", "ineligible", "above", "below", "funded", "funded_sentence", "budget", "budget_sentence", "closed", "nth",
)  # fmt: skip
"""Values that any update of a competition may state."""


def _number(match: re.Match[str]) -> int:
    return _whole(next(group for group in match.groups() if group is not None))


def _whole(digits: str) -> int:
    return int(re.sub(r"\D", "", digits))


def _sentence_end(text: str, at: int) -> int:
    """Return where the sentence around a place ends."""
    return next((match.end() for match in _SENTENCE.finditer(text, at)), len(text))


def _sentence(text: str, start: int, end: int) -> str:
    """Return the sentence around a place, of a long one the part around it; a full stop in a date or a sum does not end it."""
    for match in _SENTENCE.finditer(text):
        if match.start() <= start < match.end():
            parts = text[match.start() : start].lstrip(), text[start:end], text[end : match.end()].rstrip()
            before, told, after = (_SPACES.sub(" ", part) for part in parts)
            room = _MAX_SENTENCE - len(told) - 2
            kept = max(room // 2, room - len(after))
            if len(before) > kept:
                before = f"…{before[-kept:].partition(' ')[2]}"
            line = f"{before}{told}{after}"
            return line if len(line) <= _MAX_SENTENCE else line[: _MAX_SENTENCE - 1].rsplit(" ", 1)[0] + "…"
    return ""
