"""The words and patterns sums are made of: scales, currencies, links of spans, and what tells the pot from the money for one project.

Four languages: Swedish, English, Danish, Norwegian. Codes of currencies: ISO 4217.
"""

from __future__ import annotations

import re

from monitor.language.number_words import BLANK, FIGURES, WORD_NUMBER

DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_END = r"(?![a-zåäöæøéł0-9])"
_GAP = rf"{BLANK}{{0,2}}"

# A bare krona: which country's it is, the language of the text tells.
KRONA = "KR"
KRONER = "KRONER"
# Words that hold both a scale and a krona.
_SCALED_KRONA = {"mkr": 10**6, "mnkr": 10**6, "mdkr": 10**9, "tkr": 10**3, "t.kr": 10**3, "kkr": 10**3}
_CURRENCIES = {
    "SEK": r"svensk[ae]\s+kron(?:or|er)|swedish\s+(?:kron(?:or|as?)|crowns)|sek",
    "NOK": r"norsk[ae]\s+kron(?:or|er)|norwegian\s+(?:kron(?:er|or|es?|as?)|crowns)|nok",
    "DKK": r"dansk[ae]\s+kron(?:or|er)|danish\s+(?:kron(?:er|or|es?|as?)|crowns)|dkk",
    "EUR": r"euros?|eur|€",
    "USD": r"(?:amerikansk[ae]|us)\s?dollars?|american\s+dollars?|dollars?|usd|us\s?\$|\$",
    "GBP": r"(?:brittiska|britiske|engelska|engelske)\s+pund|pund(?:\s+sterling)?|(?:british\s+)?pounds?(?:\s+sterling)?|gbp|£",
    "CHF": r"schweizerfrancs?|(?:schweiziska|schweiziske|sveitsiske|swiss)\s+francs?|chf",
    "PLN": r"polska\s+zloty|polish\s+(?:zloty|zlotys|zloties)|zloty(?:s|er)?|zloties|zł(?:otych|oty)?|pln",
    KRONER: r"kroner(?:ne|s)?",
    KRONA: r"kron(?:or|orna|a)|kr\.|kr",
}
_CURRENCY = "(?:(?:" + "|".join(_CURRENCIES.values()) + rf")(?:(?<=[€£$.])|{_END}))"
_DOTTED = (
    rf"(?:\.(?={_GAP}{_CURRENCY})|{_END})"  # the dot is the word's own where the currency follows, else it may end the sentence
)
_SCALES: tuple[tuple[str, int], ...] = (
    (rf"(?:miljarder|miljard|milliarder|milliards?|billions?|bn){_END}|(?:mdr|mrd|mia|mld){_DOTTED}", 10**9),
    (rf"(?:miljoner|miljon|millioner|millions?|mn){_END}|(?:milj|mill|mio|mln){_DOTTED}", 10**6),
    (rf"(?:tusentals|tusen|tusind|thousands?){_END}", 10**3),
)
_SCALE = "(?:" + "|".join(words for words, _ in _SCALES) + ")"
_ENGLISH_SCALES = frozenset({"million", "millions", "billion", "billions", "thousand", "thousands", "m", "bn", "k"})

# What stands before a figure: codes, signs and "kr". Longer words belong to the figure before them.
_CODES = "sek|nok|dkk|eur|usd|gbp|chf|pln"
_BEFORE = rf"(?:{_CODES}|euros?|us{BLANK}?\$|€|£|\$|zł|kr\.|kr)"
# Currencies that are known to be others: a figure beside one of them is no sum here.
_OTHER = "(?:AUD|CAD|NZD|SGD|HKD|CZK|HUF|RON|BGN|ISK|TRY|UAH|RUB|JPY|CNY|INR|ZAR|BRL|MXN|KRW|RSD|BAM|MKD|MDL|GEL|ILS|AED|THB|IDR|EEK|LVL|LTL|HRK)"

NUMBER = re.compile(
    rf"{FIGURES}|(?<!\w)(?P<word>{WORD_NUMBER})(?={BLANK}(?:(?:till|til|to|och|og|and){BLANK}(?:{WORD_NUMBER}|{FIGURES}){BLANK})?(?:{_SCALE}|procent\b|prosent\b|per\s?cent\b))",
    re.IGNORECASE,
)
UNIT = re.compile(
    rf"(?P<stroke>[,:]-(?![0-9]))(?:{_GAP}(?P<stroke_currency>{_CURRENCY}))?"
    rf"|{_GAP}(?:(?P<krona>(?:mkr|mnkr|mdkr|tkr|kkr){_END}|t\.kr\.?)"
    rf"|(?P<scale>{_SCALE})(?:{_GAP}(?:of{BLANK})?(?P<scale_currency>{_CURRENCY}))?"
    rf"|(?P<letter>(?:[mk]|bn){BLANK}?|t)(?P<letter_currency>(?:{_CODES}|kr){_END}|euros?{_END}|[€£$])"
    rf"|(?P<currency>{_CURRENCY}))",
    re.IGNORECASE,
)
LETTER_SCALE = re.compile(rf"(?:[mk]|bn){_END}", re.IGNORECASE)
PREFIX = re.compile(
    rf"(?<![\w$])(?:(?P<krona>mkr|mnkr|mdkr|tkr|kkr|t\.kr\.?)|(?P<letter>(?:[mk]|bn){BLANK}?|t)?(?P<currency>{_BEFORE}))(?P<label>[):]{{0,2}}){_GAP}$",
    re.IGNORECASE,
)
OTHER_PREFIX = re.compile(rf"(?:(?<!\w){_OTHER}|[A-Za-z]{{1,3}}\$|[¥₽₺₹₩₴]|Kč){_GAP}$")
OTHER_SUFFIX = re.compile(rf"{_GAP}(?:{_OTHER}{_END}|[¥₽₺₹₩₴]|Kč)")
PERCENT = re.compile(rf"(?:{BLANK}|-)?(?:%|(?:procent(?:igt|ig)?|prosent|pct|per{BLANK}?cent)\b)", re.IGNORECASE)
CENTS = re.compile(rf"{BLANK}(?:(?:och|og|and){BLANK})?(?P<cents>[0-9]{{1,2}}){BLANK}?[öø]re{_END}", re.IGNORECASE)
# Cents after a blank, as badly set prices have it: "1.837, 32".
LOOSE_CENTS = re.compile(rf",{BLANK}(?P<cents>[0-9]{{2}})(?![0-9.,])")
LINK = re.compile(rf"{_GAP}(?:(?P<to>-|till|til|to)|(?P<both>och|og|and)){_GAP}", re.IGNORECASE)
BETWEEN = re.compile(rf"(?:mellan|mellem|mellom|between){BLANK}+$", re.IGNORECASE)
YEAR = re.compile(r"(?:19|20)[0-9]{2}")
# A figure after one of these is the number of a part, not a sum.
PART = re.compile(
    rf"(?:\b(?:del|steg|etapp|fas|lot|part|phase|stage|step|topic|axis|fase|trin|delmål|mål|goal|artikel|article|kapitel|nr|no|projekt|project|prosjekt)\.?|§){BLANK}?$",
    re.IGNORECASE,
)

# Without a currency, "10 miljoner" is money only where no noun follows: not people, not tons.
NO_NOUN = re.compile(
    r"\s*(?:$|[.,;:!?)\n·|-]|(?:i|till|för|från|per|om|av|under|ur|och|eller|som|på|inom|att|är|ska|kan|finns|utlyses|avsätts|fördelas|till|årligen|totalt|under|"
    r"for|to|in|from|per|and|or|is|are|will|til|fra|pr|og|eller|af|skal|er|som)\b)",
    re.IGNORECASE,
)
RESTATED = re.compile(
    r"\s*(?:[,(=]|(?:dvs\.?|motsvar\w+|svarende\s+til|tilsvarende|equivalent\s+to|i\.e\.))\s*(?:ca\.?|cirka|ungefär|omkring|drygt|nästan|närmare|över|motsvar\w+|about|approx\w*\.?|around|=)?\s*",
    re.IGNORECASE,
)
# What millions without a currency may be instead of money.
COUNTED = re.compile(
    r"invånare|innevånare|befolkning\w*|folkmängd\w*|människor|personer|medborgare|hushåll|besök\w*|användare|turister|resenärer|väljare|barn\b|ton\b|inhabitants|population|people|citizens|households|visitors|"
    r"innbyggere|indbyggere|borgere|mennesker|husstande|\bbor\b|\blever\b|föds|född",
    re.IGNORECASE,
)
MONEY = re.compile(
    r"kron(?:or|er)|\bkr\b|\beuro?\b|€|\bsek\b|bidrag|stöd|medel|pengar|budget|anslag|anslå|utlys|avsätt|avsatt|avsätts|finansier|kost|invester|satsa|belopp|\bpott|\bram\b|summa|söka|delar?\s+ut|"
    r"tilskud|støtte|pulje|bevilg|midler|grant|fund|money|allocat|cost",
    re.IGNORECASE,
)

TOTAL = re.compile(
    r"\butlys(?:er|t|ta|es)\b|total\w*|sammanlagt|tillgänglig\w*\s+medel|\bavsätt\w*|\bavsatt\w*|fördelas?\b|delas?\s+ut|potten?\b|budget(?:en|ram\w*)?\b(?!\s+(?:på|om|kring|över)\b)|available|overall|"
    r"\bram(?:en)?\s+(?:på|är|om)|\ballocat\w*|\bindicative|call\s+budget|medel:|utlysningens|anslår|finns\s+(?:det\s+)?(?:\w+\s+)?(?:[0-9]|cirka|ca|en|att)|omfattar|disponib\w*|ska\s+fördelas|earmarked|eu-medel|"
    r"\bi\s+alt\b|samle(?:t|de)|\bpulje[nr]?\b|\bafs(?:at|ætte[rs]?)\b|til\s+rådighed|til\s+fordeling|fordeles|uddeles|udmøntes|lyses\s+ut|\butlyst\b|budsjett(?:et|ramme\w*)?\b|\bramme[nr]?\b|tilgjengelig\w*|tilgængelig\w*",
    re.IGNORECASE,
)
_PROJECT_NOUN = r"(?:projekt|prosjekt|kommun|kommune|ansök\w*|ansøg\w*|søknad|søker|sökande|organisation|organisasjon|förstudie|project|grant|applicant|beneficiary|municipality)"
PROJECT = re.compile(
    rf"(?:per|pr\.?)\s+(?:{_PROJECT_NOUN}|år\s+och\s+projekt)|(?:varje|ett|en|et|hvert?|each|a)\s+(?:projekt|prosjekt|kommun|förstudie|sökande|ansökan|ansøger|søker|project|grant)\w*\s+"
    r"(?:kan|får|bör|ska|skal|må|may|can|will)|(?:kan|får)\s+(?:\w+\s+){0,2}?(?:få|söka|sökas|beviljas|ansöka|søge|søges|søke|søkes|bevilges|tildeles|innvilges)|bidraget?\s+(?:är|uppgår|kan\s+vara)|bidrag\s+(?:på|à|om)|"
    r"stöd(?:et)?\s+(?:är|på|om|uppgår)|tilskud(?:d(?:et)?|det)?\s+(?:på|er|udgør)|støtte(?:n)?\s+(?:på|er|udgør|inntil)|\bà\b|"
    r"(?:contribution|support|grant)\s+(?:per|of|is)|projekt(?:en|et)?\s+med\s+en\s+budget|projektbudget|\bprojekt(?:en|et)\s+(?:bör|ska|kan)|lump\s+sum|checkar?\s+på|ledarcheck",
    re.IGNORECASE,
)
PER = re.compile(
    rf"^\s*(?:\S+\s+){{0,4}}?(?:per|pr\.?|/|till\s+varje|til\s+hvert?)\s*{_PROJECT_NOUN}",
    re.IGNORECASE,
)
ASKED = re.compile(r"(?:ansökningar|ansökte|sökt|ansökt|beviljat\w*|omsätt\w*|omsättning)\b[^.]{0,50}$", re.IGNORECASE)
MOST = re.compile(
    r"(?:upp\s+till|högst|max\w*|as\s+mest|up\s+to|at\s+most|no\s+more\s+than|inte\s+överstiga|som\s+mest|maximum\s+of|maks\w*|højst|høyst|inntil|indtil|op\s+til|opp\s+til|opptil|ikke\s+over(?:stige|skride))"
    r"[.:\s]*(?:på\s+|är\s+|om\s+|er\s+)?(?:cirka\s+|ca\.?\s+)?$",
    re.IGNORECASE,
)
LEAST = re.compile(
    r"(?:minst|mindst|lägst|minimum|at\s+least|från|över|more\s+than|mer\s+enn|mere\s+end)[.:\s]*(?:på\s+|of\s+)?$", re.IGNORECASE
)
MORE = re.compile(r"\s*(?:eller\s+mere?|och\s+uppåt|or\s+more)", re.IGNORECASE)

# Words that are not Swedish, and those in which Danish and Norwegian differ, for texts whose language nobody told.
_SWEDISH = re.compile("[äö]", re.IGNORECASE)
_NOT_SWEDISH = re.compile(
    r"[æø]|\b(?:tilskud\w*|mindst|pulje[nr]?|op\s+til|opp\s+til|inntil|prosjekt\w*|budsjett\w*|midler|af|hvert?|kommuner?ne)\b",
    re.IGNORECASE,
)
_DANISH = re.compile(
    r"\b(?:af|tilskud(?:det)?|projekt\w*|ansøg\w*|afs\w+|højst|mindst|pulje\w*|op\s+til|rådighed)\b", re.IGNORECASE
)
_NORWEGIAN = re.compile(
    r"\b(?:av|tilskudd\w*|prosjekt\w*|søknad\w*|søke|søkes|høyst|minst|inntil|opp\s+til|midler|budsjett\w*)\b", re.IGNORECASE
)
_NEIGHBOURS = re.compile(r"\b(?:NOK|DKK|Norwegian|Danish|Norway|Denmark)\b")


def read_scale(words: str | None) -> int:
    """Return the factor of a word of scale ("miljoner", "k"), 1 where it is none."""
    key = (words or "").casefold().rstrip(f". {chr(0xA0)}")
    letters = {"m": 10**6, "k": 10**3, "t": 10**3, "bn": 10**9}
    if key in letters:
        return letters[key]
    if key in _SCALED_KRONA:
        return _SCALED_KRONA[key]
    return next((factor for pattern, factor in _SCALES if key and re.fullmatch(pattern, key)), 1)


def is_english_scale(words: str | None) -> bool:
    """Return whether a word of scale is English, where a comma parts thousands."""
    return (words or "").casefold().strip() in _ENGLISH_SCALES


def read_currency(words: str | None) -> str:
    """Return the ISO code of a currency as written; KRONA or KRONER for one that only the language settles; "" where it is none."""
    key = " ".join((words or "").casefold().split())
    return next((code for code, pattern in _CURRENCIES.items() if key and re.fullmatch(pattern, key)), "")


def krona_of(language: str, text: str) -> dict[str, str]:
    """Return the ISO code behind a bare krona and behind "kroner" in a text; "" where it could be several.

    The language decides: Swedish SEK, Danish DKK, Norwegian NOK. English says "kroner" of both neighbours. A text with words or
    letters of its neighbours, and without ä and ö, is not Swedish whatever its source says.
    """
    nordic = {"no": "NOK", "nb": "NOK", "nn": "NOK", "da": "DKK"}.get(language)
    if nordic is None and language in ("", "sv") and _NOT_SWEDISH.search(text) and not _SWEDISH.search(text):
        danish, norwegian = len(_DANISH.findall(text)), len(_NORWEGIAN.findall(text))
        nordic = "DKK" if danish > norwegian else "NOK" if norwegian > danish else ""
    if nordic is not None:
        return {KRONA: nordic, KRONER: nordic}
    return {KRONA: "" if language == "en" and _NEIGHBOURS.search(text) else "SEK", KRONER: ""}
