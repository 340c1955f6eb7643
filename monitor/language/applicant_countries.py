"""Countries that a call is for: a list of others alone, or an applicant of another country beside whom ours may join.

"Programme area: Austria, Hungary", "Applicants must be established in Zambia", "entities from other Member States cannot apply";
"the lead applicant must be a Danish municipality, partners from Sweden are welcome".
"""

from __future__ import annotations

import re

from monitor.language.countries import adjective_pattern, name_pattern
from monitor.language.datafile import Patterns

_STATE = (
    r"(?:the\s+)?(?:(?:Republic|Kingdom|Federation|Commonwealth|State)\s+of\s+|"
    r"(?:northern|southern|eastern|western|norra|södra|östra|västra)\s+|(?:parts|regions)\s+of\s+|delar\s+av\s+|dele\s+af\s+|deler\s+av\s+)?"
)
_PARTY = (
    r"(?:applicants?|applications|entities|organi[sz]ations|consortia|consortium|partners?|legal\s+entities|legal\s+persons|proposals|"
    r"(?:local|public)\s+authorities|municipalities|cities|towns|beneficiaries|sökande|aktörer|organisationer|parter|kommuner|"
    r"ansøgere?|aktører|søkere?n?|organisasjoner)"
)
_SEATED = (
    r"(?:established|based|located|registered|situated|resident|come|from|designated|nominated|etablerade?|belägna?|registrerade?|"
    r"hemmahörande|finnas|komma|ha\s+(?:sitt\s+)?säte|verksamma?|etabler(?:et|t|te|ede)|hjemmehørende|være|vara)"
)
_PATTERNS = Patterns(
    grammar={
        "country": name_pattern,
        "labelled": lambda: (
            r"(?:\b(?:eligible|participating|partner|target)\s+countries|\b(?:the\s+)?programme\s+area|\bprogramområdet?|\bprogrammeområdet?|"
            r"\b(?:deltagande|berättigade|stödberättigade|støtteberettigede)\s+(?:länder|lande|land)|\bdeltagarländer|\bdeltakerland)"
            r"(?:\s*:|\s+(?:is|are|covers|comprises|includes|consists\s+of|omfattar|omfatter|består\s+(?:av|af)|utgörs\s+av|är|er))\s*"
            rf"{_STATE}{name_pattern()}(?:(?:\s*,\s*|\s+)(?:(?:and|or|och|eller|og|samt)\s+)?{_STATE}{name_pattern()})*\s*(?=[.;\n]|$)"
        ),
        "seated": lambda: (
            rf"\b{_PARTY}\b\s+(?:(?:must|have\s+to|has\s+to|shall|should|need\s+to|ska|skall|måste|skal|må)\s+(?:(?:be|all|alla|alle|vara|være)\s+)*"
            rf"{_SEATED}|(?:established|based|located|registered)\s+(?=[^.;\n]{{0,60}}\b(?:can|may|are\s+eligible)\b))\s*(?:in|i|from|fra|från|by|av|af)?\s+"
            rf"{_STATE}{name_pattern()}"
        ),
        "led_abroad": lambda: (
            r"\b(?:(?:lead\s+|main\s+)?applicant|coordinator|lead\s+partner|(?:huvud)?sökande|(?:hoved)?ansøger(?:en)?|(?:hoved)?søker(?:en)?|prosjekteier|"
            r"projektejer|projektägare)\s+(?:must|shall|has\s+to|ska|måste|skal|må)\s+(?:be|vara|være)\s+(?:an?|en|ett|et)\s+"
            rf"{adjective_pattern()}\s+(?:[\w-]+\s+){{0,2}}?(?:local\s+authorit|municipalit|city|town|public\s|organi|kommun|offentlig|virksomhet|myndig|by\b)"
        ),
    },
)
_OTHERS_REFUSED = re.compile(
    rf"\b(?:{_PARTY}|those)\s+(?:from|in|of|established\s+in|från|i|fra)\s+(?:all\s+|any\s+)?(?:other|andra|övriga|andre|øvrige)\s+"
    r"(?:EU-?\s?)?(?:member\s+states|countries|länder|medlemsländer|medlemsstater|lande|land|medlemslande)\s+"
    r"(?:cannot|can\s?not|may\s+not|are\s+not|kan\s+(?:inte|ikke)|får\s+inte|är\s+inte|er\s+ikke|må\s+ikke)\b",
    re.IGNORECASE,
)
_OURS = re.compile(
    r"swed|sverige|svensk|\bnord(?:en|ic|isk)|scandinavi|skandinavi|\b(?:all|alla|alle|any)\s+(?:EU\s+|EU-)?(?:member\s+states|medlems\w+|countries|länder|lande|land)\b",
    re.IGNORECASE,
)
_IN_UNION = re.compile(r"\b(?:EU|EEA|EES|EØS|Europe\w*|Union\w*|Member\s+States?|associated|medlems\w+)\b", re.IGNORECASE)
_JOINED = re.compile(
    r"\b(?:partnere?|partners?)\s+(?:from|in|från|i|fra)\s+[^.;\n]{0,60}?\b(?:sweden|sverige|norden|nordic\s+countr\w+|nordiske?a?\s+l[aä]nd\w*)\b[^.;\n]{0,60}?"
    r"(?:\b(?:can|may|kan|får)\s+(?!not\b|inte\b|ikke\b)|\bwelcome\b|\bvälkomna\b|\bvelkomne?\b|\bin[vb]ite[rd]\w*|\bmust\b|\bska\b|\bskal\b)",
    re.IGNORECASE,
)
_BEFORE = 400
"""Characters before "others cannot apply" in which the countries are named."""
_STOP = re.compile(r"[.;\n]")


def _sentence(text: str, found: re.Match[str]) -> tuple[int, int]:
    stop = _STOP.search(text, found.end())
    return max(text.rfind(sign, 0, found.start()) for sign in ".;\n") + 1, stop.start() if stop else len(text)


def for_others_alone(text: str) -> tuple[int, int] | None:
    """Return where a text says that a call is for named countries and ours is none of them; None where it does not."""
    if _OURS.search(text):
        return None
    if (found := _PATTERNS["labelled"].search(text)) is not None:
        return found.span()
    for found in _OTHERS_REFUSED.finditer(text):
        if _PATTERNS["country"].search(text, max(0, found.start() - _BEFORE), found.start()):
            return _sentence(text, found)
    for found in _PATTERNS["seated"].finditer(text):
        begin, stop = _sentence(text, found)
        if not _IN_UNION.search(text, begin, stop):
            return begin, stop
    return None


def joins_another(text: str) -> tuple[int, int] | None:
    """Return where a text lets partners of ours join an applicant who must be of another country; None where it does not."""
    if _PATTERNS["led_abroad"].search(text) is None:
        return None
    found = _JOINED.search(text)
    return None if found is None else _sentence(text, found)
