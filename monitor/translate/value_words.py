"""Words of numbers, units, days and codes in English and Swedish, as patterns for the check of translations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from monitor.language.number_words import spelled_numbers, spelled_ordinals

CURRENCIES = ("EUR", "SEK", "DKK", "NOK", "ISK", "USD", "GBP", "CHF", "PLN", "CZK", "HUF", "RON", "BGN", "UAH", "JPY", "CAD")
"""Currencies that are read: those of Europe, and three more (ISO 4217)."""
_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP"}
_SHORT_CURRENCIES = {
    "en": {"euro": "EUR", "euros": "EUR", "kronor": "SEK", "krona": "SEK", "dollar": "USD", "dollars": "USD", "pounds": "GBP"},
    "sv": {"euro": "EUR", "kronor": "SEK", "krona": "SEK", "kr": "SEK", "dollar": "USD", "pund": "GBP"},
}
SCALES = {
    "en": {
        "hundreds": 2, "thousand": 3, "thousands": 3, "k": 3, "million": 6, "millions": 6, "mn": 6, "mln": 6, "mio": 6, "m": 6,
        "billion": 9, "billions": 9, "bn": 9, "trillion": 12,
    },
    "sv": {
        "hundratals": 2, "tusen": 3, "tusentals": 3, "k": 3, "t": 3, "miljon": 6, "miljoner": 6, "miljontals": 6, "milj": 6,
        "mn": 6, "m": 6, "miljard": 9, "miljarder": 9, "miljardtals": 9, "mdr": 9, "md": 9, "biljon": 12, "biljoner": 12,
    },
}  # fmt: skip
"""Powers of ten of the words behind a number."""
LETTER_SCALES = frozenset({"k", "t", "m"})
"""Scales of one letter: numbers only beside a currency, but for the k of "500k"."""
UNITS = {
    "en": {
        r"working[ -]days?": "arbetsdag", r"calendar[ -]days?": "kalenderdag", r"(?:calendar[ -])?months?": "månad",
        r"(?:calendar[ -]|full[ -])?years?": "år", r"weeks?": "vecka", r"days?": "dag", r"hours?": "timme", r"h": "timme",
        r"minutes?": "minut", r"times": "gång", r"percentage[ -]points?": "procentenhet", r"degrees?": "grad",
        r"dozens?": "dussin",
        r"hectares?|ha": "hektar", r"kilomet(?:re|er)s?|km": "km", r"tonnes?|tons?": "ton", r"met(?:re|er)s?": "meter",
        r"kilograms?|kg": "kg", r"megawatts?|MW": "MW",
    },
    "sv": {
        r"arbetsdag(?:ar|ars|arna)?": "arbetsdag", r"kalenderdag(?:ar|ars|arna)?": "kalenderdag",
        r"(?:kalender)?månad(?:er|ers|s|erna)?": "månad", r"(?:kalender|hela )?år(?:s|en|ens|et|ets|ig|igt|iga)?": "år",
        r"veck(?:a|or|ors|orna)": "vecka", r"dag(?:ar|ars|s|arna)?": "dag", r"timm(?:e|ar|ars)": "timme", r"h": "timme",
        r"minut(?:er|ers)?": "minut", r"gång(?:er)?": "gång", r"procentenhet(?:er|erna)?": "procentenhet",
        r"dussin": "dussin", r"grad(?:er)?": "grad", r"hektar|ha": "hektar", r"kilometer|km": "km", r"ton": "ton",
        r"meter": "meter",
        r"kilo(?:gram)?|kg": "kg", r"megawatt|MW": "MW",
    },
}  # fmt: skip
"""Units by the pattern of their words."""
_COMPOUND_UNITS = {
    r"års?(?:ig|igt|iga|ing\w*|period\w*|plan\w*|program\w*|projekt\w*)?": "år",
    r"månaders?\w*": "månad",
    r"veck(?:o|or|ors)\w*": "vecka",
    r"dag(?:ars|s)\w*": "dag",
    r"timm(?:ars|es)\w*": "timme",
    r"(?:stegs|parts)\w*": "",
    r"procentig\w*": "%",
}
"""Second parts of Swedish compounds: "treårig", "sexmånadersperiod"."""
FREE_CODES = {
    "SME": (r"SMEs?|small and medium[- ]sized(?: enterprises)?", r"SMF|SMEs?|små och medelstora(?: företag)?"),
    "NGO": (r"NGOs?|non-governmental organi[sz]ations?", r"NGO\w*|icke-?statliga organisationer|frivillig\w+|ideella\b"),
    "UN": (r"UN|United Nations", r"FN|Förenta nationerna\w*"),
    "VAT": (r"VAT|value added tax", r"moms\w*|mervärdesskatt\w*"),
    "AI": (r"AI|artificial intelligence", r"AI|artificiell intelligens"),
    "ICT": (r"ICT|information and communication technolog\w+", r"IKT|informations- och kommunikationsteknik\w*"),
    "IT": (r"IT", r"IT|it(?=-)"),
    "GDP": (r"GDP", r"BNP"),
    "R&D": (r"R&D", r"FoU|forskning och utveckling"),
    "US": (r"USA|US|United States(?: of America)?", r"USA|Förenta staterna|amerikansk\w*"),
    "UK": (r"UK|United Kingdom", r"Storbritannien|Förenade kungariket|brittisk\w*"),
    "EU": (r"EU(?!-?\d)|European Union|the Union", r"EU(?!-?\d)|[Ee]uropeiska unionen|unionen"),
}
"""Abbreviations that Swedish has other words for, with their patterns in English and Swedish."""
LABELS = {
    "en": r"articles?|art\.?|annex(?:es)?|parts?|phases?|options?|pillars?|clusters?|regulations?|directives?|decisions?"
    r"|chapters?|sections?|titles?|grades?|levels?|stages?|steps?|lots?|strands?|priorit(?:y|ies)|objectives?|calls?|topics?"
    r"|actions?"
    r"|work packages?|tables?|pages?|points?|paragraphs?|versions?|groups?|types?|categor(?:y|ies)|class|modules?|tracks?"
    r"|destinations?|destination|component|target",
    "sv": r"artik(?:el|larna|lar|eln)|art\.?|bilag(?:a|an|or|orna)|del(?:en|ar|arna)?|fas(?:en|er)?|alternativ(?:et)?"
    r"|pelar(?:e|en|na)|klust(?:er|ret|ren)|förordning(?:en|ar)?|direktiv(?:et|en)?|beslut(?:et)?|kap(?:\.|itel|itlet)"
    r"|avsnitt(?:et)?|avdelning(?:en)?|grad(?:en)?|nivå(?:n|er)?|klass(?:en)?|steg(?:et)?|prioritering(?:en|ar)?|mål(?:et)?"
    r"|utlysning(?:en|ar)?|ämne(?:t|n)?|åtgärd(?:en|er)?|arbetspaket(?:et)?|tabell(?:en)?|sid(?:a|an|or)|punkt(?:en|erna|er)?"
    r"|led(?:et)?|version(?:en)?|grupp(?:en)?|typ(?:en)?|kategori(?:n|er)?|modul(?:en)?|spår(?:et)?|komponent(?:en)?",
}
"""Nouns before a number or letter that is a name, not a quantity: "section 2.1", "Phase I"."""
POLES = (
    (
        ("öppnar", r"open(?:s|ing|ed)?|starts?", r"öppn\w*|start(?:ar)?"),
        ("stänger", r"clos(?:es?|ing|ed)|ends?", r"stäng\w*|slutar|avslutas"),
    ),
    (
        ("minst", r"at least|minimum|not less than|no less than", r"minst|minimi\w*|minimum|lägst"),
        (
            "högst",
            r"at most|maximum|up to|not more than|no more than|not exceed",
            r"högst|max(?:imal\w*|imi\w*|imum)?|upp till|som mest|inte överstiga",
        ),
    ),
    (("före", r"before", r"före|innan"), ("efter", r"after", r"efter")),
    (
        ("finansiären", r"funder|commission", r"finansiär\w*|kommissionen"),
        ("sökanden", r"applicants?|beneficiar(?:y|ies)", r"sökande\w*|stödmottagar\w*|bidragsmottagar\w*"),
    ),
    (
        ("mer", r"more than|exceed(?:s|ing)?", r"mer än|fler än|överstig\w*"),
        ("mindre", r"less than|fewer than", r"mindre än|färre än|understig\w*"),
    ),
)
"""Pairs of opposite words, each with its name and its patterns in English and Swedish."""


@dataclass(frozen=True, slots=True)
class ValueWords:
    """Patterns and tables of one language."""

    months: Mapping[str, int]
    """Names in full, in lower case."""
    short_months: Mapping[str, int]
    """Abbreviations, which are months beside figures only."""
    weekdays: Mapping[str, int]
    short_weekdays: Mapping[str, int]
    cardinals: Mapping[str, int]
    ordinals: Mapping[str, int]
    currencies: Mapping[str, tuple[str, int]]
    """ISO code and power of ten by sign, code or name in lower case: "meur" is EUR and 6."""
    spelled: str
    """Pattern of a number in words."""
    day_word: str
    """Pattern of the day of a month, in figures with its ending or in words."""


@cache
def value_words(language: str) -> ValueWords:
    """Return the words of a language: "en" or "sv"."""
    from babel.core import Locale

    locale = Locale(language)
    months = {name.casefold(): number for number, name in locale.months["format"]["wide"].items()}
    short = {name.casefold().rstrip("."): number for number, name in locale.months["format"]["abbreviated"].items()}
    cardinals = spelled_numbers(language)
    ordinals = spelled_ordinals(language)
    ending = r"(?:st|nd|rd|th)?" if language == "en" else r"(?::[ea]|\.)?"
    return ValueWords(
        months=months,
        short_months={**short, "sept": 9},
        weekdays={name.casefold(): number for number, name in locale.days["format"]["wide"].items()},
        short_weekdays={name.casefold().rstrip("."): number for number, name in locale.days["format"]["abbreviated"].items()},
        cardinals=cardinals,
        ordinals=ordinals,
        currencies=_currencies(language),
        spelled=_spelled_pattern(language, cardinals),
        day_word=rf"\d{{1,2}}{ending}|{choice(ordinals)}",
    )


def choice(words: Iterable[str]) -> str:
    """Return the pattern of one of several words, the longest first."""
    return "|".join(re.escape(word).replace(r"\-", "[- ]").replace(r"\ ", " ") for word in sorted(words, key=len, reverse=True))


def unit_pattern(language: str) -> str:
    """Return the pattern of a unit behind a number, with a name for each unit's place in `UNITS`."""
    return "|".join(f"(?P<u{place}>{pattern})" for place, pattern in enumerate(UNITS[language]))


def compound_pattern() -> str:
    """Return the pattern of a unit that is glued to a Swedish number in words or follows its figures with a hyphen."""
    return "|".join(f"(?P<c{place}>{pattern})" for place, pattern in enumerate(_COMPOUND_UNITS))


def unit_of(match: re.Match[str], language: str) -> str:
    """Return the unit that a match of `unit_pattern` or `compound_pattern` found."""
    name = match.lastgroup or ""
    units = tuple(_COMPOUND_UNITS.values()) if name.startswith("c") else tuple(UNITS[language].values())
    return units[int(name[1:])]


def spelled_value(words: str, language: str) -> Decimal | None:
    """Return the value of a number in words below a million; None where the words do not make one."""
    known = {**value_words(language).cardinals, "a": 1, "half": 0}
    big = {"hundred": 100, "hundra": 100, "thousand": 1000, "tusen": 1000}
    pattern = choice([*known, *big, "and", "och"])
    total = current = 0
    last = 1000
    for word in re.findall(pattern, words.casefold()):
        word = word.replace(" ", "-")
        if word in ("and", "och"):
            continue
        if word in big:
            if big[word] == 1000:
                total, current, last = total + (current or 1) * 1000, 0, 1000
            else:
                current, last = (current or 1) * 100, 100
            continue
        if last < 100:
            return None
        current, last = current + known[word], 1
    return Decimal(total + current)


def _spelled_pattern(language: str, cardinals: Mapping[str, int]) -> str:
    low = choice(cardinals)
    if language == "en":
        hundreds = rf"(?:(?:{low}|a)[ -])?hundred(?:[ -](?:and[ -])?(?:{low}))?"
        thousands = rf"(?:(?:{hundreds}|{low}|a)[ -])?thousand(?:[ -](?:and[ -])?(?:{hundreds}|{low}))?"
    else:
        hundreds = rf"(?:(?:{low}) ?)?hundra(?: ?(?:och )?(?:{low}))?"
        thousands = rf"(?:(?:{hundreds}|{low}) ?)?tusen(?: ?(?:och )?(?:{hundreds}|{low}))?"
    return f"(?:{thousands}|{hundreds}|{low})"


def _currencies(language: str) -> Mapping[str, tuple[str, int]]:
    from babel.numbers import get_currency_name

    signs = {**_SIGNS, **{code.casefold(): code for code in CURRENCIES}}
    found = {sign: (code, 0) for sign, code in signs.items()}
    for code in CURRENCIES:
        found |= {get_currency_name(code, count=count, locale=language).casefold(): (code, 0) for count in (1, 2)}
    found |= {word: (code, 0) for word, code in _SHORT_CURRENCIES[language].items()}
    found |= {
        f"{letter}{sign}": (code, power) for letter, power in (("m", 6), ("k", 3), ("t", 3)) for sign, code in signs.items()
    }
    if language == "sv":
        found |= {"mnkr": ("SEK", 6), "mkr": ("SEK", 6), "tkr": ("SEK", 3), "mdkr": ("SEK", 9)}
    return found
