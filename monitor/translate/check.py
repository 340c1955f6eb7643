"""Check of a translation: its numbers, dates, times, codes and names must be the original's, or the original is kept. Pure.

Values are compared in their order within each kind and unit, so that two days or two shares cannot change places. A meaning
that is turned round with the same values, such as a lost "not", is out of reach.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from monitor.translate.value_words import CURRENCIES, LABELS, POLES, value_words
from monitor.translate.values import KeptValue, read_values

_NAME = re.compile(r"(?:[A-ZÅÄÖ][\w'’-]*[a-zåäöéü][\w'’-]*)(?:\s+(?:of\s+the\s+|of\s+|for\s+|and\s+|de\s+)?[A-ZÅÄÖ][\w'’-]*)*")
_LABEL = re.compile(rf"(?:{LABELS['en']})", re.IGNORECASE)
_PERIODS = frozenset({"år", "månad", "vecka", "dag", "arbetsdag", "kalenderdag", "timme", "minut"})
"""Units of one order: "two weeks and three months" and "tre månader och två veckor" are not the same."""
_JOINTS = frozenset({"of", "for", "and", "the", "de"})
_UNORDERED = frozenset({"förkortningen", "valutan"})
"""Kinds that count once however often they stand in a sentence, in any order."""


def find_differences(
    original: str, translated: str, *, language: str = "en", glossary: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Return what a translation into Swedish does not keep of a sentence, each as a short Swedish phrase; empty if it holds.

    Args:
        original: The sentence.
        translated: Its translation.
        language: Language of the sentence; numbers and dates of another one than English are read as Swedish writes them.
        glossary: Swedish names by their names in the original, in lower case.
    """
    if not translated.strip():
        return ("översättningen är tom",)
    before, after = read_values(original, "en" if language == "en" else "sv"), read_values(translated, "sv")
    lost: list[KeptValue] = []
    added: list[KeptValue] = []
    moved = []
    for group in sorted({_group(value) for value in (*before, *after)}):
        ours, theirs = ([value for value in values if _group(value) == group] for values in (before, after))
        if _is_kept(ours, theirs):
            continue
        less, more = _unmatched(ours, theirs), _unmatched(theirs, ours)
        lost, added = [*lost, *less], [*added, *more]
        if not less and not more:
            moved.append(f"{group[0]}: ordningen är en annan än {', '.join(value.value for value in ours)}")
    poles = _exchanged(original, translated) if language == "en" else []
    names = [f"namnet {name} saknas" for name in _lost_names(original, translated, glossary or {})]
    return (*_described(lost, added), *moved, *poles, *names)


def _group(value: KeptValue) -> tuple[str, str]:
    if value.unit in CURRENCIES:
        return value.kind, "pengar"
    return value.kind, "tid" if value.unit in _PERIODS else value.unit


def _is_same(one: KeptValue, other: KeptValue) -> bool:
    return not one.unsure and not other.unsure and (one.value, one.unit) == (other.value, other.unit)


def _is_kept(before: Sequence[KeptValue], after: Sequence[KeptValue]) -> bool:
    """Return whether two rows of values of one kind are the same, but for optional ones that only one of them has."""
    if any(value.kind in _UNORDERED for value in (*before, *after)):
        return not _unmatched(before, after) and not _unmatched(after, before)
    reached = {(0, 0)}
    for _ in range(len(before) + len(after)):
        steps = set()
        for left, right in reached:
            if left < len(before) and right < len(after) and _is_same(before[left], after[right]):
                steps.add((left + 1, right + 1))
            if left < len(before) and before[left].optional:
                steps.add((left + 1, right))
            if right < len(after) and after[right].optional:
                steps.add((left, right + 1))
        if steps <= reached:
            break
        reached |= steps
    return (len(before), len(after)) in reached


def _unmatched(values: Sequence[KeptValue], others: Sequence[KeptValue]) -> list[KeptValue]:
    """Return the values, optional ones left out, that others do not have as many times."""
    left = Counter((other.value, other.unit) for other in others if not other.unsure)
    found = []
    for value in values:
        if not value.unsure and left[value.value, value.unit] > 0:
            left[value.value, value.unit] -= value.kind not in _UNORDERED
        elif not value.optional:
            found.append(value)
    return found


def _described(lost: Sequence[KeptValue], added: Sequence[KeptValue]) -> list[str]:
    """Return a phrase for each difference; of a number that only changed its currency, the currency is named."""
    found = []
    unpaired = list(added)
    for value in lost:
        pair = next((other for other in unpaired if _is_other_currency(value, other)), None)
        if pair is None:
            found.append(f"{value.kind} {value.value} saknas")
            continue
        unpaired.remove(pair)
        found += [f"valutan {value.unit} saknas"] if value.unit in CURRENCIES else []
        found += [f"valutan {pair.unit} finns inte i originalet"] if pair.unit in CURRENCIES else []
    return [*found, *(f"{value.kind} {value.value} finns inte i originalet" for value in unpaired)]


def _is_other_currency(one: KeptValue, other: KeptValue) -> bool:
    same = one.kind == other.kind == "talet" and one.value == other.value and one.unit != other.unit
    return same and all(value.unit in ("", *CURRENCIES) for value in (one, other))


def _exchanged(original: str, translated: str) -> list[str]:
    """Return a phrase for each pair of opposites, such as opening and closing, that a translation has the other way round."""
    found = []
    for pair in POLES:
        before, after = _poles(original, pair, 0), _poles(translated, pair, 1)
        if before and after and (set(before).isdisjoint(after) or (len(before) == len(after) == 2 and before != after)):
            found.append(f"{before[0]} har blivit {after[0]}")
    return found


def _poles(text: str, pair: Sequence[tuple[str, str, str]], language: int) -> list[str]:
    """Return the opposites that a text has, in the order of their first places."""
    found = [
        (match.start(), row[0]) for row in pair if (match := re.search(rf"\b(?:{row[language + 1]})\b", text, re.IGNORECASE))
    ]
    return [name for _, name in sorted(found)]


def _lost_names(original: str, translated: str, glossary: Mapping[str, str]) -> Iterable[str]:
    """Yield the names of a sentence that the translation has neither as they are nor as Swedish says them."""
    text = translated.casefold()
    for match in _NAME.finditer(original):
        name = match[0]
        if _begins_sentence(original, match.start()):
            name = name.partition(" ")[2]  # the first word has a capital for its place
        name = name.strip()
        name = _without_values(name, original[match.end() :])
        if not name or not name[0].isupper():
            continue
        if name.casefold() in text or _is_said(name, text, glossary):
            continue
        yield name


def _begins_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \"”“'(")
    return not before or before[-1] in ".!?:;–-"


def _is_said(name: str, text: str, glossary: Mapping[str, str]) -> bool:
    """Return whether a Swedish text has a name as Swedish says it: by the glossary, or as a country or a language."""
    folded = name.casefold()
    for known in (folded, folded.removesuffix("s")):
        swedish = glossary.get(known) or _places().get(known)
        if swedish and all(part[: max(4, len(part) - 3)] in text for part in swedish.casefold().split()):
            return True
    # Several names in a row, such as two countries: each for itself.
    parts = re.split(r"\s+and\s+|\s+for\s+|,\s*", name)
    return len(parts) > 1 and all(
        part.casefold() in text or _is_value(part) or _is_said(part, text, glossary) for part in parts if part
    )


def _without_values(name: str, behind: str) -> str:
    """Return a name without the words that are read as values: days, months, currencies, numbers, and nouns before a code."""
    words = name.split()
    while words and (_is_value(words[-1]) or _is_label(words, behind) or words[-1] in _JOINTS):
        behind = words.pop()
    while words and (_is_value(words[0]) or words[0] in _JOINTS):
        words.pop(0)
    return " ".join(words)


def _is_value(word: str) -> bool:
    return word.casefold() in _value_names() or re.fullmatch(r"[A-Z]|[IVX]+|[A-Z]{2,}s", word) is not None


def _is_label(words: Sequence[str], behind: str) -> bool:
    """Return whether the last word names the code behind it: "Article 5", "Annex II"."""
    return _LABEL.fullmatch(words[-1]) is not None and re.match(r" ?(?:\(EU\) )?(?:No )?(?:[\d(]|[A-Z]+\b)", behind) is not None


@cache
def _value_names() -> frozenset[str]:
    words = value_words("en")
    tables = (words.months, words.short_months, words.weekdays, words.short_weekdays, words.currencies, words.ordinals)
    return frozenset({word for table in (*tables, words.cardinals) for word in table} | {"noon", "midnight", "no", "no."})


@cache
def _places() -> Mapping[str, str]:
    """Return the Swedish names of countries and languages by their English ones, in lower case (CLDR)."""
    from babel.core import Locale

    english, swedish = Locale("en"), Locale("sv")
    found = {
        name.casefold(): swedish.territories[code] for code, name in english.territories.items() if code in swedish.territories
    }
    found |= {name.casefold(): swedish.languages[code] for code, name in english.languages.items() if code in swedish.languages}
    return found
