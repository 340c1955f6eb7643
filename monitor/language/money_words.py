"""The words and patterns sums are made of: scales, currencies, ranges, and what tells the pot from the money for one project."""

from __future__ import annotations

import re

from monitor.language.number_words import FIGURES, WORD_NUMBER

DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_SCALES: tuple[tuple[str, int, str], ...] = (
    (r"miljarder|miljard|milliarder|milliard|mdkr|mdr|mrd\.?|billions?|bn", 10**9, ""),
    (r"miljoner|miljon|millioner|million|millions|milj\.?|mill\.?|mnkr|mn|mkr|mio\.?", 10**6, ""),
    (r"tusentals|tusen|thousand|tkr|kkr", 10**3, ""),
)
_SCALE = "(?:" + "|".join(words for words, _, _ in _SCALES) + r")(?![a-zåäöæø])"
# Words that hold both a scale and a currency.
BOTH = {"mkr": ("SEK", 10**6), "mnkr": ("SEK", 10**6), "mdkr": ("SEK", 10**9), "tkr": ("SEK", 10**3), "kkr": ("SEK", 10**3)}
JOINED = {
    "msek": ("SEK", 10**6),
    "ksek": ("SEK", 10**3),
    "tsek": ("SEK", 10**3),
    "meur": ("EUR", 10**6),
    "keur": ("EUR", 10**3),
    "teur": ("EUR", 10**3),
    "m€": ("EUR", 10**6),
    "k€": ("EUR", 10**3),
}
_CURRENCIES = {
    "SEK": r"svenska\s+kronor|kronor(?:na)?|krona|sek|kr\.?|:-",
    "EUR": r"euros?|eur|€",
    "NOK": r"norske\s+kroner|nok",
    "DKK": r"dansk[ae]\s+kron(?:or|er)|dkk",
    "USD": r"us\s?dollars?|dollars?|usd|us\$|\$",
    "GBP": r"pund|gbp|£",
    "": r"kroner",
}
_CURRENCY = "(?:" + "|".join(words for words in _CURRENCIES.values()) + r")(?![a-zåäöæø])"
_WORDY_JOINED = "(?:" + "|".join(JOINED) + r")(?![a-zåäöæø])"
NUMBER = rf"(?:{FIGURES})"
_UNIT = (
    rf"(?:(?P<joined{{n}}>{_WORDY_JOINED})|(?P<scale{{n}}>{_SCALE})(?:\s?(?P<curs{{n}}>{_CURRENCY}))?|(?P<cur{{n}}>{_CURRENCY}))"
)
_PRE = r"(?P<pre{n}>€|eur(?![a-z])|euros?\s|sek(?![a-z])|£|\$|(?<=\s)kr(?![a-z])|msek|meur|m€)"
_TO = r"\s*(?:-|till|och|to|and)\s*"
AMOUNT = re.compile(
    # A range: the first figure may leave its unit to the last one.
    rf"(?<![\w.,/:-])(?:(?:{_PRE.format(n=1)}\s?)?(?P<low>{NUMBER})(?:\s?{_UNIT.format(n=1)})?(?P<to>{_TO})(?:{_PRE.format(n=2)}\s?)?(?P<high>{NUMBER})(?:\s?{_UNIT.format(n=2)})?"
    rf"|{_PRE.format(n=3)}\s?(?P<pnum>{NUMBER})(?:\s?(?P<pscale>{_SCALE}|[mk]\b))?"
    rf"|(?P<num>{NUMBER})\s?{_UNIT.format(n=4)}"
    rf"|(?P<word>{WORD_NUMBER})\s+(?P<wscale>{_SCALE})(?:\s(?P<wcur>{_CURRENCY}))?)",
    re.IGNORECASE,
)
RATE = re.compile(
    rf"(?<![\w.,/:-])(?:(?P<low>{NUMBER})\s*(?:%|procent)?\s*(?:-|till|och|to|and)\s*)?(?P<rate>{NUMBER})[\s-]?(?:%|procent(?:igt|ig)?\b|per\s?cent\b|percent\b)",
    re.IGNORECASE,
)

# Without a currency, "10 miljoner" is money only where no noun follows: not people, not tons.
NO_NOUN = re.compile(
    r"\s*(?:$|[.,;:!?)\n·|-]|(?:i|till|för|från|per|om|av|under|ur|och|eller|som|på|inom|att|är|ska|kan|finns|utlyses|avsätts|fördelas|till|årligen|totalt|under|for|to|in|from|per|and|or|is|are|will)\b)",
    re.IGNORECASE,
)
RESTATED = re.compile(
    r"\s*(?:[,(=]|(?:dvs\.?|motsvar\w+))\s*(?:ca\.?|cirka|ungefär|omkring|drygt|nästan|närmare|över|motsvar\w+|about|approx\w*\.?|around|=)?\s*",
    re.IGNORECASE,
)

TOTAL = re.compile(
    r"\butlys(?:er|t|ta|es)\b|total\w*|sammanlagt|tillgänglig\w*\s+medel|\bavsätt\w*|\bavsatt\w*|fördelas?\b|delas?\s+ut|potten?\b|budget(?:en|ram\w*)?\b(?!\s+(?:på|om|kring|över)\b)|available|overall|"
    r"\bram(?:en)?\s+(?:på|är|om)|\ballocat\w*|\bindicative|call\s+budget|medel:|utlysningens|anslår|finns\s+(?:det\s+)?(?:\w+\s+)?(?:[0-9]|cirka|ca|en|att)|omfattar|disponib\w*|ska\s+fördelas|earmarked|eu-medel",
    re.IGNORECASE,
)
PROJECT = re.compile(
    r"per\s+(?:projekt|kommun|ansök\w*|sökande|organisation|förstudie|år\s+och\s+projekt|project|grant|applicant|beneficiary|municipality)|(?:varje|ett|en|each|a)\s+(?:projekt|kommun|förstudie|sökande|ansökan|project|grant)\w*\s+"
    r"(?:kan|får|bör|ska|may|can|will)|(?:kan|får)\s+(?:\w+\s+){0,2}?(?:få|söka|sökas|beviljas|ansöka)|bidraget?\s+(?:är|uppgår|kan\s+vara)|bidrag\s+(?:på|à|om)|stöd(?:et)?\s+(?:är|på|om|uppgår)|\bà\b|"
    r"(?:contribution|support|grant)\s+(?:per|of|is)|projekt(?:en|et)?\s+med\s+en\s+budget|projektbudget|\bprojekt(?:en|et)\s+(?:bör|ska|kan)|lump\s+sum|checkar?\s+på|ledarcheck",
    re.IGNORECASE,
)
PER = re.compile(
    r"^\s*(?:\S+\s+){0,4}?(?:per|/|till\s+varje)\s*(?:projekt|kommun|ansök\w*|sökande|organisation|förstudie|project|grant|applicant|beneficiary|municipality)",
    re.IGNORECASE,
)
ASKED = re.compile(r"(?:ansökningar|ansökte|sökt|ansökt|beviljat\w*|omsätt\w*|omsättning)\b[^.]{0,50}$", re.IGNORECASE)
MOST = re.compile(
    r"(?:upp\s+till|högst|max\w*|as\s+mest|up\s+to|at\s+most|no\s+more\s+than|inte\s+överstiga|som\s+mest|maximum\s+of)[.:\s]*(?:på\s+|är\s+|om\s+)?(?:cirka\s+|ca\.?\s+)?$",
    re.IGNORECASE,
)
LEAST = re.compile(r"(?:minst|lägst|minimum|at\s+least|från|över|more\s+than)[.:\s]*(?:på\s+|of\s+)?$", re.IGNORECASE)
MORE = re.compile(r"\s*(?:eller\s+mer|och\s+uppåt|or\s+more)", re.IGNORECASE)


def read_scale(words: str | None) -> int:
    key = (words or "").casefold().strip()
    if key in ("m", "k"):
        return 10**6 if key == "m" else 10**3
    return next((factor for pattern, factor, _ in _SCALES if key and re.fullmatch(pattern, key)), 1)


def read_currency(words: str | None) -> str | None:
    key = " ".join((words or "").casefold().split())
    if not key:
        return None
    return next((code for code, pattern in _CURRENCIES.items() if re.fullmatch(pattern, key)), None)
