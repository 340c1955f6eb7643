"""Cues of dates: words around a date that tell its purpose, as deadline, opening, decision, publication or something else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from monitor.language.datafile import Patterns
from monitor.language.date_words import CALENDAR


class Cue(StrEnum):
    """Meaning of words for the date they belong to."""

    MOVED = "moved"  # "förlängd till": the day behind it takes the place of an earlier one
    RENEWED = "renewed"  # "ny sista dag": closes like CLOSE, and takes the place of an earlier day
    ANSWER = "answer"  # names the last day to answer a consultation: decides alone
    VIEWS = "views"  # answers and views: with "senast" or a closing word, the last day for them
    APPLY = "apply"  # names the application itself: decides alone
    CLOSE = "close"  # something closes: decides unless reports, meetings and the like are named
    UNTIL = "until"  # "senast", "till": decides only where one applies
    OPENS = "opens"
    DECISION = "decision"
    PUBLISHED = "published"
    ELSE = "else"  # reports, questions, meetings, registrations
    WORK = "work"  # projects start, run and end


CONSULTS = frozenset({Cue.ANSWER, Cue.VIEWS})
CLOSES = frozenset({Cue.CLOSE, Cue.RENEWED})
OTHERWISE = CONSULTS | {Cue.ELSE}

_CUE_TABLES = {
    "moved": Cue.MOVED,
    "renewed": Cue.RENEWED,
    "answer": Cue.ANSWER,
    "views": Cue.VIEWS,
    "published": Cue.PUBLISHED,
    "apply": Cue.APPLY,
    "work_period": Cue.WORK,
    "else": Cue.ELSE,
    "close": Cue.CLOSE,
    "opens": Cue.OPENS,
    "decision": Cue.DECISION,
    "work": Cue.WORK,
    "until": Cue.UNTIL,
}
"""Cues by their tables in `date_cues.toml`. The order matters: of several cues at one place the first counts."""

# An optional weekday and article between a word and its day.
_DAY_LEAD = r"(?:{weekday},?\s+)?(?:(?:den|the|d\.)\s+)?$"
PATTERNS = Patterns(
    "date_cues.toml",
    {
        "any_cue": "|".join(f"(?P<{table}>{{{table}}})" for table in _CUE_TABLES),
        "not_work": r"(?!{not_work_words})",
        "is_other_round": r"\b{other_round}\b",
        "is_usual": r"\b{usually}\b",
        "is_would_have": r"\b{would_have}\b",
        "new_date": r"\b(?:till?|to|until)\s+(?:o(?:ch|g)\s+med\s+)?(?:{weekday},?\s+)?(?:(?:den|the)\s+)?$",
        "old_date": (
            r"(?:\b(?:förläng|ändra|flytta|forlæng|forleng|flytte|rykke|ændre|endre|extend|moved|changed|"
            r"postpone)\w*\s+(?:från|fra|from)|"
            r"\bi\s?stället\s+för|\bi\s?sted(?:et|en)\s?for|\binstead\s+of|\brather\s+than|"
            r"\b(?:inte|ikke|ej)\s(?:hinner|hann|rekker|rakk|når|nåede|klarer|klarar)\b[^.;:0-9]{0,40}\s(?:innen|innan|inden|före|før|"
            r"senast|senest)|\b(?:unable|cannot|missed|miss)\b[^.;:0-9]{0,40}\s(?:by|before)|"
            r"\b(?:tidigare|tidligere|previous(?:ly)?|former(?:ly)?|original(?:ly)?|ursprunglig\w*|opprinnelig\w*|"
            r"oprindelig\w*|earlier|förut|før|was))"
            r"(?:\s+(?:(?:sista\s+(?:ansöknings)?(?:dag|datum)\w*|deadline|datum|dato|date|frist\w*|"
            r"ansøgningsfrist\w*|søknads?frist\w*|"
            r"slutdatum)(?:\s+(?:var|was))?|as|som|satt|set\s+for|scheduled\s+for))?"
            r"(?:\s+(?:egentligen|först|från\s+början|originally|initially|at\s+first|oprindeligt?|opprinnelig|først))?[\s:]{1,2}"
            + _DAY_LEAD
        ),
        "void_before": (
            r"\b(?:tidigare|ursprunglig\w*|tidligere|opprinnelig\w*|oprindelig\w*|previously|originally|previous|"
            r"original|former)\s+"
            r"(?:oppgitt\w*|opgivet|angive[nt]|annonserad\w*|utlyst\w*|meddelad\w*|stated|announced|published|satte?)\s+"
            r"(?:deadline|sista\s+\w+|datum|date|\w*frist(?:en)?)(?:\s+(?:var|was|is|är|er))?[\s:]{1,2}"
            + _DAY_LEAD
            + r"|\b(?:first|earlier|previously|originally|tidigare|först|tidligere|først)\s+(?:announced|given|stated|set|"
            r"published|angett?s?|angivits|angiven|angivet|satt|oppgitt|opgivet|annonserad|meddelad)\s+"
            r"(?:as|to|som|till?|for|at)\s+" + _DAY_LEAD
        ),
        "void_after": (
            r"[\s,)]{0,3}(?:som\s+|which\s+)?(?:gäller\s+inte\s+läng|gäller\s+ej\s+läng|gjelder\s+ikke\s+leng|"
            r"gælder\s+ikke\s+læng|"
            r"(?:is\s+)?no\s+longer\s+(?:applies|valid))"
        ),
        # Words before the first day of a round: "åben for ansøgninger fra den".
        "open_from": (
            r"\b(?:öppe[nt]|öppnas?|åbent?|åbner|åpent?|åpner|open)\s(?:for|för|til)\s(?:\w+\s){1,2}?"
            r"(?:från(?:\soch\smed)?|fra(?:\sog\smed)?|from)\s(?:{weekday},?\s)?(?:(?:den|the|d\.)\s)?$"
        ),
        "is_handled": r"{handled}\s+" + _DAY_LEAD,
        "only_before": r"\b(?:före|innan|before|før)\s+" + _DAY_LEAD,
        "from": r"\b(?:från|fra|from)\s+" + _DAY_LEAD,
        "is_move": r"\b{moves}",
        "adjacent": (
            r"[\s:,)-]{0,4}(?:(?:är|er|blir|bliver|var|is|was)\s+)?(?:(?:the\s+)?(?:utlysning(?:en)?|ansökan|omgången|call|"
            r"submission|portal(?:en)?|puljen|ordningen|runden|(?:ansöknings|ansøgnings|søknads)(?:perioden|tiden|omgången|runden))\s+)?"
        ),
        # "... is 3 March and for villages 10 March", "... 2 March, and there is another on 7 September".
        "next_case": (
            r"[\s,;]{0,2}(?:och|and|og|samt)\s(?:för|for)\s[^.;:,0-9]{2,40}\s(?:(?:den|on|by|senast|senest|är|er|is)\s){0,3}|"
            r"[\s,;]{0,2}(?:och|and|og)\s(?:det\skommer\s|der\ser\s|der\skommer\s|det\ser\s|there\sis\s)?"
            r"(?:en\smere|en\still|en\stil|ytterligare\sen|one\smore|another(?:\sone)?|en\sny)\s(?:(?:den|on)\s)?"
        ),
        "list_link": (
            r"(?:\s?\([^()\n]{1,40}\)|\s(?:för|for)\s(?:{season_of}\s\w{3,20}|the\s(?:spring|autumn|summer|winter)\s(?:round|call|period)))?"
            r"[\s,;/&•)-]*(?:(?:{weekday}|och|og|samt|eller|respektive|resp\.?|and|or|den|the|senast|senest|sedan|"
            r"därefter|derefter|deretter|"
            r"(?:den|the)\s(?:andra|anden|andre|second|third|tredje|other|autumn\sone|spring\sone)(?:\son)?|"
            r"(?:andra|anden|andre|tredje|second|third)\s(?:är|er|is)|"
            r"närmare\sbestämt|nærmere\sbestemt|det\svill\ssäga|det\svil\ssi(?:ge)?|dvs\.?|that\sis|i\.e\.|namely|{ordinal_round}|"
            r"then|kl\.?|(?:(?:för|for)\s)?{season_of}(?:\s\w{0,14}(?:omgång|period|runde?)\w{0,3})?(?:\s(?:er|är))?)\b[\s,]*)*"
        ),
        "season_of": "(?:vårens|vinterns|sommarens|höstens|høstens|forårets|efterårets|vinterens|sommerens)",
        "ordinal_round": (
            r"(?:(?:den|the)\s)?(?:första|andra|tredje|fjärde|sista|nästa|første|anden|andet|andre|fjerde|sidste|siste|næste|neste|"
            r"first|second|third|fourth|last|next)\s(?:\w*runde\w*|\w*omgång\w*|\w*frist\w*|\w*period\w*|round|deadline|cut-?off|"
            r"window|gång\w*|gang\w*)(?:\s(?:är|er|is|har\sfrist|stänger|stenger|lukker|closes))?"
        ),
        "signs_up": r"anmäl|intresseanmäl|tilmeld|påmeld|regist",
        "ends": r"\b(?:avslutas|avsluttes|afsluttes|slutter|slutar)$",
        "is_last": (
            r"senast|senest|seinast|(?:no|not)\slater\sthan|by|before|innan|före|før|innen|inden|t\.?\s?o\.?\s?m\.?|"
            r"till?\so(?:ch|g)\smed|fr[ae]m\still?|until|at\sthe\s(?:very\s)?latest"
        ),
        "is_two_stages": r"\b{two_stages}\b",
    },
    others=(CALENDAR,),
)


@dataclass(frozen=True, slots=True)
class CueHit:
    """Cue with its offsets in a text."""

    cue: Cue
    start: int
    end: int


def find_cues(text: str, start: int, end: int) -> list[CueHit]:
    """Return the cues between two offsets of a text, in order."""
    hits = PATTERNS["any_cue"].finditer(text, start, end)
    return [CueHit(_CUE_TABLES[hit.lastgroup or ""], hit.start(), hit.end()) for hit in hits]


def is_past(words: str) -> bool:
    """Tell whether the words around a day speak of it as passed."""
    return bool(PATTERNS["past"].search(words))


def says_applying(text: str, start: int = 0, end: int | None = None) -> bool:
    """Tell whether a stretch of text is about applying."""
    return PATTERNS["applies"].search(text, start, len(text) if end is None else end) is not None


@dataclass(frozen=True, slots=True)
class Sentence:
    """Facts of a sentence that hold for all its dates."""

    applies: bool
    """It is about applying."""
    other_round: bool
    """It is about an earlier round."""
    usual: bool
    """It is about most years."""
    counted: bool
    """Its days are counted from another date: "tre veckor efter beslut"."""


def read_sentence(text: str, start: int, end: int) -> Sentence:
    """Return the facts of the sentence between two offsets; read once for all its dates."""

    def has(name: str) -> bool:
        return PATTERNS[name].search(text, start, end) is not None

    return Sentence(
        applies=has("applies") or has("extends"),
        other_round=has("is_other_round"),
        usual=has("is_usual"),
        counted=has("relative"),
    )


def is_cancelled(before: str, after: str, *, more: bool) -> bool:
    """Tell whether the day between these words is called off; with `more`, another date follows in the sentence, the new one."""
    if PATTERNS["new_date"].search(before) and PATTERNS["cancelled"].search(before):
        return False
    return bool(
        PATTERNS["is_would_have"].search(before)
        or PATTERNS["cancelled"].search(after)
        or (more and re.search(r"\bfrån\b", before) and PATTERNS["cancelled"].search(before))
    )


def is_replaced(before: str) -> bool:
    """Tell whether the words before a day say that another one replaces it: "i stället för den", "tidigare"."""
    return bool(PATTERNS["old_date"].search(before))


def is_void(before: str, after: str) -> bool:
    """Tell whether a day no longer holds, even without the new one: "tidigare angiven frist var", "gäller inte längre"."""
    return bool(PATTERNS["void_before"].search(before) or PATTERNS["void_after"].match(after))


def is_correction(before: str) -> bool:
    """Tell whether a day corrects the one before it: "12 March … correction: 19 March"."""
    return bool(PATTERNS["correction"].search(before))


def is_open_from(before: str) -> bool:
    """Tell whether a round is open from the day that follows these words: "åben for ansøgninger fra den 1. december"."""
    return bool(PATTERNS["open_from"].search(before))


def is_optional(after: str) -> bool:
    """Tell whether nobody has to keep the day before these words: "but it is not compulsory"."""
    return PATTERNS["optional"].match(after) is not None


def is_named_last(after: str) -> bool:
    """Tell whether the words behind a day name it the last one: "som sista ansökningsdag"."""
    return PATTERNS["named_behind"].match(after) is not None


def is_numbered(after: str) -> bool:
    """Tell whether a day is that of a law or regulation, by the number behind it."""
    return PATTERNS["numbered"].match(after) is not None


def is_handled(before: str, after: str) -> bool:
    """Tell whether a day is one of dealing with applications: "søknader blir behandlet innen", "før ... behandles i marts"."""
    return bool(
        PATTERNS["is_handled"].search(before)
        or (PATTERNS["only_before"].search(before) and PATTERNS["handled_behind"].match(after))
    )


def is_ending(words: str) -> bool:
    """Tell whether words say that something ends, a project as well as a round: "avslutas"."""
    return PATTERNS["ends"].search(words) is not None


def is_last_day(words: str) -> bool:
    """Tell whether a word of a bound names a last day: "senast", "by", not "till"."""
    return PATTERNS["is_last"].fullmatch(words.strip()) is not None


def is_signing_up(words: str) -> bool:
    """Tell whether a cue is a word of signing up: for a meeting, or for a call whose applications are called so."""
    return PATTERNS["signs_up"].match(words) is not None


def is_source(between: str) -> bool:
    """Tell whether only "from" is between the day that something was moved to and this one."""
    return bool(PATTERNS["from"].fullmatch(between.lstrip()))


def is_moved_from(before: str) -> bool:
    """Tell whether the period behind these words is a move from its first day to its last: "flyttad från 1 till 15 mars"."""
    return bool(PATTERNS["from"].search(before) and PATTERNS["is_move"].search(before))


def is_extension(words: str) -> bool:
    """Tell whether the words of a cue speak of an extension, which only a closing day can have; an opening is moved."""
    return PATTERNS["extends"].search(words) is not None


def is_list_link(words: str) -> bool:
    """Tell whether only commas and words such as "och" are between two dates."""
    return PATTERNS["list_link"].fullmatch(words) is not None or PATTERNS["next_case"].fullmatch(words) is not None


def follows_directly(text: str, end: int, cue: CueHit) -> bool:
    """Tell whether a cue follows directly the date that ends at `end`: "15 mars öppnar ansökan"."""
    gap = PATTERNS["adjacent"].match(text, end)
    return gap is not None and cue.start <= gap.end()
