"""Numbers written as words or figures, in Swedish, English, Danish and Norwegian: "tio", "en halv", "1 543", "60.000", "4,000,000.00"."""

from __future__ import annotations

import re
from decimal import Decimal

_SV = [
    "noll",
    "en",
    "två",
    "tre",
    "fyra",
    "fem",
    "sex",
    "sju",
    "åtta",
    "nio",
    "tio",
    "elva",
    "tolv",
    "tretton",
    "fjorton",
    "femton",
    "sexton",
    "sjutton",
    "arton",
    "nitton",
]
_EN = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_SV_TENS = ["tjugo", "trettio", "fyrtio", "femtio", "sextio", "sjuttio", "åttio", "nittio"]
_EN_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]

# Danish and Norwegian words that are no words of Swedish or English: "to", "fire", "ti" and "ni" are, and would make sums of prose.
_NORDIC = {
    6: "seks",
    7: "syv",
    8: "otte åtte",
    11: "elleve",
    13: "tretten",
    14: "fjorten",
    15: "femten",
    16: "seksten",
    17: "sytten",
    18: "atten",
    19: "nitten",
    20: "tyve tjue",
    30: "tredive tretti",
    40: "fyrre førti",
    50: "halvtreds femti",
    60: "tres seksti",
    70: "halvfjerds sytti",
    80: "firs åtti",
    90: "halvfems nitti",
    100: "hundrede hundre",
}

WORDS: dict[str, Decimal] = {word: Decimal(value) for names in (_SV, _EN) for value, word in enumerate(names)}
WORDS |= {
    "ett": Decimal(1),
    "a": Decimal(1),
    "hundra": Decimal(100),
    "ett hundra": Decimal(100),
    "etthundra": Decimal(100),
    "hundred": Decimal(100),
}
for _tens, _ones, _link in ((_SV_TENS, _SV, ""), (_EN_TENS, _EN, "-")):
    for _index, _ten in enumerate(_tens, start=2):
        WORDS[_ten] = Decimal(_index * 10)
        WORDS |= {f"{_ten}{_link}{_ones[one]}": Decimal(_index * 10 + one) for one in range(1, 10)}
for _hundreds in range(2, 10):
    WORDS[f"{_SV[_hundreds]}hundra"] = WORDS[f"{_SV[_hundreds]} hundra"] = WORDS[f"{_EN[_hundreds]} hundred"] = Decimal(
        _hundreds * 100
    )
WORDS |= {word: Decimal(value) for value, words in _NORDIC.items() for word in words.split()}
HALVES = {
    "en halv": Decimal("0.5"),
    "ett halvt": Decimal("0.5"),
    "half a": Decimal("0.5"),
    "half": Decimal("0.5"),
    "en och en halv": Decimal("1.5"),
    "halvannan": Decimal("1.5"),
    "halvanden": Decimal("1.5"),
    "halvannen": Decimal("1.5"),
}
HALVES |= {f"{word} och en halv": value + Decimal("0.5") for word, value in WORDS.items() if 2 <= value <= 20}
WORDS |= HALVES

WORD_NUMBER = "(?:" + "|".join(re.escape(word).replace(r"\ ", r"\s") for word in sorted(WORDS, key=len, reverse=True)) + ")"
FIGURES = r"[0-9]{1,3}(?:[\s][0-9]{3}(?![0-9]))+(?:,[0-9]{1,2}(?![0-9]))?|[0-9]{1,3}(?:[.'’][0-9]{3}(?![0-9]))+(?:,[0-9]{1,2}(?![0-9]))?|[0-9]{1,3}(?:,[0-9]{3}(?![0-9]))+(?:\.[0-9]{1,2}(?![0-9]))?|[0-9]{1,15}(?![0-9])(?:[.,][0-9]{1,3}(?![0-9]))?"


def parse_number(words: str, *, english: bool = False, scaled: bool = False) -> Decimal | None:
    """The value of a number as written, or None.

    A point or comma before exactly three figures parts thousands. Before a word like "miljoner" (`scaled`) a single comma is the decimal sign
    all the same, unless the text is English: "1,543 miljoner" is one and a half.
    """
    key = " ".join(words.casefold().split())
    if key in WORDS:
        return WORDS[key]
    compact = re.sub(r"[\s'’]", "", words)
    if not compact or not compact.isascii():
        return None
    if re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?", compact):
        compact = compact.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[0-9]{1,3},[0-9]{3}", compact) and scaled and not english:
        compact = compact.replace(",", ".")
    elif re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?", compact):
        compact = compact.replace(",", "")
    elif re.fullmatch(r"[0-9]+(?:[.,][0-9]+)?", compact):
        compact = compact.replace(",", ".")
    else:
        return None
    return Decimal(compact)
