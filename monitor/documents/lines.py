"""Lines of a page that go on in the next: a PDF ends a line wherever it is full, also inside a number.

The joined text has exactly as many characters as the page, so that a place in one is the same place in the other: what is read
from the joined text is quoted from the page. A line end that may or may not divide a number makes both halves unreadable.
"""

from __future__ import annotations

import re

UNSURE = ":"
"""Sign between two figures that may be one: with it neither is read as a number."""
_LOOK_BACK, _LOOK_AHEAD = 48, 40
_FULL = 40
"""Characters of a line from which words in small letters below it go on with its sentence, and are no list of their own."""
_BILLION = 10**9

_CURRENCY = r"(?:EUR|SEK|NOK|DKK|USD|euros?|kronor|kroner|kr\.?|€|\$|£)"
_GAP = r"[ \t\u00a0\u202f]"
_GROUPS_LAST = re.compile(r"(?<![\w.,/:-])\d{1,3}(?:[ \u00a0\u202f.,]\d{3})*$")
_GROUPS_FIRST = re.compile(r"\d{3}(?:[ \u00a0\u202f.,]\d{3})*(?![\w/]|[.,]\d)")
_CURRENCY_LAST = re.compile(rf"(?<!\w){_CURRENCY}{_GAP}*$", re.IGNORECASE)
_MONEY_FIRST = re.compile(
    rf"{_GAP}*(?:{_CURRENCY}(?!\w)|million|miljon|miljard|billion|thousand|tusen|mio\b|mn\b|m?kr\b|mnkr|msek)", re.IGNORECASE
)
_LARGE_FIRST = re.compile(
    r"\d{1,3}(?:[ \u00a0\u202f.,]\d{3})+(?!\d)|\d{5,}|"
    r"\d{1,4}(?:[.,]\d+)?\s+(?:million|miljon|miljard|billion|thousand|tusen|mio\b|mn\b)",
    re.IGNORECASE,
)
# A figure behind one of these counts parts of a document or of a project, and begins no sum.
_NUMBERED = re.compile(
    r"(?:\b(?:table|figure|step|stage|phase|part|lot|topic|option|priority|article|chapter|section|page|annex|category|group|year|"
    r"nr|no|tabell|figur|steg|etapp|fas|del|ämne|alternativ|prioritering|artikel|kapitel|avsnitt|sida|bilaga|kategori|grupp|år)"
    r"\.?|§|\()\s*$",
    re.IGNORECASE,
)
_UNIT_FIRST = re.compile(rf"%|(?i:procent|prosent|pct|per{_GAP}?cent)\b|[a-zåäöæøé]|(?:EUR|SEK|NOK|DKK|USD|€)(?!{_GAP}?\d)(?!\w)")
_SMALL_FIRST = re.compile(r"[a-zåäöæøé]")
_CURRENCY_FIRST = re.compile(rf"{_CURRENCY}(?!\w)", re.IGNORECASE)
_FIGURE_LAST = re.compile(r"\d$")
_DIVIDED_BEHIND_SIGN = re.compile(
    rf"(?P<before>(?<!\w){_CURRENCY}{_GAP}?)?(?<![\w.,/:-])(?P<first>\d{{1,3}}(?P<sign>[,.])(?:\d{{3}}(?P=sign))*)\n"
    rf"(?P<last>\d{{3}}(?:(?P=sign)\d{{3}})*)(?![\w/]|[.,]\d)(?P<after>{_GAP}*{_CURRENCY}(?!\w))?",
    re.IGNORECASE,
)
_DIVIDED_DECIMAL = re.compile(
    rf"(?<![\w.,/:-])(?P<whole>\d{{1,4}}[,.])\n(?P<part>\d{{1,2}})(?={_GAP}+(?:million|miljon|miljard|billion|mio\b|mkr|mnkr|msek|meur))",
    re.IGNORECASE,
)
_ONLY_FIGURES = re.compile(r"[\d ]{1,4}")
_LINK_LAST = re.compile(
    r"(?<!\w)(?:is|are|of|to|and|or|between|from|than|most|least|up|the|for|in|by|a|an|with|about|approximately|maximum|minimum|not|"
    r"är|på|om|och|eller|mellan|från|till|högst|minst|max|än|för|i|av|med|ca|cirka|inte|ej|en|ett|den|det|de)$",
    re.IGNORECASE,
)
_BEFORE_SUM_LAST = re.compile(
    r"(?<!\w)(?:is|are|of|to|and|or|between|from|than|most|least|about|approximately|maximum|minimum|"
    r"är|på|om|och|eller|mellan|från|till|högst|minst|max|än|ca|cirka)$",
    re.IGNORECASE,
)
_MONTH_LAST = re.compile(r"\d\.?\s+(?:jan|feb|mar|apr|ma[jy]|jun|jul|aug|sep|o[ck]t|nov|de[cs])[a-z]*\.?$", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"20\d\d\b")
_DASH_LAST = re.compile(rf"\d{_GAP}*[-–—]$")


def join_lines(text: str) -> str:
    """Return the text of a page with a blank in place of each line end inside a sum, a share, a duration or a sentence.

    It has as many characters as the text. A sum that ends its line behind the sign between thousands or decimals ("EUR 500,")
    moves one place to the right, up to the figures of the next line: no blank may stand behind that sign.
    """
    text = _DIVIDED_DECIMAL.sub(r" \g<whole>\g<part>", _DIVIDED_BEHIND_SIGN.sub(_moved, text))
    pieces: list[str] = []
    start = 0
    while (end := text.find("\n", start)) >= 0:
        pieces += (text[start:end], _sign(text, start, end))
        start = end + 1
    pieces.append(text[start:])
    return "".join(pieces)


def _moved(divided: re.Match[str]) -> str:
    """Return a divided sum on one line, as long as it was; anything else as it is.

    "EUR 500," above "100 projects" may be two figures: one group on each side is a sum only with a nought in front of the second.
    """
    groups = divided["first"].count(divided["sign"]) + divided["last"].count(divided["sign"])
    if not (divided["before"] or divided["after"]) or (groups == 1 and not divided["last"].startswith("0")):
        return divided[0]
    return f"{divided['before'] or ''} {divided['first']}{divided['last']}{divided['after'] or ''}"


def _sign(text: str, start: int, end: int) -> str:
    """Return the sign in place of a line end: a blank where the line goes on, UNSURE where a number may."""
    before, after = text[max(start, end - _LOOK_BACK) : end].rstrip(), text[end + 1 : end + 1 + _LOOK_AHEAD].lstrip(" \t\u00a0")
    if not before or not after or after[0] == "\n":
        return "\n"
    if after[0].isdigit():
        return _before_figure(before, after, whole=end - start <= _LOOK_BACK)
    if _FIGURE_LAST.search(before):
        alone = _ONLY_FIGURES.fullmatch(before) is not None and after[0] != "%"  # the number of a page
        return " " if _UNIT_FIRST.match(after) and not alone and not _follows_sum(after) else "\n"
    if _CURRENCY_FIRST.match(after) and (_BEFORE_SUM_LAST.search(before) or _DASH_LAST.search(before)):
        return " "
    goes_on = end - start >= _FULL and before[-1] not in ".:;!?|"
    return " " if _SMALL_FIRST.match(after) and (goes_on or _LINK_LAST.search(before)) else "\n"


def _follows_sum(after: str) -> bool:
    """Return whether a currency that begins a line is that of the figure behind it."""
    return re.match(rf"{_CURRENCY}{_GAP}?\d", after, re.IGNORECASE) is not None


def _before_figure(before: str, after: str, *, whole: bool) -> str:
    """Return the sign before a line that begins with a figure. `whole` tells that `before` is its whole line."""
    if _CURRENCY_LAST.search(before):
        return " " if _LARGE_FIRST.match(after) and not _FIGURE_LAST.search(_CURRENCY_LAST.sub("", before).rstrip()) else "\n"
    if _BEFORE_SUM_LAST.search(before) or _DASH_LAST.search(before):
        return " "
    if _MONTH_LAST.search(before) and _YEAR_FIRST.match(after):
        return " "
    first, second = _GROUPS_LAST.search(before), _GROUPS_FIRST.match(after)
    if first is None or second is None:
        return "\n"
    lead = before[: first.start()]
    money_before = _CURRENCY_LAST.search(lead) is not None
    money_after = _MONEY_FIRST.match(after, second.end()) is not None
    number = int(re.sub(r"\D", "", first[0] + second[0]))
    if after.startswith("0"):
        return " "
    if not (money_before or money_after) or number >= _BILLION:
        return "\n"
    if _NUMBERED.search(lead) or (not money_before and whole and not lead.strip()):
        return "\n" if money_after else UNSURE
    return " " if money_before and len(first[0]) <= 3 else UNSURE
