"""Words and numbers as people write them, in Swedish and English: dates, days left, money, lists, one and many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from monitor.digest.facts import key_date, key_moment
from monitor.errors import MailError
from monitor.language.one_line import clean, shorten

HOME = ZoneInfo("Europe/Stockholm")
_NO_BREAK = "\u00a0"
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ\"”(])")
_ABBREVIATED = re.compile(r"(?:\b(?:kl|ca|nr|dvs|etc|osv|No|Art|vs|approx)|\b\w\.\w+|\b[A-ZÅÄÖ])\.$", re.IGNORECASE)


class Wording:
    """The phrases of one language (a table of `digests/<language>.toml`) and how that language writes values."""

    def __init__(self, language: str, phrases: Mapping[str, Any]) -> None:
        self.language = language
        self._phrases = phrases

    def say(self, name: str, /, n: int | None = None, **values: object) -> str:
        """The phrase with its values filled in; with `n`, the form for one or for many. MailError when there is none."""
        phrase: Any = self._phrases
        for part in name.split("."):
            phrase = phrase.get(part) if isinstance(phrase, Mapping) else None
        if n is not None and isinstance(phrase, Sequence) and not isinstance(phrase, str):
            phrase = phrase[0 if n == 1 else 1]
        if not isinstance(phrase, str):
            raise MailError(f"{self.language}.toml", f"the phrase {name!r} is missing")
        try:
            return phrase.format(n=n, **values)
        except (KeyError, IndexError, ValueError) as error:
            raise MailError(f"{self.language}.toml", f"the phrase {name!r} asks for a value it does not get: {error}") from error

    def day(self, day: date, now: datetime) -> str:
        """A day with its weekday, and its year where that is not the present one: torsdag 3 december."""
        weekday, month = self._names("weekdays")[day.weekday()], self._names("months")[day.month - 1]
        year = "" if day.year == now.year else f"{_NO_BREAK}{day.year}"
        return f"{weekday} {day.day}{_NO_BREAK}{month}{year}"

    def short_day(self, day: date, now: datetime) -> str:
        """A day without its weekday: 3 december."""
        year = "" if day.year == now.year else f"{_NO_BREAK}{day.year}"
        return f"{day.day}{_NO_BREAK}{self._names('months')[day.month - 1]}{year}"

    def date_key(self, key: str, now: datetime) -> str:
        """A date key in words, its time in Swedish time; a day without a time stays a day."""
        if key == "rolling":
            return self.say("date.rolling")
        moment, day = key_moment(key), key_date(key)
        if moment is None:
            assert day is not None
            return self.day(day, now)
        at = moment.astimezone(HOME)
        return self.say("date.at", day=self.day(at.date(), now), time=self.clock(at))

    def date_keys(self, keys: Sequence[str], now: datetime) -> str:
        """Several dates in words, or that there is none."""
        return self.join(self.date_key(key, now) for key in keys) if keys else self.say("date.none")

    def clock(self, at: datetime) -> str:
        """A time of day: kl. 17.00 in Swedish, 17:00 in English."""
        return self.say("date.clock", hour=f"{at.hour:02d}", minute=f"{at.minute:02d}")

    def days_left(self, day: date, now: datetime) -> str:
        """How long it is to a day: i dag, i morgon, om 12 dagar."""
        left = (day - now.date()).days
        if left < 0:
            return self.say("date.passed")
        if left < 2:
            return self.say(("date.today", "date.tomorrow")[left])
        return self.say("date.in_days", n=left)

    def money(self, amount: int, currency: str, *, exact: bool = False) -> str:
        """Return an amount as one says it: 1,5 miljoner euro, 60 000 euro.

        Millions have two decimals at most; with `exact`, an amount that needs more is written in full.
        """
        name = self._phrases["money"].get(currency, currency)
        for size, word in ((1_000_000_000, "milliard"), (1_000_000, "million")):
            if amount >= size and not (exact and amount * 100 % size):
                number = f"{amount / size:.2f}".rstrip("0").rstrip(".")
                number = number.replace(".", self.say("money.point"))
                return f"{number}{_NO_BREAK}{self.say('money.' + word, n=1 if number == '1' else 2)} {name}"
        return f"{amount:,}".replace(",", self.say("money.thousands")) + _NO_BREAK + str(name)

    def join(self, parts: Iterable[str]) -> str:
        """A list as in a sentence: a, b och c."""
        words = list(parts)
        if len(words) < 2:
            return "".join(words)
        return ", ".join(words[:-1]) + f" {self.say('and')} {words[-1]}"

    def week(self, week: str) -> str:
        """The number of an ISO week such as 2026-W27, as people say it: 27."""
        return str(int(week.partition("-W")[2]))

    def _names(self, key: str) -> list[str]:
        return list(self._phrases["date"][key])


def iso_week(day: date) -> str:
    """The ISO week of a day: 2026-W27."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def first_sentences(text: str, limit: int = 280) -> str:
    """One or two sentences from the beginning of a text, within the limit."""
    found: list[str] = []
    for part in _SENTENCE_END.split(clean(text)):
        if found and _ABBREVIATED.search(found[-1]):
            found[-1] = f"{found[-1]} {part}"
        elif len(found) == 2:
            break
        else:
            found.append(part)
    if len(found) > 1 and len(found[0]) + len(found[1]) >= limit:
        found.pop()
    return shorten(" ".join(found), limit)


def distinct_words(words: Iterable[str], limit: int) -> list[str]:
    """The first words that say something of their own: none twice in another case or ending, none inside a longer one."""
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
    """The text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]
