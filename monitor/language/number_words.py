"""Numbers written as words or figures, in Swedish, English, Danish and Norwegian: "tio", "en halv", "1 543", "60.000", "4,000,000.00"."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

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

# Danish and Norwegian words that Swedish and English do not have. "to" is two there, and is a number only before a scale such as "millioner".
WORDS |= {
    "én": Decimal(1),
    "et": Decimal(1),
    "to": Decimal(2),
    "fire": Decimal(4),
    "seks": Decimal(6),
    "syv": Decimal(7),
    "otte": Decimal(8),
    "åtte": Decimal(8),
    "ni": Decimal(9),
    "ti": Decimal(10),
    "elleve": Decimal(11),
    "tolv": Decimal(12),
    "femten": Decimal(15),
    "tyve": Decimal(20),
    "tjue": Decimal(20),
    "tredive": Decimal(30),
    "tretti": Decimal(30),
    "førti": Decimal(40),
    "fyrre": Decimal(40),
    "femti": Decimal(50),
    "halvanden": Decimal("1.5"),
    "halvannen": Decimal("1.5"),
    "en halv": Decimal("0.5"),
    "et halvt": Decimal("0.5"),
}

WORD_NUMBER = "(?:" + "|".join(re.escape(word).replace(r"\ ", r"\s") for word in sorted(WORDS, key=len, reverse=True)) + ")"

# The blanks of a line: a tab or a line break parts cells and never stands inside a number.
BLANK = "[ \u00a0\u2007\u2009\u202f]"
_CENTS = "[0-9]{1,2}(?![0-9])"
# Atomic, so that a run of any length is read once and never taken apart again.
FIGURES = (
    rf"(?>[0-9]{{1,3}}(?:{BLANK}[0-9]{{3}}(?![0-9]))+(?:[.,]{_CENTS})?"
    rf"|[0-9]{{1,3}}(?:\.[0-9]{{3}}(?![0-9]))+(?:,{_CENTS})?"
    rf"|[0-9]{{1,3}}(?:['’][0-9]{{3}}(?![0-9]))+(?:[.,]{_CENTS})?"
    rf"|[0-9]{{1,3}}(?:,[0-9]{{3}}(?![0-9]))+(?:\.{_CENTS})?"
    r"|[0-9]+(?:[.,][0-9]{1,3}(?![0-9]))?)"
)
# A number of more groups, or of more figures, is a row of cells or a code.
_MOST_GROUPS = 5
_MOST_FIGURES = 15
_GROUPED = re.compile(rf"([0-9]{{1,3}})((?:{BLANK}[0-9]{{3}})+)([.,][0-9]+)?")


def parse_number(words: str, *, english: bool = False, scaled: bool = False) -> Decimal | None:
    """Return the value of a number as written, or None where it is none or is not clear.

    A point or comma before exactly three figures parts thousands. Before a word like "miljoner" (`scaled`) a single comma is the decimal sign
    all the same, unless the text is English: "1,543 miljoner" is one and a half. Groups are three figures each, at most five, parted by one kind
    of sign; what looks like the cells of a table joined by blanks ("500 000 600 000") is None.
    """
    key = " ".join(words.casefold().split())
    if key in WORDS:
        return WORDS[key]
    if grouped := _GROUPED.fullmatch(words):
        compact = _joined_groups(grouped)
        return Decimal(compact) if compact else None
    compact = re.sub(r"['’]", "", words)
    if not compact or not compact.isascii() or len(re.sub(r"[^0-9]", "", compact)) > _MOST_FIGURES + 2:
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


def _joined_groups(grouped: re.Match[str]) -> str:
    """Return a number grouped by blanks as plain figures, or "" where it may be several cells.

    Two kinds of blank are one number only where no later group can begin a number of its own, since each begins with 0.
    """
    first, rest, decimals = grouped.groups()
    groups = [first, *re.findall("[0-9]{3}", rest)]
    mixed = len(set(rest[::4])) > 1 and any(not group.startswith("0") for group in groups[1:])
    if len(groups) > _MOST_GROUPS or mixed:
        return ""
    if len(groups) > 3 and len(first) == 3 and any(a == "000" != b for a, b in pairwise(groups)):
        return ""  # hundreds of milliards that are not round: "500 000 600 000" is two cells
    return "".join(groups) + (decimals or "").replace(",", ".")
