"""Sums of money and rates in running text: how much, in which currency, and for what. Shares are rates, never amounts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from monitor.language.money_words import (
    AMOUNT,
    ASKED,
    BOTH,
    DASHES,
    JOINED,
    LEAST,
    MORE,
    MOST,
    NO_NOUN,
    PER,
    PROJECT,
    RATE,
    RESTATED,
    TOTAL,
    read_currency,
    read_scale,
)
from monitor.language.number_words import parse_number
from monitor.language.segments import Segment, split_segments


class AmountRole(StrEnum):
    """What an amount is: the whole pot, the money for one project, or a share in per cent. UNKNOWN where no word tells."""

    TOTAL = "total"
    PROJECT = "project"
    RATE = "rate"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAmount:
    """One sum, or one span of sums, in whole units of `currency` (empty: not known).

    `rate` is set instead of `amount` for a percentage (the upper end of a span, whose lower end is `rate_from`). `others` holds the same sum stated again in another currency.
    `least` tells that the sum is a lower bound ("minst", "eller mer"), `most` that it is an upper one.
    """

    start: int
    end: int
    text: str
    amount: int | None = None
    amount_max: int | None = None
    currency: str = ""
    role: AmountRole = AmountRole.UNKNOWN
    rate: Decimal | None = None
    rate_from: Decimal | None = None
    others: tuple[FoundAmount, ...] = ()
    least: bool = False
    most: bool = False


def find_amounts(text: str, language: str = "") -> list[FoundAmount]:
    """Every amount and rate of a text, in order.

    Swedish millions without a currency are kronor, unless the text counts in another currency elsewhere.
    """
    words = text.translate(DASHES)
    english = language == "en"
    found: list[FoundAmount] = [_rate(hit) for hit in RATE.finditer(words)]
    taken = [(item.start, item.end) for item in found]
    for hit in AMOUNT.finditer(words):
        if any(start < hit.end() and hit.start() < end for start, end in taken):
            continue
        found += _amounts(hit, words, english)
    found.sort(key=lambda item: item.start)
    found = _with_currency(found, words, language)
    segments = split_segments(words)
    found = [replace(item, text=text[item.start : item.end]) for item in found]
    return _with_restated([_with_role(item, words, segments) for item in found], words)


def _rate(hit: re.Match[str]) -> FoundAmount:
    return FoundAmount(
        start=hit.start(),
        end=hit.end(),
        text="",
        role=AmountRole.RATE,
        rate=parse_number(hit["rate"]),
        rate_from=parse_number(hit["low"] or ""),
    )


def _unit(hit: re.Match[str], number: int) -> tuple[int | None, str | None]:
    """Scale and currency of one of the figures; None where it bears none."""
    got = hit.groupdict()
    if joined := got.get(f"joined{number}"):
        code, scale = JOINED[joined.casefold()]
        return scale, code
    if scale_words := got.get(f"scale{number}"):
        currency = read_currency(got.get(f"curs{number}")) or BOTH.get(scale_words.casefold(), (None, 0))[0]
        return read_scale(scale_words), currency
    if words := got.get(f"cur{number}"):
        return 1, read_currency(words)
    return None, None


def _prefix(words: str | None) -> tuple[int | None, str | None]:
    key = (words or "").casefold().strip()
    if key in JOINED:
        currency, scale = JOINED[key]
        return scale, currency
    return (None, read_currency(key)) if key else (None, None)


def _whole(value: Decimal | None, scale: int) -> int | None:
    return None if value is None else int((value * scale).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _amounts(hit: re.Match[str], words: str, english: bool) -> list[FoundAmount]:
    got = hit.groupdict()
    start, end = hit.span()
    if got["low"]:
        return _range(hit, words, english)
    scale: int | None
    currency: str | None
    if got["pnum"]:
        pre_scale, currency = _prefix(got["pre3"])
        scale = read_scale(got["pscale"]) if got["pscale"] else pre_scale
        number = parse_number(got["pnum"], english=english or _is_english(got["pscale"]), scaled=bool(scale))
    elif got["num"]:
        scale, currency = _unit(hit, 4)
        number = parse_number(got["num"], english=english or _is_english(got.get("scale4")), scaled=(scale or 1) > 1)
    else:
        scale = read_scale(got["wscale"])
        currency = read_currency(got["wcur"]) or BOTH.get(got["wscale"].casefold(), (None, 0))[0]
        number = parse_number(got["word"])
    if currency is None and (not scale or scale < 10**6 or not NO_NOUN.match(words, end)):
        return []
    return [FoundAmount(start=start, end=end, text="", amount=_whole(number, scale or 1), currency=currency or "")]


def _is_english(scale: str | None) -> bool:
    return bool(scale) and (scale or "").casefold() in {"million", "millions", "billion", "billions", "thousand", "m", "bn"}


def _range(hit: re.Match[str], words: str, english: bool) -> list[FoundAmount]:
    got = hit.groupdict()
    low_scale, low_currency = _unit(hit, 1)
    high_scale, high_currency = _unit(hit, 2)
    for number, prefix in ((1, "pre1"), (2, "pre2")):
        scale, currency = _prefix(got[prefix])
        if number == 1:
            low_scale, low_currency = low_scale or scale, low_currency or currency
        else:
            high_scale, high_currency = high_scale or scale, high_currency or currency
    currency = high_currency or low_currency
    scale_words = got.get("scale2") or got.get("scale1")
    spoken = english or _is_english(scale_words)
    low = parse_number(got["low"], english=spoken, scaled=(low_scale or high_scale or 1) > 1)
    high = parse_number(got["high"], english=spoken, scaled=(high_scale or 1) > 1)
    if currency is None and (not high_scale or high_scale < 10**6 or not NO_NOUN.match(words, hit.end())):
        return []
    if low is None or high is None:
        return []
    factor = high_scale or (low_scale if got["joined1"] is None and low_scale and high < 1000 and got["pre1"] else None) or 1
    first = (
        low_scale
        if low_scale and low_scale > 1
        else (factor if low < 1000 and (low_scale is None or low_scale == 1) and not got["cur1"] else 1)
    )
    bottom, top = _whole(low, first), _whole(high, factor)
    two_sums = re.fullmatch(r"\s*(?:och|and)\s*", got["to"]) and not re.search(
        r"(?:mellan|between)\s+$", words[: hit.start()][-12:], re.IGNORECASE
    )
    differ = low_currency is not None and high_currency is not None and low_currency != high_currency
    if two_sums or differ or (bottom or 0) > (top or 0):
        middle, start = hit.end("to"), hit.start()
        one = FoundAmount(start=start, end=hit.start("to"), text="", amount=bottom, currency=low_currency or currency or "")
        two = FoundAmount(start=middle, end=hit.end(), text="", amount=top, currency=high_currency or currency or "")
        own = low_currency is not None or low_scale is not None or two_sums
        return (
            [one, two]
            if own and bottom is not None and not (two_sums and low_currency is None and low_scale is None and low >= 1900)
            else [two]
        )
    return [FoundAmount(start=hit.start(), end=hit.end(), text="", amount=bottom, amount_max=top, currency=currency or "")]


def _with_currency(found: list[FoundAmount], words: str, language: str) -> list[FoundAmount]:
    """The currency of sums that leave it out, where the text knows only one."""
    known = {item.currency for item in found if item.amount is not None and item.currency}
    kroner = {"no": "NOK", "nb": "NOK", "nn": "NOK", "da": "DKK"}.get(language, "")
    settled = []
    for item in found:
        piece = words[item.start : item.end].casefold()
        if (
            item.amount is not None
            and language in ("no", "nb", "nn", "da")
            and item.currency in ("", "SEK")
            and re.search(r"\bkr\b|kroner|mill|mrd", piece)
        ):
            item = replace(item, currency=kroner)
        elif (
            item.amount is not None
            and not item.currency
            and "kroner" not in piece
            and len(known) <= 1
            and language not in ("no", "nb", "nn", "da")
        ):
            swedish = re.search(r"miljon|miljard|milj|mdr|mn", piece) is not None
            item = replace(item, currency=next(iter(known), "SEK") if swedish and known <= {"SEK"} else "")
        settled.append(item)
    return settled


def _with_role(item: FoundAmount, words: str, segments: list[Segment]) -> FoundAmount:
    segment = next((s for s in segments if s.start <= item.start < s.end), Segment(0, len(words), True))
    before, after = words[segment.start : item.start], words[item.end : segment.end]
    item = replace(item, most=MOST.search(before) is not None, least=(LEAST.search(before) or MORE.match(after)) is not None)
    if item.role is AmountRole.RATE:
        return item
    if ASKED.search(before):
        return item
    if PER.match(after):
        return replace(item, role=AmountRole.PROJECT)
    near = {
        role: max((hit.end() for hit in pattern.finditer(before)), default=-1)
        for role, pattern in ((AmountRole.TOTAL, TOTAL), (AmountRole.PROJECT, PROJECT))
    }
    role = max(near, key=lambda key: near[key])
    if near[role] < 0:
        hits = {
            key: hit.start()
            for key, pattern in ((AmountRole.TOTAL, TOTAL), (AmountRole.PROJECT, PROJECT))
            if (hit := pattern.search(after[:60]))
        }
        role = (
            min(hits, key=lambda key: hits[key])
            if hits
            else (AmountRole.PROJECT if item.most and not before[:-1].strip().endswith(":") else AmountRole.UNKNOWN)
        )
    return replace(item, role=role)


def _with_restated(found: list[FoundAmount], words: str) -> list[FoundAmount]:
    """Sums that only repeat the one before in another currency move into its `others`."""
    merged: list[FoundAmount] = []
    for item in found:
        last = merged[-1] if merged else None
        if (
            last is not None
            and last.amount is not None
            and item.amount is not None
            and {last.currency, item.currency} - {""} == {last.currency, item.currency}
            and last.currency != item.currency
            and RESTATED.fullmatch(words[last.end : item.start])
        ):
            merged[-1] = replace(last, others=(*last.others, item))
        else:
            merged.append(item)
    return merged
