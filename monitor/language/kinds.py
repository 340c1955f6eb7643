"""Kind of an article, from the words of its title and text: a call, news, an event, policy, a partner search, or not relevant.

The words are searched as facts ("says who may apply", "has a last day", "is a job"), which `kinds.toml` lists with their cues.
Facts decide in a fixed order: see `_decide`. Only where no fact decides are the weights of the cues compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any, NamedTuple

from monitor.language.datafile import DataFileError, read_tables
from monitor.language.partner_searches import asks_to_reply, seeks_partners
from monitor.vocabulary import Kind

_FILE = "kinds.toml"
_OTHER = "other"
_UNDECIDED = ""
# Facts of words that are in calls and in everything else: they decide nothing, and do not show that the language is known.
_UNDECIDING = frozenset({"hint", "concern", "sum", "limit", "national"})
_KNOWN_LANGUAGES = ("", "sv", "en", "da", "nb")
_NEWS_ADDRESS = re.compile(r"nyhet|/news|aktuellt|press|artikel|reportage|arkiv|/blog|/20[0-9]{2}[/-]", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?])[ \n]+|\n")
_EARLIER = re.compile(
    r"\b(?:förra|föregående|förrförra|sidste|forrige|foregående|last|previous|tidigare|tidligere) "
    r"(?:gången|gang|år|året|års?|omgång\w*|utlysning\w*|utlysing\w*|runde\w*|time|year|round|call|vinnare|winners?|vindere|vinnere|pristagare|mottagare|modtagere)\b"
    r"|\bi fj(?:ol|or)\b|\bsist\b"
)

# "Until the money has run out", "fram til rammen er brukt opp": says that it has not.
_UNTIL_SPENT = re.compile(
    r"\b(?:until|till|tills|til|indtil|inntil|så länge|så længe|så lenge|när|når|once|when|if|om|hvis|innan|before|in case)\b"
    r"[^.!?,;\n]{0,60}"
    r"\b(?:brukt opp|oppbrukt|brugt|brukt|opbrugt|förbrukad|förbrukat?|förbrukade|used up|run out"
    r"|slut|tømt|exhausted|spent|committed|allocated|fordelt|fördelade|intecknade)\b"
)
# Each of those to come, not one that got it: "varje testbädd får 1,25 miljoner"; a question has no results either.
_OFFERED = re.compile(
    r"(?:\A|(?<=[.!?\n]))[^.!?\n]*\?|"
    r"\b(?:varje|vart och ett|var och en|hver|hvert|each|every|per|ett enskilt|et enkelt|ett? projekt|et prosjekt|en kommune?) "
    r"(?:\S{1,20} ){0,3}(?:får|kan få|gets|receives?|vil få|beviljas)\b|"
    # "Vi söker fem kommuner som får 150 000 kronor", "vinneren får 100 000 kroner"
    r"\b(?:söker|letar efter|søker|søger|leter etter|leder efter|looking for|seeks) [^.!?\n]{0,60}\b(?:som|der|that|which) "
    r"(?:får|gets?|receives?|will (?:get|receive))\b|"
    r"\b(?:vinnaren|vinderen|vinneren|the winner|the winners) (?:får|modtager|mottar|gets?|receives?)\b"
)

# Seats at a meeting, which are given in the order of registration: "120 seats, first come first served".
_SEATS = re.compile(
    r"\b[0-9]+ (?:seats|places|platser|pladser|plasser)\b"
    r"|\b(?:sign up|register|anmäl\w*|påmeld\w*|tilmeld\w*)\b[^.!?\n]*\bfirst come"
)
_SIGN_UP = re.compile(r"\b(?:sign up|register|anmäl\w*|påmeld\w*|tilmeld\w*)\b")
# Applications that are to come are no results: "Over 4 000 søknader ventes", "we expect 400 applications".
_EXPECTED = re.compile(
    r"\b(?:ventes|forventes|förväntas|väntas|expect(?:s|ed)?"
    r"|(?:räknar|räknas|regner) (?:vi )?med|venter|väntar|kommer in löpande)\b"
)
# Told of the past: who has got money.
_PAST = re.compile(
    r"\b(?:har|hade|have|has|had|was|were|blev|ble|blivit|fick|fikk|fik|fått|fået|gick|gikk|went|delade|delte|delades"
    r"|beviljad\w*|beviljats|tilldelats|bevilget|tildelt|fordelt|fördelat|awarded|approved|selected"
    r"|chosen|won|vann|vandt|vant|korad\w*|kåret|klart)\b"
)

_LEAD_CHARS = 300
"""Beginning of a text, in which a job advert or a list of grants says that it is one; a call may mention them further down."""
_WEAK = 2
"""Weight up to which a cue is weak."""
_SEVERAL = 2
_DEFAULT_POINTS = 3
"""Points of the kind that the source usually sends."""
_MIN_POINTS = {Kind.CALL.value: 3, Kind.EVENT.value: 5, Kind.POLICY.value: 8}
# Of two kinds with equal points, the one that promises less goes first.
_ORDER = (Kind.PARTNER_SEARCH.value, Kind.POLICY.value, Kind.EVENT.value, Kind.NEWS.value, _OTHER, Kind.CALL.value)

_OFFER = ("who", "public", "wanted", "can", "terms")
_ROUND = ("deadline", "round", "opens")
_TOLD = (
    "granted",
    "after",
    "tidings",
    "evaluation",
    "registration",
    "attending",
    "gathering",
    "act",
    "partner",
    "sought",
    "seeker",
)


@dataclass(frozen=True, slots=True)
class Fact:
    """Fact about an item that words tell."""

    name: str
    kind: str
    """Kind that it speaks for; empty for none."""
    weight: int
    """Points for the kind where no fact decides; 0 where it says nothing alone."""
    reason: str
    """Swedish words for the coordinator."""
    title_only: bool
    """Its cues count in the title only."""
    counted: bool
    """The number of its different cues matters."""
    cues: tuple[str, ...]
    pattern: re.Pattern[str]
    """Any of the cues."""

    def times(self, text: str) -> int:
        """Return the number of different cues in a text that `folded` returned."""
        return sum(bool(re.search(compile_cue(cue), text)) for cue in self.cues)


def compile_cue(cue: str) -> str:
    """Return a cue of `kinds.toml` as a regular expression over text with single spaces: a blank also meets a line's end."""
    return re.sub(r"\[(?:\\.|[^\]\\])*\]|\\.| ", lambda part: r"[ \n]" if part[0] == " " else part[0], cue)


def read_facts(table: Mapping[str, Any]) -> dict[str, Fact]:
    """Return the facts of a parsed `kinds.toml` by name, in its order.

    Raises:
        DataFileError: A fact has another form.
    """
    found = {}
    for name, row in table.items():
        _check_fact(name, row)
        cues = tuple(cue for cue, _ in row["cues"])
        found[name] = Fact(
            name=name,
            kind=row["kind"],
            weight=row["weight"],
            reason=row["reason"],
            title_only=row.get("in") == "title",
            counted=row.get("counted", False),
            cues=cues,
            pattern=_joined(cues),
        )
    return found


def _check_fact(name: str, row: Mapping[str, Any]) -> None:
    for field, kind in (("kind", str), ("weight", int), ("reason", str), ("cues", list)):
        if not isinstance(row.get(field), kind):
            raise DataFileError(f"{_FILE}: {name}: {field!r} must be a {kind.__name__}, not {row.get(field)!r}")
    for number, pair in enumerate(row["cues"], start=1):
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(text, str) and text for text in pair)):
            raise DataFileError(f"{_FILE}: {name}, cue {number}: a cue is a pattern and an example, not {pair!r}")


def _joined(cues: Iterable[str]) -> re.Pattern[str]:
    """Return one expression for any of the cues; those that begin with a word are tried only there, which is faster."""
    written = [choice for cue in cues for choice in _choices(compile_cue(cue))]
    at_word = [choice.removeprefix(r"\b") for choice in written if choice.startswith(r"\b")]
    other = [choice for choice in written if not choice.startswith(r"\b")]
    return re.compile("|".join([*other, *([rf"\b(?:{'|'.join(at_word)})"] if at_word else [])]))


def _choices(cue: str) -> list[str]:
    """Return the expressions that a cue is a choice of: "a|b(c|d)" is one of "a" and "b(c|d)"."""
    choices, depth = [""], 0
    for part in re.findall(r"\\.|\[(?:\\.|[^\]\\])*\]|[()|]|[^\\\[()|]+", cue):
        depth += (part == "(") - (part == ")")
        if part == "|" and not depth:
            choices.append("")
        else:
            choices[-1] += part
    return choices


@cache
def facts() -> Mapping[str, Fact]:
    """Return the facts of `kinds.toml` by name, in its order."""
    return read_facts(read_tables(_FILE))


class StatedTerms(NamedTuple):
    """Terms of applying that the readers of applicants and money found in an item."""

    applicants: bool = False
    """It says who may apply."""
    project_money: bool = False
    """It says how much one project gets, or which share of its costs."""
    money: bool = False
    """It says how much there is, in all or for one project."""


@dataclass(frozen=True)
class _Seen:
    """Facts that hold for an item."""

    title: frozenset[str]
    """Facts in the title."""
    item: frozenset[str]
    """Facts in title or text."""
    lead: frozenset[str]
    """Facts in the beginning of the text, of those that matter there."""
    counts: Mapping[str, int]
    """Number of different cues of each counted fact."""
    earlier: frozenset[str] = frozenset()
    """Facts about results that hold in sentences about an earlier round alone: "förra året kom 214 ansökningar"."""
    read_terms: Callable[[], StatedTerms] = StatedTerms
    """Reader of the terms, which takes longer than the search for words."""
    seeks_partners: bool = False
    """Somebody who prepares an application seeks partners."""
    asks_to_reply: bool = False
    """Somebody is sought, and the text says whom to write to; it may be a call as well."""

    @cached_property
    def terms(self) -> StatedTerms:
        """Terms of applying; read when they are first asked for."""
        return self.read_terms()

    def any(self, *names: str) -> bool:
        """Tell whether one of the facts holds."""
        return any(name in self.item for name in names)


def guess_kind(  # noqa: PLR0913 - each argument is a fact of its own; callers name all but the first four
    title: str,
    text: str,
    default: Kind,
    language: str = "",
    *,
    url: str = "",
    ahead: bool | None = None,
    article: bool = False,
    coming: bool = False,
    terms: Callable[[], StatedTerms] = StatedTerms,
) -> tuple[Kind | None, str]:
    """Return the kind of an article, None where it is not relevant, and the reasons in Swedish.

    Swedish pages have English call titles, so the words of all languages are searched whatever the language; only in a language
    that is not known, without any words that are, the default is returned.

    Args:
        title: Title of the article.
        text: Text of the article.
        default: Kind that the source usually sends. It gets points unless it is a call, since a page without words of applying is
            none.
        language: Language of the article; empty where it is not known.
        url: Address, which may show that it is news.
        ahead: True where a stated last day lies ahead, False where all have passed, None where none is known.
        article: It has a date and its source publishes news: it is news where no word tells otherwise and nothing in it could
            belong to a call or a meeting (a day to come, a time of day, a word of applying or of grants).
        coming: Any day that the text names lies ahead.
        terms: Reader of the terms that the text states; asked only where words do not decide.
    """
    seen = _find_facts(folded(title), folded(text), terms)
    seen = replace(seen, seeks_partners=seeks_partners(title, text), asks_to_reply=asks_to_reply(title, text))
    if not seen.item - _UNDECIDING and language not in _KNOWN_LANGUAGES and not ahead:
        return default, "språket är okänt"
    kind = _decide(seen, default, ahead, article=article or _NEWS_ADDRESS.search(url) is not None, coming=coming)
    names = [name for name in facts() if kind and name in seen.item and facts()[name].kind == kind]
    # To speak to a person is a reason only where nothing says more.
    reasons = [facts()[name].reason for name in names if name not in ("person", "job_tone") or len(names) == 1]
    if kind == Kind.PARTNER_SEARCH.value and seen.seeks_partners:
        reasons.append("söker någon till en egen ansökan")
    if kind == Kind.CALL.value and ahead:
        reasons.append("sista dagen ligger framåt")
    return (None if kind in (_OTHER, _UNDECIDED) else Kind(kind)), ", ".join(dict.fromkeys(reasons)) or "inga tydliga ord"


def folded(text: str) -> str:
    """Return the text in lower case, each run of white space as one space, or as a line's end where it holds one."""
    return _SPACES.sub(lambda run: "\n" if "\n" in run[0] else " ", text.lower())


def _find_facts(title: str, text: str, terms: Callable[[], StatedTerms] = StatedTerms) -> _Seen:
    in_title, in_item, in_lead, counts = set(), set(), set(), {}
    whole = text
    for name, fact in facts().items():
        text = _without_conditions(name, whole)
        lead = text[:_LEAD_CHARS]
        titled = bool(fact.pattern.search(_without_conditions(name, title)))
        if titled:
            in_title.add(name)
        if titled or (not fact.title_only and fact.pattern.search(text)):
            in_item.add(name)
            if fact.counted:
                counts[name] = fact.times(f"{title}\n{text}")
            if name in ("job_statement", "granted", "downtime", "evaluation") and fact.pattern.search(lead):
                in_lead.add(name)
    if "granted" in in_item and in_item & {"way", "public"} and not _has_been_given(f"{title}\n{whole}"):
        for names in (in_title, in_item, in_lead):
            names.discard("granted")
    earlier = _earlier(in_item - in_title, whole)
    return _Seen(frozenset(in_title), frozenset(in_item), frozenset(in_lead), counts, earlier, terms)


def _without_conditions(name: str, text: str) -> str:
    """Return the text without the clauses in which the words of a fact do not tell it."""
    if name == "no_round":
        return _UNTIL_SPENT.sub(" ", text)
    if name == "rolling":
        return _without_sentences(_SEATS, text)
    if name == "deadline" and _SEATS.search(text):
        return _without_sentences(_SIGN_UP, text)
    if name in ("after", "granted"):
        text = _without_sentences(_EXPECTED, text)
    return _OFFERED.sub(" ", text) if name == "granted" else text


def _without_sentences(pattern: re.Pattern[str], text: str) -> str:
    """Return the text without the sentences in which a pattern is found."""
    if not pattern.search(text):
        return text
    return "\n".join(sentence for sentence in _SENTENCE_END.split(text) if not pattern.search(sentence))


def _has_been_given(text: str) -> bool:
    """Tell whether a sentence that says who gets money tells of the past: "tolv projekt får 200 000 kronor" may be an offer."""
    granted = facts()["granted"].pattern
    return any(_PAST.search(sentence) for sentence in _SENTENCE_END.split(_OFFERED.sub(" ", text)) if granted.search(sentence))


def _earlier(found: Set[str], text: str) -> frozenset[str]:
    """Return the facts about results, of those found, that hold only in sentences about an earlier round."""
    results = found & {"after", "granted"}
    if not results or not _EARLIER.search(text):
        return frozenset()
    now = "\n".join(sentence for sentence in _SENTENCE_END.split(text) if not _EARLIER.search(sentence))
    return frozenset(name for name in results if not facts()[name].pattern.search(now))


def _decide(seen: _Seen, default: Kind, ahead: bool | None, *, article: bool, coming: bool) -> str:
    """Return the kind, by the first of these that holds.

    1. It is something else: a job, a course, a tender, a municipality's own grant to its associations, a service to residents.
    2. It invites to a meeting that its title names.
    3. A partner is searched for, or a legal act or views on one are the subject, and nobody is told to apply; or it is meant for
       persons.
    4. Who may apply, that they may, how or how much, and a day that has not passed: a call, whatever else is in it.
    5. It tells of a call to come.
    6. It tells who has got money, and not who may apply.
    7. Nothing is open now, or the page only answers questions.
    8. A round with its day ahead or without one, and nothing about results or an invitation to a meeting.
    9. The points of all cues compared; where they tell no kind, or news without results: a call that says who gets how much.
    """
    dated = bool(
        ahead or (ahead is None and seen.any("deadline", "rolling") and "no_round" not in seen.item and "faq" not in seen.title)
    )
    if _is_told(seen, ahead):
        return Kind.NEWS.value if article or default is Kind.NEWS else _OTHER
    offered = dated and seen.any(*_OFFER)
    if _is_left_out(seen, named=dated and "public" in seen.item):
        return _OTHER
    if _is_meeting(seen):
        return Kind.EVENT.value
    if _is_partner_search(seen, default, dated=dated):
        return Kind.PARTNER_SEARCH.value
    if _is_policy(seen, default, offered=offered):
        return Kind.POLICY.value
    if _is_personal(seen) and not seen.any("gathering", "invitation", "registration", "granted", "after", "tidings", "telling"):
        return _OTHER
    results = _tells_results(seen, ahead)
    if offered and not (results and (seen.title & {"granted", "after"} or "round" not in seen.item)):
        return Kind.CALL.value
    announced = "announced" in seen.item and not seen.any("approved", "granted", "invitation")
    if not results and (announced or _is_past_call(seen, ahead)):
        return Kind.CALL.value
    if results and (not ahead or "round" not in seen.item):
        return Kind.NEWS.value
    if not ahead and ("no_round" in seen.item or ("faq" in seen.title and not _answers_who_gets(seen))):
        return Kind.NEWS.value if results or (article and "no_round" in seen.item) else _OTHER
    if _is_open(seen, default, ahead=ahead):
        return Kind.CALL.value
    return _compare(seen, default, results=results, article=article, coming=coming or bool(ahead))


def _answers_who_gets(seen: _Seen) -> bool:
    """Tell whether questions and answers say who may apply and what one project gets, so that they tell of the call itself."""
    return seen.any("who", "can") and seen.terms.project_money and seen.terms.applicants


def _compare(seen: _Seen, default: Kind, *, results: bool, article: bool, coming: bool) -> str:
    """Return the kind of most points; where they tell none, or news without results: a call where it says who gets how much."""
    weighed = _weigh(seen, default, article=article, coming=coming)
    plain = weighed in (Kind.NEWS.value, _OTHER, _UNDECIDED) and not results
    return Kind.CALL.value if plain and _states_terms(seen, coming=coming) else weighed


def _states_terms(seen: _Seen, *, coming: bool) -> bool:
    """Tell whether it says who gets how much, or how much one gets and something else of a call, and no other kind is told."""
    if seen.any(*_TOLD) or seen.title & {"proposal", "policy_title", "faq"}:
        return False
    if seen.terms.project_money and seen.terms.applicants:
        return True
    offered = seen.any(*_OFFER, "opens", "rolling", "round", "money", "conditions")
    return coming and offered and (seen.terms.project_money or (seen.terms.money and seen.terms.applicants))


def _is_past_call(seen: _Seen, ahead: bool | None) -> bool:
    """Tell whether it is the page of a closed call, told in the past tense: "Mellan den 15 och 30 maj kunde kommuner söka".

    Its last day must be known and have passed: without one a programme that is over for good would look like an open call.
    """
    named = bool(seen.title & {"money", "round"}) or {"round", "terms"} <= seen.item
    return named and ahead is False and {"could", "no_round"} <= seen.item and not seen.any("granted", "after")


def _tells_results(seen: _Seen, ahead: bool | None) -> bool:
    """Tell whether it says who has got money, or how many applied, and not who may apply."""
    if seen.any("who", "public", "wanted"):
        return False
    # The end of a call may tell what was granted last year.
    lead = seen.title | seen.lead
    granted = "after" in seen.item or "granted" in lead
    if ahead and seen.earlier and not seen.title & {"after", "granted"}:
        granted = bool({"after", "granted"} & (seen.item - seen.earlier) & (lead | {"after"}))
    # "När utlysningen stängde hade 148 ansökningar kommit in": nothing opens, whatever words of money are there.
    late = "after" in seen.item and not ahead and not seen.any("opens", "rolling", "deadline", "terms")
    told = late or (granted and not seen.any("can", "opens"))
    return told and not (ahead and _states_offer(seen))


def _states_offer(seen: _Seen) -> bool:
    """Tell whether it says how much a project gets, and who or how, under a title that tells no results."""
    if seen.title & {"granted", "after", "tidings", "evaluation"}:
        return False
    return seen.terms.project_money and (seen.terms.applicants or seen.any("deadline", "terms", "mention", "conditions"))


def _is_told(seen: _Seen, ahead: bool | None) -> bool:
    """Tell whether it says that something is closed for some time, or tells of people or studies, and nobody is told to apply."""
    told = seen.any("who", "public", "can", "rolling", "opens", "announced", "views") or seen.title & {
        "proposal",
        "policy_title",
        "act",
    }
    if "closed_early" in seen.item and not seen.any("announced", "who", "granted", "act", "proposal"):
        return True
    if "tidings" in seen.title and not told:
        return "deadline" not in seen.item or not ahead
    if seen.any("who", "public", "terms", "rolling"):
        return False
    if "downtime" in seen.title or ("downtime" in seen.lead and not seen.title & {"round", "can", "money", "coming", "opens"}):
        return True
    return "evaluation" in seen.title and not ahead and "views" not in seen.item


def _is_open(seen: _Seen, default: Kind, *, ahead: bool | None) -> bool:
    """Tell whether a round is open, and nothing tells of what has been granted or invites to a meeting."""
    if seen.any("after", "invitation", "act", "proposal") or "granted" in seen.lead or seen.title & {"granted", "tidings"}:
        return False
    if ahead:
        return seen.any(*_ROUND) or default is Kind.CALL
    return ahead is None and "rolling" in seen.item and seen.any("money", "conditions", "round")


def _hands_out(seen: _Seen) -> bool:
    """Tell whether it has a sum and a last day beside words of calls, and no other kind is told: calls must not be lost."""
    other = ("granted", "after", "tidings", "registration", "attending", "gathering", "act", "proposal", "partner")
    return {"sum", "limit", "concern"} <= seen.item and not seen.any(*other)


def _is_policy(seen: _Seen, default: Kind, *, offered: bool) -> bool:
    """Tell whether its subject is a legal act, a decision, or opinions on one, and nobody is told to apply."""
    if default is Kind.POLICY and seen.any("act", "proposal") and not seen.any("who", "public"):
        return True
    if seen.title & {"proposal", "policy_title"} and "views" in seen.item and not seen.title & {"round", "can", "deadline"}:
        return True  # whoever may apply under the rules that are proposed
    named = seen.any("who", "public", "can") and seen.any("round", "rolling", "way", "mention")
    if "policy_title" in seen.title and seen.any("act", "proposal") and not (named or seen.any("deadline", "opens")):
        return True  # whoever may apply, and whatever round comes, when the rules are new
    if offered or seen.any("who", "public", "can", "round"):
        return False
    if seen.title & {"act", "proposal"} and "coming" not in seen.item:
        return True
    return bool(seen.any("views", "policy_title")) and not seen.any("granted", "after", "deadline")


def _is_left_out(seen: _Seen, *, named: bool) -> bool:
    """Tell whether it is a job, a course, a tender, or something for a municipality's own associations and residents."""
    if _is_job(seen, named=named) or _is_admission(seen, named=named):
        return True
    return _is_procurement(seen) or _is_own_grant(seen) or _is_service(seen)


def _is_job(seen: _Seen, *, named: bool) -> bool:
    """Tell whether it is a job advert: its title or its beginning says so, or several words of such adverts do.

    `named`: organisations are told to apply by a day. Grants for wages use the words of adverts, too.
    """
    forms = seen.counts.get("job_form", 0)
    if "job_title" in seen.title or "job_statement" in seen.lead or (forms and seen.any("job_statement", "job_named")):
        return True
    if forms >= 2 and not named and (forms > 2 or not seen.any("who", "public", "terms", "round")):
        return True
    if "job_noun" in seen.title and (forms or "job_tone" in seen.item) and not named:
        return True
    return "job_named" in seen.item and not seen.any("who", "public", "can", "money")


def _is_procurement(seen: _Seen) -> bool:
    """Tell whether somebody buys something: several words of tenders do, and nobody is told to apply."""
    return seen.counts.get("tender", 0) >= _SEVERAL and not seen.any("who", "public", "can", "views")


def _is_admission(seen: _Seen, *, named: bool) -> bool:
    """Tell whether it is about getting into a course or a school. `named`: as above; grants for education speak of courses."""
    if "views" in seen.title:
        return False  # "Remiss av promemorian om antagning till utbildningar"
    return "admission_title" in seen.title or (seen.counts.get("admission_form", 0) >= 2 and not named)


def _is_own_grant(seen: _Seen) -> bool:
    """Tell whether a municipality gives the money, to its associations: nothing for who may apply as a municipality."""
    if seen.any("public", "given", "national"):
        return False
    givers = seen.counts.get("grant_giver", 0)
    return "grant_title" in seen.title or givers >= 2 or bool(givers and "grant_applicants" in seen.item)


def _is_service(seen: _Seen) -> bool:
    """Tell whether a municipality offers it to those who live there: a place in a school, a permit, help at home."""
    if seen.any("public", "given"):
        return False
    residents = seen.counts.get("resident", 0)
    return bool(residents and "service_title" in seen.title) or (residents >= 2 and not seen.any("who", "terms", "round"))


def _is_personal(seen: _Seen) -> bool:
    """Tell whether it speaks to a person and names no organisation, project or grant: nothing for a municipality."""
    return "person" in seen.item and not seen.any("concern", "who", "public", "given", "round", "terms", "rolling", "partner")


def _is_partner_search(seen: _Seen, default: Kind, *, dated: bool) -> bool:
    """Tell whether a partner is searched for.

    Calls speak of partners, too: in an item that can be applied for by a day, the title or several words must say so.
    """
    if "partner" in seen.title or ("partner" in seen.item and default is Kind.PARTNER_SEARCH):
        return True
    if seen.seeks_partners and not ("round" in seen.title and seen.any("who", "public")):
        return True
    if (seen.asks_to_reply or {"sought", "seeker"} <= seen.item) and not seen.any("who", "public", "wanted"):
        return True  # who seeks and who is sought
    if "partner" not in seen.item:
        return False
    return not (dated and seen.any("who", "public", *(("can", "terms") if seen.counts["partner"] < _SEVERAL else ())))


def _is_meeting(seen: _Seen) -> bool:
    """Tell whether it invites to a meeting that its title names; grants for meetings exist, too.

    The title need not name it where nobody is told to apply, and a time or fee and a way to register are stated.
    """
    told = seen.any("deadline", "rolling", "opens", "who", "terms", "granted", "after")
    if seen.title & {"views", "policy_title", "proposal"} and not seen.title & {"gathering", "invitation"}:
        return False  # a hearing may be held on what is proposed
    if seen.any("held") and seen.any("attending") and not told and not seen.any(*_OFFER):
        return True
    if "hours" in seen.item and not seen.any("who", "public", "wanted", "can", *_ROUND, "rolling", "granted", "after"):
        return True  # whatever it tells of grants is what the meeting is about
    if seen.any("registration") and seen.any("attending") and not told and (seen.title & {"gathering"} or not seen.any(*_OFFER)):
        return True
    if "meeting_title" in seen.title and not seen.title & {"granted", "after", "deadline"}:
        return True  # its text speaks of the call that the meeting is about
    if not seen.title & {"invitation", "gathering", "celebrated"} or seen.title & {"granted", "after"}:
        return False
    if seen.any("who", "public") and "deadline" in seen.item:
        return False
    return seen.any("invitation", "registration", "held", "attending")


def _weigh(seen: _Seen, default: Kind, *, article: bool, coming: bool) -> str:
    """Return the kind whose cues have most points; a cue that is not weak counts twice in the title.

    News speak of money, too: weak words of a call count half without a strong one beside them.
    """
    points: dict[str, int] = {}
    strong = False
    for name in seen.item:
        fact = facts()[name]
        if fact.kind == Kind.POLICY.value and default is not Kind.POLICY and name not in seen.title:
            continue  # an article that mentions a law is news
        hits = 2 if name in seen.title and fact.weight > _WEAK else 1
        points[fact.kind] = points.get(fact.kind, 0) + fact.weight * hits
        strong = strong or (fact.kind == Kind.CALL.value and fact.weight > _WEAK)
    call = Kind.CALL.value
    if not strong:
        points[call] = points.get(call, 0) // 2
    if default is not Kind.CALL:
        points[default.value] = points.get(default.value, 0) + _DEFAULT_POINTS
    for kind in sorted(_ORDER, key=lambda kind: -points.get(kind, 0)):
        if points.get(kind, 0) >= (_MIN_POINTS.get(kind, 1) if kind != default.value or default is Kind.CALL else 1):
            return kind
    if coming and _hands_out(seen):
        return call
    plain = "tidings" in seen.item or not (coming or "hint" in seen.item)
    return Kind.NEWS.value if article and plain else _UNDECIDED
