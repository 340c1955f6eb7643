"""The words around a date that tell what it is for: deadline, opening, decision, publication, or something else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Cue(StrEnum):
    """What a word says about the date it belongs to."""

    APPLY = "apply"  # names the application itself: decides alone
    CLOSE = "close"  # something closes: decides unless reports, meetings and the like stand by
    UNTIL = "until"  # "senast", "till": decides only where one applies
    OPENS = "opens"
    DECISION = "decision"
    PUBLISHED = "published"
    ELSE = "else"  # reports, questions, meetings, registrations
    WORK = "work"  # projects start, run and end


# The order matters: the first that matches at a place wins.
_NOT_WORK = (
    r"(?!avslut|slutför|genomför|klar|färdig|start|pågå|redovis|rapport|påbörj|komplett|fråg|anmäl|öppn|projekt(?:et|en)?\b)"
)
_CUES: tuple[tuple[Cue, str], ...] = (
    (
        Cue.PUBLISHED,
        r"(?:senast\s+)?(?:uppdatera[dt]\w*|granska[dt]\w*|ändra[dt]\b|redigera[dt])|publicera\w*|publiceringsdatum|utgivningsdatum|nyhetsdatum|"
        r"sidan\s+(?:uppdaterades|granskades)|(?:last\s+)?(?:updated|modified)|published|posted|publication\s+date|publisert",
    ),
    (
        Cue.APPLY,
        r"sista\s+(?:\w+\s+)?(?:ansöknings|inlämnings|inskicknings)\w*|"
        rf"sista\s+(?:dag|datum|chans|tid|möjlighet)\w*\s+(?:för\s+(?:att\s+)?|att\s+)(?:{_NOT_WORK}\w+\s+){{0,3}}?(?:ans[öo]k\w*|söka|inlämn\w*|bidragsans\w*)|"
        r"ansöknings(?:dag|datum|frist|deadline|stopp|tid|period|fönst)\w*|utlysnings(?:tid|period)\w*|inlämnings(?:dag|datum|tid|frist)\w*|"
        r"(?:utlysning\w*|omgång(?:en|ar|arna)?|ansök(?:an|ningarna|ningstiden)|ansökningsomgång\w*)\s+(?:är\s+öppen|pågår|löper|håller\s+öppet)|"
        rf"\b(?:ans[öo]k\w*|sök|söka|söks|rekvirera\w*|nominera\w*)\b(?:\s+{_NOT_WORK}[^\s:]+){{0,9}}?\s+(?:senast|före|innan|fram\s+till|till\s+och\s+med)|"
        r"(?:application|submission)\s+(?:deadline|period)|deadline\s+for\s+(?:applications?|submi\w+|proposals?|applying)|"
        r"(?:apply|submit\w*|applications?|proposals?)\b(?:\s+(?!report|question|start|open)[\w-]+){0,8}?\s+(?:by|before|until|no\s+later\s+than)|"
        r"call\s+(?:closes|deadline)|closing\s+date|søknads?frist\w*|ansøgningsfrist\w*|frist\s+for\s+(?:å\s+søke|ansøgning|søknad)",
    ),
    (Cue.WORK, r"plane\w+\s+slutdatum|projekt(?:start|slut|period|tid|avslut)\w*|projektets\s+(?:start|slut)\w*"),
    (
        Cue.ELSE,
        r"\bfråg(?:or|a|orna|estund)\b|klargör\w*|komplett\w*|redovis\w*|\b\w{0,30}rapport(?:en|er|era|eras|ering|eringen)?\b|uppfölj\w*|utkast\w*|"
        r"webb?inari\w*|webinars?|seminari\w*|konferens\w*|conference|workshops?|\b\w{0,30}träff(?:en|ar)?\b|\b\w{0,30}möte[tn]?s?\b|info\s?da(?:y|g)\w*|"
        r"\banmäl(?:an|d|a|er|ning\w*)?\b|intresseanmäl\w*|registrera\w*|registration|register|studiestart|kursstart|terminsstart|antagning\w*|"
        r"svarsdag\w*|questions?|clarifications?|reporting|reports?|samråd\w*|remiss\w*|hearing|utbetal\w*|sidoevent\w*|datum|tid\s+och\s+plats|"
        r"födelse\w*|grunda\w*|webbsänd\w*|sänds|kurs(?:en|er)?\b|utbildningsda\w*|arbetsansök\w*|intervju\w*",
    ),
    (
        Cue.CLOSE,
        r"stäng(?:er|s|d|t|da|a|as|de|des|t|ning\w*)\b|slutdatum|stoppdatum|deadlines?\b|deadlinen\b|sista\s+(?:dag|datum|chans|tid)\w*|tidsfrist\w*|\bfristen?\b|"
        r"öppe[nt]\w*\s+(?:fram\s+)?till(?:\s+och\s+med)?|öppe[nt]\s+t\.?o\.?m|pågår\s+(?:fram\s+)?(?:till|t\.?o\.?m)(?:\s+och\s+med)?|"
        r"förläng\w*(?:\s+(?:\w+\s+)?(?:fram\s+)?till)?|(?:extended|postponed)\s+(?:to|until)|"
        r"(?:kom|kommit|komma|inkommit|inkomna|inkomma)\s+(?:in\s+)?(?:\S+\s+){0,5}?(?:senast|före|innan)|tillhanda\w*|(?:skicka|lämna)s?\s+in\b|"
        r"clos(?:es|ing|ed)\b|close\s+(?:on|at)\b|cut-?off\w*|\bdue\b|gick\s+ut|går\s+ut|utgår|löper\s+ut|open\s+until|\bslutar",
    ),
    (
        Cue.OPENS,
        r"öppn(?:ar|ade|ades|as|a|at|ing\w*)\b|öppningsdatum|startdatum|startar?\s+preliminärt|(?:ansökan|utlysningen|ansökningstiden)\s+startar?|"
        r"\bopens?\b|opened|opening(?:\s+date)?|launch\w*|lanseras?|från\s+och\s+med|fr\.?\s?o\.?\s?m\.?|kan\s+sökas\s+från|åpner|åbner|forthcoming",
    ),
    (
        Cue.DECISION,
        r"beslut\w*|\bbesked\w*|prioriteras?\b|decisions?|results?|vedtak|tilldel\w*|notification\s+of|award\s+of|godkände\w*",
    ),
    (
        Cue.WORK,
        r"\b(?:projekt|insats|aktivitet|åtgärd|arbete|resa|mobilitet|verksamhet)(?:et|en|er|erna|s|na)?\b[^.;:]{0,50}?\b(?:start|börj|påbörj|pågå|avslut|slutför|genomför)\w*|"
        r"\bklar(?:a|t)?\b|färdig\w*|genomför\w*|avslut\w*|slutför\w*|påbörj\w*|tidigast|hålls|äger\s+rum|arrangera\w*|ordna[rs]?\b|firas?\b|invig\w*|"
        r"träder\s+i\s+kraft|gäller|giltig\w*|implement\w*|completed|takes?\s+place|held|born|programperiod\w*|startar\b|börjar\b|projects?\s+(?:start|end)\w*",
    ),
    (
        Cue.UNTIL,
        r"\bsenast\b|till\s+och\s+med|\bt\.?\s?o\.?\s?m\b\.?|fram\s+till|\binnan\b|\bföre\b|\btill\b|\buntil\b|\bby\b|\bbefore\b|no\s+later\s+than|pågår",
    ),
)
_CUE = re.compile("|".join(f"(?P<{cue.value}{i}>{pattern})" for i, (cue, pattern) in enumerate(_CUES)), re.IGNORECASE)

APPLIES = re.compile(
    r"ans[öo]k|\b(?:söka|söks|söker|sökas|sökbar\w*|sökande)\b|utlys|omgång|inlämn|rekvi(?:r|sit)|nominer|\bappl(?:y|ica)|submi|proposal|\bcalls?\b|søk|ansøg|\bskicka\s+in",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"stäng(?:d|t|da|de|des)\b|öppna(?:de|des|t)\b|gick\s+ut|har\s+gått\s+ut|\bvar\b|\bwas\b|closed|opened|ended|launched|startade|har\s+stängt",
    re.IGNORECASE,
)
_OTHER_ROUND = re.compile(
    r"\b(?:tidigare\s+i\s+år|förra\s+(?:året|omgång\w*|utlysning\w*)|föregående|previous\s+(?:call|round)|last\s+year)\b",
    re.IGNORECASE,
)
_CANCELLED = re.compile(
    r"skjut(?:s|a|as|er|it|its)?\s+(?:fram|upp)|sköts?\s+upp|senarelägg\w*|ställs?\s+in\b|inställ[dt]\w*|pausas?\b|flyttas?\s+fram|postponed|cancelled|canceled",
    re.IGNORECASE,
)
_WOULD_HAVE = re.compile(r"\b(?:skulle\s+ha|was\s+(?:due|supposed)\s+to)\b", re.IGNORECASE)
_NEW_DATE = re.compile(r"\b(?:till|to|until)\s+(?:och\s+med\s+)?(?:den\s+)?$", re.IGNORECASE)
_ADJACENT = re.compile(r"[\s:,)-]{0,4}(?:(?:är|blir|var|is|was)\s+)?", re.IGNORECASE)
_LIST_LINK = re.compile(
    r"[\s,;/&•)-]*(?:(?:och|samt|eller|respektive|resp\.?|and|or|den|the|senast|sedan|kl\.?)\b[\s,]*)*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue and where it stands."""

    cue: Cue
    start: int
    end: int


def find_cues(text: str, start: int, end: int) -> list[Hit]:
    return [
        Hit(Cue((hit.lastgroup or "").rstrip("0123456789")), hit.start(), hit.end()) for hit in _CUE.finditer(text, start, end)
    ]


def is_past(words: str) -> bool:
    return bool(_PAST.search(words))


def is_other_round(words: str) -> bool:
    return bool(_OTHER_ROUND.search(words))


def is_cancelled(before: str, after: str, *, more: bool) -> bool:
    """Whether the day between these words is called off. `more`: another date follows in the same sentence, the new one."""
    if _NEW_DATE.search(before) and _CANCELLED.search(before):
        return False
    return bool(
        _WOULD_HAVE.search(before)
        or _CANCELLED.search(after)
        or (more and re.search(r"\bfrån\b", before) and _CANCELLED.search(before))
    )


def is_list_link(words: str) -> bool:
    """Whether nothing but commas and "och" stands between two dates."""
    return _LIST_LINK.fullmatch(words) is not None


def stands_next(text: str, end: int, cue: Hit) -> bool:
    """Whether the cue follows the date directly: "15 mars öppnar ansökan"."""
    gap = _ADJACENT.match(text, end)
    return gap is not None and cue.start <= gap.end()
