"""Words and numbers as people write them, in Swedish and English: dates, days left, money, lists, one and many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from monitor.digest.facts import key_date, key_moment
from monitor.errors import MailError
from monitor.language.one_line import clean, shorten
from monitor.translation import Catalogue

HOME = ZoneInfo("Europe/Stockholm")
_NEAR = 300
"""Days within which a day and a month are that of the nearest year."""
NO_BREAK = "\u00a0"
_LOCALES = {"sv": "sv_SE", "en": "en_GB"}
"""Locale of CLDR for each language."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ\"”(])")
_ABBREVIATED = re.compile(r"(?:\b(?:kl|ca|nr|dvs|etc|osv|No|Art|vs|approx)|\b\w\.\w+|\b[A-ZÅÄÖ])\.$", re.IGNORECASE)

QUOTED = "\x00"
"""Place of the words in another language, in a phrase that `QuotingSentence.quoting` divides."""


@dataclass(frozen=True, slots=True)
class QuotingSentence:
    """Sentence for a template: `quoted`, between `before` and `after`, is in another language, `language`.

    Printed as it is, it is the whole sentence.
    """

    before: str
    quoted: str = ""
    language: str = ""
    after: str = ""

    def __str__(self) -> str:
        return f"{self.before}{self.quoted}{self.after}"

    @classmethod
    def quoting(cls, said: str, quoted: str, language: str) -> QuotingSentence:
        """Return a phrase with `quoted` where it has QUOTED, kept apart where `language` is not that of the mail, else empty."""
        before, place, after = said.partition(QUOTED)
        if not place or not quoted or not language:
            return cls(said.replace(QUOTED, quoted))
        return cls(before, quoted, language, after.replace(QUOTED, quoted))


class Wording:
    """Words of one language: the phrases of its catalogue (`digests/<language>.po`), and values as the language writes them."""

    def __init__(self, language: str, catalogue: Catalogue) -> None:
        self.language = language
        self._catalogue = catalogue
        self._locale = _LOCALES[language]

    def say(self, name: str, /, n: int | None = None, **values: object) -> str:
        """Return the phrase with its values filled in; with `n`, in the form for that number.

        Raises:
            MailError: There is no such phrase, or it asks for a value that is not given. File and line are named.
        """
        phrase = self._catalogue.text(name, n)
        if phrase is None:
            raise MailError(f"{self.language}.po", f"the phrase {name!r} is missing")
        try:
            return phrase.format(n=n, **values)
        except (KeyError, IndexError, ValueError) as error:
            where = self._catalogue.messages[name].where
            raise MailError(where, f"the phrase {name!r} asks for a value it does not get: {error}") from error

    def day(self, day: date, now: datetime) -> str:
        """Return a day with its weekday, and its year where that is not the present one: torsdag 3 december."""
        return self._date(day, "EEEE d\u00a0MMMM" if day.year == now.year else "EEEE d\u00a0MMMM\u00a0y")

    def short_day(self, day: date, now: datetime) -> str:
        """Return a day without its weekday: 3 december."""
        return self._date(day, "d\u00a0MMMM" if day.year == now.year else "d\u00a0MMMM\u00a0y")

    def brief_day(self, day: date, now: datetime) -> str:
        """Return a day in few characters: 3 dec; with its year where the day and month alone could be misread: 3 dec 2027."""
        near = abs((day - now.date()).days) < _NEAR
        return self._date(day, "d\u00a0MMM" if near else "d\u00a0MMM\u00a0y").replace(".", "")

    def language_name(self, code: str) -> str:
        """Return the name of a language: engelska; its code where it has none."""
        from babel.core import Locale, UnknownLocaleError

        try:
            return Locale.parse(code).get_language_name(self._locale) or code
        except (ValueError, UnknownLocaleError):
            return code

    def month_names(self) -> list[str]:
        """Return the names of the twelve months, January first."""
        from babel.dates import get_month_names

        return list(get_month_names("wide", locale=self._locale).values())

    def _date(self, day: date, form: str) -> str:
        # Babel takes a tenth of a second to load, which commands that word nothing must not wait for.
        from babel.dates import format_date

        return format_date(day, form, locale=self._locale)

    def date_key(self, key: str, now: datetime) -> str:
        """Return a date key in words, its time in Swedish time; a day without a time stays a day."""
        if key == "rolling":
            return self.say("date.rolling")
        moment, day = key_moment(key), key_date(key)
        if moment is None:
            assert day is not None
            return self.day(day, now)
        at = moment.astimezone(HOME)
        return self.say("date.at", day=self.day(at.date(), now), time=self.clock(at))

    def date_keys(self, keys: Sequence[str], now: datetime) -> str:
        """Return several dates in words, or the phrase that there is none."""
        return self.join(self.date_key(key, now) for key in keys) if keys else self.say("date.none")

    def clock(self, at: datetime) -> str:
        """Return a time of day: kl. 17.00 in Swedish, 17:00 in English."""
        return self.say("date.clock", hour=f"{at.hour:02d}", minute=f"{at.minute:02d}")

    def days_left(self, day: date, now: datetime) -> str:
        """Return the time left to a day: i dag, i morgon, om 12 dagar."""
        left = (day - now.date()).days
        if left < 0:
            return self.say("date.passed")
        if left < 2:
            return self.say(("date.today", "date.tomorrow")[left])
        return self.say("date.in_days", n=left)

    def time_left(self, day: date, now: datetime) -> str:
        """Return the time left before a last day: i dag, i morgon, 12 dagar kvar."""
        left = (day - now.date()).days
        return self.say("date.left", n=left) if left > 1 else self.days_left(day, now)

    def money(self, amount: int, currency: str, *, exact: bool = False) -> str:
        """Return an amount as people say it: 1,5 miljoner euro, 60 000 euro.

        Millions have two decimals at most; with `exact`, an amount that needs more is written in full.
        """
        name = self._catalogue.text(f"money.{currency}") or currency
        for size, word in ((1_000_000_000, "milliard"), (1_000_000, "million")):
            if amount >= size and not (exact and amount * 100 % size):
                # Rounded here: Babel rounds halves to the even digit.
                millions = Decimal(f"{amount / size:.2f}")
                unit = self.say(f"money.{word}", n=1 if millions == 1 else 2)
                return f"{self._amount(millions)}{NO_BREAK}{unit} {name}"
        return f"{self._amount(amount)}{NO_BREAK}{name}"

    def _amount(self, value: int | Decimal) -> str:
        """Return a number as mails have written amounts from the beginning: with an ordinary space between thousands."""
        return self.number(value).replace(NO_BREAK, " ")

    def number(self, value: float | Decimal, form: str = "#,##0.###") -> str:
        """Return a number as the language writes it: 1 234,5. `form` is a number pattern of CLDR.

        https://www.unicode.org/reports/tr35/tr35-numbers.html
        """
        from babel.numbers import format_decimal

        # Some versions of CLDR group with a narrow space, which mail programs lack.
        return format_decimal(value, form, locale=self._locale).replace("\u202f", NO_BREAK)

    def join(self, parts: Iterable[str]) -> str:
        """Return a list as in a sentence: a, b och c."""
        from babel.lists import format_list

        words = list(parts)
        return format_list(words, locale=self._locale) if len(words) > 1 else "".join(words)

    def week(self, week: str) -> str:
        """Return the number of an ISO week such as 2026-W27, as people say it: 27."""
        return str(int(week.partition("-W")[2]))


def iso_week(day: date) -> str:
    """Return the ISO week of a day: 2026-W27."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


_LITTLE_MORE = 32
"""Characters of "Sista ansökningsdag är den ...": a sentence with so few besides a value says the value alone."""


def first_sentences(text: str, limit: int = 280, *, most: int = 2, told: Sequence[str] = ()) -> str:
    """Return the first sentences of a text, `most` of them, of at most `limit` characters.

    A sentence that says little more than words which are `told` beside it is passed over.
    """
    found: list[str] = []
    for part in _SENTENCE_END.split(clean(text)):
        if any(words in part and len(part) - len(words) <= _LITTLE_MORE for words in told):
            continue
        if found and _ABBREVIATED.search(found[-1]):
            found[-1] = f"{found[-1]} {part}"
        elif len(found) == most:
            break
        else:
            found.append(part)
    if len(found) > 1 and len(found[0]) + len(found[1]) >= limit:
        found.pop()
    return shorten(" ".join(found), limit)


def distinct_words(words: Iterable[str], limit: int) -> list[str]:
    """Return the first words that differ: none twice in another case or ending, none inside a longer one."""
    kept: list[str] = []
    for word in words:
        folded = word.casefold()
        stem = folded[: max(4, len(folded) - 2)]
        if not any(
            folded in other.casefold() or other.casefold() in folded or other.casefold().startswith(stem) for other in kept
        ):
            kept.append(word)
    return kept[:limit]


def capital(text: str) -> str:
    """Return the text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]
