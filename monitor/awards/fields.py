"""Values of publishers' fields: amounts, dates, countries, identifiers and texts. Each reader returns an empty value for none."""

from __future__ import annotations

import html
import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from monitor.errors import RowError
from monitor.language.countries import code_of

_EMPTY = frozenset({"", "-", "n.a.", "n/a", "na", "null", "none"})
_LONGEST_EMPTY = max(map(len, _EMPTY))
_SPACES = re.compile(r"\s+")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?|-?\d{1,3}(?:\.\d{3})+(?:,\d+)?|-?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_LARGEST = Decimal(10) ** 13
"""No budget of a project comes near it: a larger number is a number of another kind in the wrong column."""
_EXCEL_DAY_ZERO = date(1899, 12, 30)
_DAY_FIRST = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_LAST_OF_MONTH = 31
_NO_DATE = "1900-01-01"  # Vinnova's register writes it for "no date"
_MARKUP = re.compile(r"<[^<>]{0,400}>")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b", re.IGNORECASE)
_PHONE = re.compile(
    # It begins with a set of characters, by which it is looked for, and not with what may not stand before it.
    r"[+(0](?<![\w-].)(?<!\d[\s.,].)"  # neither inside a word nor the end of a number with spaces between its thousands
    r"(?!\d([-./])\d{1,2}\1\d{4}(?!\d))"  # no date with the day first
    r"(?:(?:(?<=\+)|(?<=0)0)[1-9]\d{0,2}[\s-]?(?=[\d(])|(?:(?<=0)|(?<=\()0)[1-9]\d{0,2}\)?[\s/–-]{0,3})"
    r"(?:[\s().–-]{0,2}\d){5,12}(?!\w)"
)
"""Phone number: with its country's code, or with an area code that begins with 0; parted by spaces or marks, or not at all."""
_MAX_SUMMARY = 600
_ORGANISATION_DIGITS = 10
_ORGANISATION = re.compile(r"(?:SE|16)?(\d{10})(?:01)?")
_VAT_MARKS = re.compile(r"[\s.\-/]")
_VAT = re.compile(r"[A-Z]{2}(?=[A-Z]*\d)[A-Z0-9+*]{2,13}")
_PERSONAL_VAT = re.compile(r"BG\d{10}|CZ\d{9,10}|ES[\dKLMXYZ]\d{7}[A-Z]|LT\d{12}|LV[0-3]\d{10}")
_COUNTRIES = {"UK": "GB", "EL": "GR"}
_COUNTRY_NAMES = {
    "sweden": "SE", "sverige": "SE", "andorra": "AD",
    # Labels of LIFE's database, which names countries in their own languages.
    "deutschland": "DE", "ellas": "GR", "españa": "ES", "finland suomi": "FI", "norway norge": "NO", "österreich": "AT",
    "belgië - belgique": "BE", "estonia eesti": "EE", "latvia latvija": "LV", "lithuania lietuva": "LT", "poland polska": "PL",
    "hungary magyarország": "HU", "czech cesko": "CZ", "bulgaria balgarija": "BG", "slovakia slovensko": "SK",
    "croatia hrvatska": "HR", "turkey türkiye": "TR",
}  # fmt: skip


def text(value: Any) -> str:
    """Return a value as one line of text; "" for the words by which publishers say "empty"."""
    if value is None:
        return ""
    line = " ".join(str(value).split())
    return "" if len(line) <= _LONGEST_EMPTY and line.casefold() in _EMPTY else line


def plain(value: Any) -> str:
    """Return HTML or text as one line of plain text without mail addresses and phone numbers, at most 600 characters."""
    line = _SPACES.sub(" ", html.unescape(_MARKUP.sub(" ", str(value or ""))))[: 2 * _MAX_SUMMARY]
    line = _SPACES.sub(" ", _PHONE.sub("", _MAIL.sub("", line))).strip()
    return line if len(line) <= _MAX_SUMMARY else line[: _MAX_SUMMARY - 1].rsplit(" ", 1)[0] + "…"


def amount(value: Any, field: str) -> Decimal | None:
    """Return an amount with at most two decimals, None for an empty value.

    A decimal comma and a decimal point occur in one file (CORDIS), thousands are separated by spaces, no-break spaces, points
    or commas.

    Raises:
        RowError: The value is no amount, is negative or is impossibly large; the text names `field`.
    """
    if isinstance(value, bool):
        raise RowError(f"har ”{value}” som {field}, som ska vara ett belopp")
    if isinstance(value, int | float | Decimal):
        number = Decimal(str(value))
    else:
        line = re.sub(r"[\s\u00a0\u202f']", "", text(value)).removesuffix("€").removesuffix("SEK").removesuffix("EUR")
        if not line:
            return None
        number = _decimal(line, field)
    if not number.is_finite() or number < 0 or number > _LARGEST:
        raise RowError(f"har ”{value}” som {field}, som ska vara ett belopp")
    return number.quantize(Decimal("0.01"))


def _decimal(line: str, field: str) -> Decimal:
    if not _NUMBER.fullmatch(line):
        raise RowError(f"har ”{line[:40]}” som {field}, som ska vara ett belopp")
    points, commas = line.count("."), line.count(",")
    if points and commas:
        decimal = "." if line.rfind(".") > line.rfind(",") else ","
        line = line.replace("," if decimal == "." else ".", "").replace(decimal, ".")
    elif points > 1 or commas > 1:
        line = line.replace(".", "").replace(",", "")
    else:
        line = line.replace(",", ".")
    try:
        return Decimal(line)
    except InvalidOperation as error:
        raise RowError(f"har ”{line[:40]}” som {field}, som ska vara ett belopp") from error


def day(value: Any, field: str) -> str:
    """Return a day as ISO 8601, "" for none; accepts ISO dates and date-times, DD/MM/YYYY, Excel's dates and day numbers.

    A day that its month does not have (31 September, in lists that add whole months) becomes the last day of the month.

    Raises:
        RowError: The value is no date; the text names `field`.
    """
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (_EXCEL_DAY_ZERO + timedelta(days=int(value))).isoformat()
    line = text(value)
    if not line or line.startswith(_NO_DATE):
        return ""
    try:
        if match := _DAY_FIRST.match(line):
            return _in_month(int(match[3]), int(match[2]), int(match[1]))
        if match := _YEAR_FIRST.match(line):
            return _in_month(int(match[1]), int(match[2]), int(match[3]))
        return date.fromisoformat(line[:10]).isoformat()
    except ValueError as error:
        raise RowError(f"har ”{line[:40]}” som {field}, som ska vara ett datum") from error


def _in_month(year: int, month: int, number: int) -> str:
    """Return a day, at most the last of its month; raises ValueError for numbers that no month has."""
    last = monthrange(year, month)[1] if 1 <= month <= 12 else 0
    return date(year, month, last if last < number <= _LAST_OF_MONTH else number).isoformat()


def year_of(*values: str) -> int | None:
    """Return the first year from 2000 to 2049 that stands in a code or a date, tried in the order given; None for none."""
    for value in values:
        if match := re.search(r"(?<!\d)(20[0-4]\d)(?!\d)", value):
            return int(match[1])
    return None


def country(value: Any) -> str:
    """Return the ISO code of a country given by code or by its English or Nordic name; "" when unknown."""
    line = text(value)
    if len(line) == 2 and line.isalpha():
        return _COUNTRIES.get(line.upper(), line.upper())
    return _COUNTRY_NAMES.get(line.casefold()) or code_of(line)


def pic(value: Any) -> str:
    """Return a Participant Identification Code, given alone or as the end of the portal's address of an organisation."""
    line = text(value).rpartition("/")[2]
    return line if re.fullmatch(r"\d{9}", line) else ""


def vat_number(value: Any) -> str:
    """Return a VAT number with its country's prefix in one form, "" for another text and for a person's number.

    In some countries the VAT number of a sole trader is the person's own number, which is never kept (the structures are in the
    FAQ of the Commission's VIES service).
    """
    line = _VAT_MARKS.sub("", text(value)).upper()
    if not _VAT.fullmatch(line) or _PERSONAL_VAT.fullmatch(line):
        return ""
    return line if not line.startswith("SE") or organisation_number(line) else ""


def organisation_number(*values: Any) -> str:
    """Return the first Swedish organisation number among values, ten digits; "" when none is one.

    Accepted: `212000-3005`, `2120003005`, `162120003005` (with the century of legal persons) and the VAT number
    `SE212000300501`. The last digit is a check digit (Luhn), and the third digit is at least 2, which tells an organisation
    from a person (Skatteverket, SKV 709): a person's number is never kept.
    """
    for value in values:
        digits = text(value).replace("-", "").replace(" ", "").upper()
        if match := _ORGANISATION.fullmatch(digits):
            number = match[1]
            if number[2] >= "2" and _is_luhn(number):
                return number
    return ""


def _is_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 and len(digits) == _ORGANISATION_DIGITS
