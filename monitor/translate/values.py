"""Values of a sentence in English or Swedish that a translation must keep: numbers, dates, times, codes, addresses. Pure.

A value is the same however it is written: "EUR 1.5 million" and "1 500 000 euro", "5 pm" and "kl. 17.00", "Article 5(2)(a)" and
"artikel 5.2 a". Figures that may mean two things, such as "1.500", are unsure and equal nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from monitor.translate.value_words import (
    CURRENCIES,
    FREE_CODES,
    LABELS,
    LETTER_SCALES,
    SCALES,
    choice,
    compound_pattern,
    spelled_value,
    unit_of,
    unit_pattern,
    value_words,
)

_DONE = "\0"
"""Character that stands for what has been read: no blank, no letter and no figure."""
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | {"’": "'"})
_YEARS = range(1990, 2100)
_ADDRESS = re.compile(r"https?://[^\s<>\"”)]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\bwww\.[^\s<>\"”)]+")
_YEAR_FIRST = re.compile(r"\b(\d{4})([-/])(\d{2})\2(\d{2})\b")
_DAY_FIRST = re.compile(r"(?<![\d./-])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?![\d/]|[.-]\d)")
_CODE = re.compile(
    r"\b(?=[A-Z0-9][\w&/+-]*[A-Z0-9])(?:[A-Z][A-Z0-9&]+(?:[-/+](?=[A-Z0-9])[A-Za-z0-9]+)*|[A-Z][a-z]*-?\d[\w-]*)(?:\+)?"
    r"|(?<![\d.,])\d+/\d+(?:/[A-Z]+)?(?![\d.,]*\d)"
)
_PARAGRAPH = r"\d+(?:\.\d+)*(?:\((?:[a-z]{1,2}|[ivx]+|\d+)\))+"
_RANGE = re.compile(rf"(?: |,)*(?:-|to|till|and|och|or|eller|up to|upp till|,)(?: |{_DONE})*", re.IGNORECASE)
_SPAN = re.compile(r" *(?:-|to|till) *", re.IGNORECASE)
_FRACTIONS = {
    "en": {"third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10},
    "sv": {
        "tredjedel": 3, "fjärdedel": 4, "femtedel": 5, "sjättedel": 6, "sjundedel": 7, "åttondel": 8, "niondel": 9, "tiondel": 10,
    },
}  # fmt: skip
_SEASONS = {
    "en": r"(?:(?:in|during|by|this|next|early|late|mid|since|until|the)[ -])(?:the )?(spring|summer|autumn|winter)\b"
    r"|\b(spring|summer|autumn|winter)(?= (?:of )?20\d\d)",
    "sv": r"\b(våren|sommaren|hösten|vintern)\b|(?<=\bi )(vår|sommar|höst|vinter)\b|\b(vår|sommar|höst|vinter)(?= 20\d\d)",
}
_SEASON_NAMES = {"spring": "vår", "summer": "sommar", "autumn": "höst", "winter": "vinter"}
_MAY = re.compile(
    r"(?:\b(?:in|by|until|till|from|to|of|and|or|early|mid|late|since|before|after|between|during|through|end|this|next|last|each"
    r"|every|on)|[-/,(])\s*$",
    re.IGNORECASE,
)
"""Words before the month of May; without them "May" may be the verb."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptValue:
    """Value of a sentence that a translation must keep."""

    kind: str
    """Kind in Swedish, in the definite form: "talet", "andelen", "datumet", "koden"."""
    value: str
    unit: str = ""
    """Currency, "%" or unit of time of a number."""
    optional: bool = False
    """The words mean something else as well: "en" is an article, "andra" is "other"."""
    unsure: bool = False
    """The value may be another one; it equals nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quantity:
    """Number as it stands in a sentence."""

    start: int
    end: int
    number: Decimal | None
    words: str
    scale: int = 0
    unit: str = ""
    optional: bool = False
    several: bool = False
    """The number is only a scale: "millions of euro"."""


def read_values(text: str, language: str) -> tuple[KeptValue, ...]:
    """Return the values of a sentence in the order in which they stand there; `language` is "en" or "sv"."""
    return _Reader(text, language).values()


class _Reader:
    """Reader of one sentence; what is read is blanked, so that no part counts twice."""

    def __init__(self, text: str, language: str) -> None:
        halves = re.sub(r"(?<=\d) ?½", ".5" if language == "en" else ",5", re.sub(r"\s", " ", text.translate(_DASHES)))
        self._text = halves.replace("½", "half" if language == "en" else "hälften")
        self._language = language
        self._english = language == "en"
        self._words = value_words(language)
        self._found: list[tuple[int, KeptValue]] = []

    def values(self) -> tuple[KeptValue, ...]:
        """Return the values; forms that contain others are read first."""
        self._take(_ADDRESS, lambda match: KeptValue(kind="adressen", value=match[0].rstrip(".,;")))
        self._take(_YEAR_FIRST, lambda match: _date(match[1], match[3], match[4]))
        self._take(_DAY_FIRST, _day_first)
        self._take_quarters()
        self._take_dates()
        self._take_weekdays()
        self._take(re.compile(_SEASONS[self._language], re.IGNORECASE), _season)
        self._take_times()
        self._take_free_codes()
        self._take_codes()
        self._take_fractions()
        self._take_ordinals()
        self._take_quantities()
        self._take(re.compile(rf"[^\s{_DONE}]*\d[^\s{_DONE}]*"), lambda match: _reference(match[0].strip(".,;:!?()\"'")))
        return tuple(value for _, value in sorted(self._found, key=lambda item: item[0]))

    def _take(self, pattern: re.Pattern[str], make: Callable[[re.Match[str]], KeptValue | None]) -> None:
        def blank(match: re.Match[str]) -> str:
            value = make(match)
            if value is None:
                return match[0]
            self._found.append((match.start(), value))
            return _DONE * len(match[0])

        self._text = pattern.sub(blank, self._text)

    def _blank(self, start: int, end: int) -> None:
        self._text = self._text[:start] + _DONE * (end - start) + self._text[end:]

    def _take_quarters(self) -> None:
        ordinals = choice(self._words.ordinals)
        if self._english:
            pattern = (
                rf"\b(?:({ordinals}|\d(?:st|nd|rd|th))[ -](quarter|half)(?:(?= of (?:the (?:year|programme)|\d))|(?! of))"
                rf"|Q([1-4])\b)"
            )
        else:
            pattern = rf"\b(?:({ordinals}|\d:[ae]) (kvartalet|kvartal|halvåret)|(?:kvartal|kv\.?|Q) ?([1-4])\b)"

        def make(match: re.Match[str]) -> KeptValue:
            kind = "halvåret" if (match[2] or "").casefold().startswith("hal") else "kvartalet"
            return KeptValue(kind=kind, value=str(self._ordinal(match[1]) if match[1] else match[3]))

        self._take(re.compile(pattern, re.IGNORECASE), make)

    def _ordinal(self, word: str) -> int:
        return int(digits[0]) if (digits := re.match(r"\d+", word)) else self._words.ordinals[word.casefold().replace(" ", "-")]

    def _month(self, word: str) -> str:
        folded = word.casefold().rstrip(".")
        return str(self._words.months.get(folded) or self._words.short_months[folded])

    def _take_dates(self) -> None:
        for pattern in _date_patterns(self._language):
            for match in list(pattern.finditer(self._text)):
                parts = match.groupdict()
                if self._is_other_month(match, parts):
                    continue
                month, year = self._month(parts["month"]), parts.get("year") or "0"
                days = [day for day in (parts.get("first"), parts.get("day")) if day]
                for place, day in enumerate(days):
                    self._found.append((match.start() + place, _date(year, month, str(self._ordinal(day)))))
                if not days:
                    self._found.append((match.start(), _date(year, month, "0")))
                self._blank(*match.span())

    def _is_other_month(self, match: re.Match[str], parts: dict[str, str | None]) -> bool:
        """Return whether a word is no month: in English "may" and "march" are verbs, in Swedish no month has a capital."""
        if parts.get("day") or parts.get("year") or not self._english:
            return False
        word, before = match["month"], self._text[: match.start()]
        if not word[0].isupper() or (word.isupper() and self._text.isupper()):
            return True
        return word.casefold() == "may" and not _MAY.search(before)

    def _take_weekdays(self) -> None:
        full, short = choice(self._words.weekdays), choice(self._words.short_weekdays)
        ending = "s?" if self._english else "(?:en|ens|ar|arna|s)?"
        case = "" if self._english else "(?i)"
        names = rf"(?:{full.title() if self._english else full})"
        abbreviated = short.title() if self._english else short
        pattern = re.compile(rf"{case}\b(?:({names}){ending}\b|({abbreviated})\.?(?=,? (?:den )?(?:\d|{_DONE})))")

        def make(match: re.Match[str]) -> KeptValue:
            word = (match[1] or match[2]).casefold()
            number = self._words.weekdays[word] if match[1] else self._words.short_weekdays[word]
            return KeptValue(kind="veckodagen", value=str(number + 1))

        self._take(pattern, make)

    def _take_times(self) -> None:
        self._take(_time_pattern(self._language), _time)

    def _take_free_codes(self) -> None:
        for name, pattern in _free_code_patterns(self._language).items():

            def make(match: re.Match[str], name: str = name) -> KeptValue:
                return KeptValue(kind="förkortningen", value=name, optional=not match[0][:2].isupper())

            self._take(pattern, make)

    def _take_codes(self) -> None:
        label = rf"(?<![\w-])(?:{LABELS[self._language]}) (?:\(EU\) )?(?:(?:nr|no\.?) )?"
        number = rf"(?:{_PARAGRAPH}|\d+(?:\.\d+)+[a-z]?|\d+(?= ?[a-hj-z]\b))(?: ?[a-hj-z]\b(?!\.\w))?|[A-Z]\b(?![.']\w)|[IVX]+\b"
        self._take_part(re.compile(rf"(?i:{label})({number})"))
        self._take_part(re.compile(rf"(?<![\w.])({_PARAGRAPH})"))
        self._take_part(re.compile(r"(?<![\w(])(\([a-z]\)|\((?:i|ii|iii|iv|v|vi)\))(?!\w)"))
        self._take_part(re.compile(r"(?<![\w.,])(\d+(?![kKhHmM]\b)[a-zA-Z])(?![\w])"))

        def make(match: re.Match[str]) -> KeptValue | None:
            return None if _is_currency(match[0]) else KeptValue(kind="koden", value=match[0].upper())

        self._take(_CODE, make)
        letter = r"(?:[B-HJ-Z]|A(?! [A-Z][a-z]))" if self._english else r"[A-Z]"
        self._take_part(re.compile(rf"(?<=[\w,)] )({letter})(?![\w'’.-]|[:&]\w)"))

    def _take_part(self, pattern: re.Pattern[str]) -> None:
        for match in list(pattern.finditer(self._text)):
            if value := _reference(match[1]):
                self._found.append((match.start(1), value))
            self._blank(*match.span(1))

    def _take_fractions(self) -> None:
        parts = choice(_FRACTIONS[self._language])
        number = rf"(?:{self._words.spelled}|\d+)"
        if self._english:
            pattern = (
                rf"\b(?:({number})[ -]({parts})s\b|(?:one|1)[ -]({parts})\b(?! countr)|an?[ -]({parts})(?= of\b)|a (quarter)\b)"
            )
        else:
            pattern = rf"\b(?:({number}) ({parts})(?:ar|arna|ars)?|(?:en|1) ({parts})(?:en|s)?)\b"

        def make(match: re.Match[str]) -> KeptValue | None:
            over = self._number(match[1], scaled=False) if match[1] else Decimal(1)
            part = next(group for group in match.groups()[1:] if group)
            # "A quarter" is three months as well.
            bare = match[0].casefold() == "a quarter" and not self._text[match.end() :].startswith(" of")
            return KeptValue(kind="talet", value=f"{over}/{_FRACTIONS[self._language][part.casefold()]}", optional=bare)

        self._take(re.compile(pattern, re.IGNORECASE), make)

    def _take_ordinals(self) -> None:
        words = choice(self._words.ordinals)
        if self._english:
            pattern = rf"\b(?:{words}|\d+(?:st|nd|rd|th))\b"
        else:
            pattern = rf"\b(?:tredje(?=land|länd)|(?:{words}|\d+:[ae])\b)"

        def make(match: re.Match[str]) -> KeptValue:
            return KeptValue(
                kind="ordningstalet", value=str(self._ordinal(match[0])), optional=match[0].casefold() in ("andra", "andre")
            )

        self._take(re.compile(pattern, re.IGNORECASE), make)

    def _take_quantities(self) -> None:
        found: list[_Quantity] = []
        end = 0
        for match in _number_pattern(self._language).finditer(self._text):
            if match.start() >= end and (quantity := self._quantity(match, end)) is not None:
                found.append(quantity)
                end = quantity.end
        for quantity in _shared(found, self._text):
            if value := self._kept(quantity):
                self._found.append((quantity.start, value))
        for quantity in found:
            self._blank(quantity.start, quantity.end)
        self._take_currencies()

    def _quantity(self, match: re.Match[str], floor: int) -> _Quantity | None:
        """Return a number with the scale and the unit beside it; None for a number word that is none here."""
        before, text, end = self._text[floor : match.start()], self._text, match.end()
        lead = _lead_pattern(self._language).search(before)
        currency, scale = self._words.currencies[lead["currency"].casefold()] if lead else ("", 0)
        several = match["bare"] is not None
        if several:
            end = match.start()
        if found := _scale_pattern(self._language).match(text, end):
            letter = found["scale"].casefold() in LETTER_SCALES
            behind = _currency_pattern(self._language).match(text, found.end())
            if not letter or currency or behind or found["scale"] in ("k", "K"):
                scale, end = SCALES[self._language][found["scale"].casefold()], found.end()
        if not currency and (behind := _currency_pattern(self._language).match(text, end)):
            currency, power = self._words.currencies[behind["currency"].casefold()]
            scale, end = scale + power, behind.end()
        unit = currency
        if not currency and (measure := _measure_pattern(self._language).match(text, end)):
            unit = "%" if measure["percent"] else unit_of(measure, self._language)
            end = measure.end()
        elif text[end : end + 1].isalnum():
            return None
        elif match["multiple"] and match["multiple"].casefold() not in ("both", "båda", "bägge"):
            unit = "gång"
        if match["word"] and match["word"].casefold() == "a" and not scale:
            return None
        start = match.start() - (len(lead[0]) if lead else 0)
        one = (match["word"] or "").casefold() in ("one", "en", "ett") and not scale
        optional = one and unit in ("", "gång", "dussin")
        number = Decimal(1) if several else self._number_of(match, scaled=scale > 0 or unit == "%")
        if number is None and match["digits"] and self._is_code(match["digits"]):
            return None
        if number is not None and match["minus"]:
            number = -number
        return _Quantity(
            start=start, end=end, number=number, words=match[0], scale=scale, unit=unit, optional=optional, several=several
        )

    def _is_code(self, digits: str) -> bool:
        return self._english and re.fullmatch(r"\d+(?:\.\d+){2,}", digits) is not None

    def _number_of(self, match: re.Match[str], *, scaled: bool) -> Decimal | None:
        if match["halves"]:
            whole = self._number(match["whole"], scaled=scaled)
            return whole + Decimal("0.5") if whole is not None else None
        if match["half"]:
            return Decimal("0.5")
        if match["multiple"]:
            return Decimal(2 if re.match("tw|dou|dub|förd|båd|bo", match["multiple"], re.IGNORECASE) else 3)
        return self._number(match["digits"] or match["word"], scaled=scaled)

    def _number(self, words: str, *, scaled: bool) -> Decimal | None:
        if words[0].isdigit():
            return parse_figures(words, self._language, scaled=scaled)
        return spelled_value(words, self._language)

    def _kept(self, quantity: _Quantity) -> KeptValue | None:
        kind = "andelen" if quantity.unit == "%" else "talet"
        if quantity.number is None:
            return KeptValue(kind=kind, value=quantity.words, unit=quantity.unit, unsure=True)
        value = quantity.number.scaleb(quantity.scale).normalize()
        if value in _YEARS and not quantity.unit and not quantity.scale:
            kind = "året"
        return KeptValue(
            kind=kind,
            value=f"{'flera ' if quantity.several else ''}{value:f}",
            unit=quantity.unit,
            optional=quantity.optional,
        )

    def _take_currencies(self) -> None:
        """Read currencies without a number: "costs in euro"."""
        pattern = re.compile(rf"(?<!\w)(?:{_currency_choice(self._language)})(?!\w)", re.IGNORECASE)
        self._take(pattern, lambda match: KeptValue(kind="valutan", value=self._words.currencies[match[0].casefold()][0]))


def parse_figures(words: str, language: str, *, scaled: bool = False) -> Decimal | None:
    """Return the value of a number in figures as a language writes it; None where it is not clear.

    Three figures behind a single sign may be thousands or decimals, except before a scale or a per cent sign (`scaled`), or
    behind a zero. A decimal point is no Swedish, and a group of thousands behind a comma is none either.
    """
    bare = words.replace(" ", "")
    if bare.isdigit():
        return Decimal(bare)
    clear = scaled or bare.startswith("0")
    if bare != words:
        return (
            Decimal(bare.replace(",", "."))
            if re.fullmatch(r"\d+[.,]\d{1,2}", bare) and (language == "en" or "," in bare)
            else None
        )
    if language == "en":
        if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", bare):
            return None if bare.startswith("0") else Decimal(bare.replace(",", ""))
        if re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}(?:,\d{1,2})?|\d{1,3}\.\d{3},\d{1,2}", bare):
            return Decimal(bare.replace(".", "").replace(",", "."))
        if re.fullmatch(r"\d{1,3}\.\d{3}", bare) and not clear:
            return None
        return Decimal(bare.replace(",", ".")) if re.fullmatch(r"\d+\.\d+|\d+,\d{1,2}", bare) else None
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?", bare):
        return Decimal(bare.replace(".", "").replace(",", "."))
    if re.fullmatch(r"\d+,\d+", bare) and (clear or not re.fullmatch(r"\d{1,3},\d{3}", bare)):
        return Decimal(bare.replace(",", "."))
    return None


def _shared(found: list[_Quantity], text: str) -> list[_Quantity]:
    """Return numbers with the unit and the scale that the other end of a span states: "5-10 million euro", "EUR 5 to 10"."""
    made = list(found)
    for place in range(len(made) - 2, -1, -1):
        one, other = made[place], made[place + 1]
        between = text[one.end : other.start]
        if not _RANGE.fullmatch(between) or one.several or other.several:
            continue
        if not one.unit and other.unit:
            one = replace(one, unit=other.unit, optional=False)
        if not one.scale and other.scale and _SPAN.fullmatch(between) and one.number is not None and one.number < 1000:
            one = replace(one, scale=other.scale)
        made[place] = one
    for place in range(1, len(made)):
        one, other = made[place - 1], made[place]
        if one.unit in CURRENCIES and not other.unit and _SPAN.fullmatch(text[one.end : other.start]):
            made[place] = replace(other, unit=one.unit)
    return made


def _date(year: str, month: str, day: str) -> KeptValue:
    return KeptValue(kind="datumet", value=f"{int(year):04d}-{int(month):02d}-{int(day):02d}")


def _day_first(match: re.Match[str]) -> KeptValue | None:
    """Return a date in figures: the day stands first, as Europe writes it, where both may be the month."""
    day, month, year = int(match[1]), int(match[3]), match[4]
    if month > 12 >= day and match[2] == "/":
        day, month = month, day
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    return _date(year if len(year) == 4 else f"20{year}", str(month), str(day))


def _season(match: re.Match[str]) -> KeptValue:
    word = next(group for group in match.groups() if group).casefold()
    short = {"våren": "vår", "sommaren": "sommar", "hösten": "höst", "vintern": "vinter"}
    return KeptValue(kind="årstiden", value=_SEASON_NAMES.get(word, short.get(word, word)))


def _time(match: re.Match[str]) -> KeptValue | None:
    parts = match.groupdict()
    if word := (parts.get("word") or "").casefold():
        return KeptValue(kind="klockslaget", value="00:00" if word in ("midnight", "midnatt") else "12:00")
    hour = int(next(parts[name] for name in ("h1", "h2", "h3") if parts.get(name)))
    minute = int(next((parts[name] for name in ("m1", "m2", "m3") if parts.get(name)), "0"))
    half = (parts.get("half") or "").casefold().replace(".", "")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return KeptValue(kind="klockslaget", value=f"{hour:02d}:{minute:02d}") if hour < 25 and minute < 60 else None


def _reference(words: str) -> KeptValue | None:
    """Return a code of figures and letters by its parts: "5(2)(a)" and "5.2 a" are the same."""
    parts = re.findall(r"\d+|[^\W\d_]+", words)
    return KeptValue(kind="koden", value=".".join(parts)) if parts else None


def _is_currency(code: str) -> bool:
    return re.fullmatch(rf"[MKT]?(?:{'|'.join(CURRENCIES)})\d*", code) is not None


@cache
def _date_patterns(language: str) -> tuple[re.Pattern[str], ...]:
    """Return the patterns of dates with words, the longest first."""
    words = value_words(language)
    month = rf"(?P<month>{choice({**words.months, **words.short_months})})\b\.?"
    full = rf"(?P<month>{choice(words.months)})"
    year = r"(?:,? +(?P<year>(?:19|20)\d{2})\b)?"
    joint = r" ?(?:-|to|till|and|och|or|eller|until) ?(?:the |den )?"
    of = r"(?: day)?(?: of)? +" if language == "en" else " +"
    figures = r"\d{1,2}(?:st|nd|rd|th)?" if language == "en" else r"\d{1,2}(?::[ae]|\.)?"
    named = rf"(?:{figures}(?!\d){of}|(?:{choice(words.ordinals)}){' of ' if language == 'en' else ' '})"
    forms = [
        rf"(?<![\d.,])\b(?P<first>{figures}){joint}(?P<day>{figures}){of}{month}{year}",
        rf"(?<![\d.,])\b(?=(?P<day>{words.day_word})){named}{month}{year}",
        rf"\b{month} +(?P<year>(?:19|20)\d{{2}})\b",
    ]
    if language == "en":
        forms += [
            rf"\b{month} +(?P<first>{figures}){joint}(?P<day>{figures})(?!\d){year}",
            rf"\b{month} +(?P<day>{figures})(?!\d|[.,]\d){year}",
        ]
    forms.append(rf"\b{full}\b")
    return tuple(re.compile(form, re.IGNORECASE) for form in forms)


@cache
def _time_pattern(language: str) -> re.Pattern[str]:
    clock = r"(?P<h2>\d{1,2}):(?P<m2>\d{2})(?::00)?(?![\d:])"
    if language == "en":
        zone = r"(?= ?(?:h\b|hrs|hours|o'clock|C?E[SE]?T\b|CET|CEST|UTC|GMT|\(?Brussels|\(?local|on\b|\0))"
        return re.compile(
            rf"(?<![\d.,:/])(?:(?P<h1>\d{{1,2}})(?:[:.](?P<m1>\d{{2}}))? ?(?P<half>[ap]\.?m\b\.?)|{clock}(?: ?(?:h|hrs|hours)\b)?"
            rf"|(?P<h3>\d{{1,2}})\.(?P<m3>\d{{2}}){zone}(?: ?(?:h|hrs|hours)\b)?)|\b(?P<word>noon|midday|midnight)\b",
            re.IGNORECASE,
        )
    unit = r"(?!\d|[.,]\d| ?(?:%|procent|milj|mdr|euro|kr|EUR|SEK|€))"
    return re.compile(
        rf"(?<![\d.,:/])(?:(?:kl\.?|klockan) ?(?P<h1>\d{{1,2}})(?:[:.](?P<m1>\d{{2}})(?:[:.]00)?)?(?!\d)|{clock}"
        rf"|(?P<h3>\d{{1,2}})\.(?P<m3>\d{{2}}){unit})"
        rf"|\b(?P<word>mitt på dagen|midnatt)\b",
        re.IGNORECASE,
    )


@cache
def _number_pattern(language: str) -> re.Pattern[str]:
    """Return the pattern of a number in figures or words, of halves, and of a scale without a number."""
    figures = r"\d{1,3}(?: \d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*"
    spelled = value_words(language).spelled
    scales = choice(word for word in SCALES[language] if len(word) > 3)
    if language == "en":
        halves = rf"(?P<whole>{spelled}|\d+)[ -]and[ -]a[ -]half\b"
        half = rf"\bhalf(?:[ -]an?\b(?=[ -](?:{scales}|year|month|day|hour)))?(?!-)\b|\ba half\b"
        multiple = r"\b(?:twice|thrice|double[ds]?|doubling|triple[ds]?|tripling|both)\b"
        word = rf"(?<![\w-])(?:{spelled}|a(?= (?:{scales})))(?!\w)"
    else:
        halves = rf"(?P<whole>{spelled}|\d+) och (?:en|ett) halvt?\b"
        half = r"\b(?:en |ett )?halv(?:a|t)?\b|\bhälften\b|\bhalv(?=dag|tid)"
        multiple = r"\b(?:dubbel\w*|dubbl\w*|fördubbl\w*|trippel\w*|tredubb\w*|båda|bägge)\b"
        word = rf"(?<![\w-])(?:{spelled})(?=-?(?:{compound_pattern().replace('?P<c', '?P<x')})(?!\w)|(?!\w)|(?<=noll)utsläpp)"
    return re.compile(
        rf"(?<!\w)(?=[-\w])(?:(?P<halves>{halves})|(?P<half>{half})|(?P<multiple>{multiple})"
        rf"|(?P<minus>(?<![\w\d)\0-])(?<!\d )-|\bminus )?"
        rf"(?:(?<![\w.,])(?P<digits>{figures})|(?P<word>{word}))|(?P<bare>\b(?={scales}\b)))",
        re.IGNORECASE,
    )


@cache
def _free_code_patterns(language: str) -> dict[str, re.Pattern[str]]:
    """Return the patterns of the abbreviations; what begins with a small letter are words, which may have a capital."""
    found = {}
    for name, patterns in FREE_CODES.items():
        words = patterns[0 if language == "en" else 1].split("|")
        choices = "|".join(f"(?i:{word})" if word[0].islower() else word for word in words)
        found[name] = re.compile(rf"\b(?:{choices})(?!\w)")
    return found


@cache
def _currency_choice(language: str) -> str:
    return choice(value_words(language).currencies)


@cache
def _lead_pattern(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?P<currency>{_currency_choice(language)}) ?$", re.IGNORECASE)


@cache
def _currency_pattern(language: str) -> re.Pattern[str]:
    of = r"(?:of )?" if language == "en" else ""
    return re.compile(rf"[-]? ?{of}(?P<currency>{_currency_choice(language)})(?!\w)\.?(?=\W|$)", re.IGNORECASE)


@cache
def _scale_pattern(language: str) -> re.Pattern[str]:
    return re.compile(rf"-? ?(?P<scale>{choice(SCALES[language])})(?![^\W\d_])\b", re.IGNORECASE)


@cache
def _measure_pattern(language: str) -> re.Pattern[str]:
    """Return the pattern of a per cent sign or a unit behind a number."""
    percent = r"(?P<percent>%(?!-)|per ?cent\b|percent\b)" if language == "en" else r"(?P<percent>%(?!-enhet)|procents?\b)"
    glued = rf"|-?(?:{compound_pattern()})(?!\w)" if language == "sv" else ""
    return re.compile(rf"[ -]?(?:{percent}|(?:{unit_pattern(language)})(?!\w)){glued}", re.IGNORECASE)
