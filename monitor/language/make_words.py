"""Build script of the word files in `data/`, from dictionaries of simplemma and frequencies of wordfreq.

Run as `python -m monitor.language.make_words`. Only this script needs wordfreq (`pip install wordfreq`). It corrects base forms
of the dictionaries for words of calls: a noun that is also an imperative (strand, buss) is the noun; ansökning belongs to
ansökan; irregular words come from `irregular.toml`.
"""

from __future__ import annotations

import importlib
import json
import math
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from monitor.language import irregular
from monitor.language.compounds import Root, Splitter
from monitor.language.detect import ENGLISH, SWEDISH, small_words
from monitor.language.wordfile import write_words

DATA = Path(__file__).parent / "data"
_AUTHORITIES = (
    "verket", "myndigheten", "styrelsen", "inspektionen", "förvaltningen", "nämnden", "fonden", "banken", "rådet", "institutet",
    "tinget", "kontoret",
)  # fmt: skip
_DERIVED = ("ning", "ring", "ing", "ande", "ende", "are", "bar", "else", "lig")


def make_words(target: Path) -> None:
    """Write all word files to a folder."""
    target.mkdir(exist_ok=True)
    frequencies = _frequencies(SWEDISH)
    bases = mend_swedish(_dictionary(SWEDISH), frequencies)
    foreign = {word for language in ("de", ENGLISH) for word in _dictionary(language)}
    roots = find_roots(bases, frequencies, foreign)
    write_words(target / "sv.words", bases.items())
    write_words(target / "en.words", mend_english(_dictionary(ENGLISH)).items())
    lines = sorted(f"{word} {root.zipf:.1f} {root.kinds}" for word, root in roots.items())
    (target / "sv.roots").write_bytes(zlib.compress("\n".join(lines).encode(), 9))


def _dictionary(language: str) -> dict[str, str]:
    """Return the base forms of simplemma's dictionary by folded word; small letters go before a capital."""
    factory: Any = importlib.import_module("simplemma.strategies.dictionaries").DEFAULT_DICTIONARY_FACTORY
    found: dict[str, str] = {}
    for word, base in factory.get_dictionary(language).items():
        folded = word.casefold()
        usable = folded.isalnum() and base.isalnum() and not _is_abbreviation(folded, base)
        if usable and (word == folded or folded not in found):
            found[folded] = base.casefold()
    return found


def _is_abbreviation(word: str, base: str) -> bool:
    """Tell whether a base form is the meaning of an abbreviation: the "DP" of a title is no detaljplan."""
    return len(word) <= 4 and len(base) > len(word) + 3


def _frequencies(language: str) -> dict[str, float]:
    """Return the Zipf value of each word: log10 of the occurrences in 10^9 words."""
    wordfreq: Any = importlib.import_module("wordfreq")
    return {word: math.log10(share) + 9 for word, share in wordfreq.get_frequency_dict(language, wordlist="best").items()}


class _Forms:
    """Forms of each base form, which tell the kind of word."""

    def __init__(self, bases: Mapping[str, str]) -> None:
        self.bases = bases
        self.of: defaultdict[str, set[str]] = defaultdict(set)
        for word, base in bases.items():
            if word != base:
                self.of[base].add(word)

    def is_noun(self, base: str) -> bool:
        """Tell whether a base form has a definite form of its own."""
        forms = self.of[base]
        lost = base[:-2] + base[-1]
        return any(base + end in forms for end in ("en", "et", "n", "arna", "erna")) or (
            base[-2:] in ("el", "er", "en", "or") and any(lost + end in forms for end in ("et", "en", "arna", "n"))
        )

    def is_adjective(self, base: str) -> bool:
        """Tell whether a base form can be compared, or is inflected as an adjective."""
        forms = self.of[base]
        lost = base[:-2] + base[-1]
        return any(stem + "are" in forms and stem + "a" in forms for stem in (base, lost)) or (
            base + "t" in forms and base + "a" in forms and base + "e" in forms
        )

    def is_verb(self, base: str) -> bool:
        """Tell whether a base form is an infinitive."""
        forms = self.of[base]
        return base.endswith("a") and (base + "r" in forms or base[:-1] + "er" in forms)


def mend_swedish(listed: Mapping[str, str], frequencies: Mapping[str, float]) -> dict[str, str]:
    """Return Swedish base forms by word, with the faults of the list corrected; every base form is its own."""
    forms = _Forms(listed)
    bases = dict(listed)
    candidates = [(word, base) for word, base in listed.items() if word != base and forms.of.get(word)]
    bases.update((word, word) for word, base in candidates if _is_own(word, base, forms, frequencies))
    bases.update((word, word) for word in irregular.own_words())
    for infinitive, verb_forms in irregular.verbs().items():
        for prefix in ("", *irregular.prefixes()):
            if prefix and not forms.is_verb(prefix + infinitive):
                continue
            for form in verb_forms:
                bases[prefix + form] = prefix + infinitive
    # ansökning belongs to ansökan; skolning does not belong to skolan, which is the definite form of skola
    nouns = [word for word in bases if word.endswith("an") and f"{word[:-2]}ning" in forms.of and len(word) > 5]
    bases.update((f"{word[:-2]}ning", word) for word in nouns if bases[word] != word[:-1])
    bases.update(_verbs_not_agents(bases, forms))
    bases.update(irregular.word_forms())
    bases = {word: _followed(word, bases) for word in bases}
    bases.update(_authorities(bases))
    bases.update(_plurals_not_verbs(bases, frequencies))
    # A genitive belongs where the same form without its s does.
    for word, base in bases.items():
        short = word[:-1]
        if word.endswith(("nas", "ens", "ets", "ers", "ars", "ors")) and base != word and bases.get(short, base) != base:
            bases[word] = bases[short]
    return bases


def _is_own(word: str, base: str, forms: _Forms, frequencies: Mapping[str, float]) -> bool:
    """Tell whether a word that is listed under another base form, and has forms of its own, is a word of its own."""
    often, base_often = frequencies.get(word, 0.0), frequencies.get(base, 0.0)
    lost = base[:-2] + base[-1:]
    if word.endswith(("ande", "ende")):
        return True
    if base == word + "a":
        return len(forms.of[word]) >= 2 or often > base_often
    if word in (base + "a", lost + "a"):
        return False
    if word.startswith(base) and word[len(base) :] in ("en", "et", "n", "t", "er", "ar", "or", "arna", "erna", "na", "e", "r"):
        return often > base_often + 0.7 and forms.is_noun(word)
    if word == base + "s":
        return often > base_often
    if base.endswith("a") and word in (base + "r", base[:-1] + "er", base[:-1] + "ar", base[:-1] + "or", base[:-1] + "ade"):
        return False
    if base.startswith(word):
        return len(forms.of[word]) >= 4
    if word.endswith("en") and base.endswith("a"):
        return len(forms.of[word]) >= 4
    if word.endswith(("d", "t")) and base.endswith("a"):
        return False
    return forms.is_noun(word) or forms.is_adjective(word)


def _authorities(bases: Mapping[str, str]) -> dict[str, str]:
    """Return base forms of names such as skolverket and their genitives, which lists have in the definite form: skolverk."""
    found = {}
    for word, base in bases.items():
        for head in _AUTHORITIES:
            stem = base[: -len(head)]
            if base.endswith(head) and stem and bases.get(head, head) != head:
                found[word] = stem + bases[head]
    return found


def _plurals_not_verbs(bases: Mapping[str, str], frequencies: Mapping[str, float]) -> dict[str, str]:
    """Return forms such as hamnar and cyklar that are rather the noun's plural than the verb, where the noun is as common.

    Agent nouns are left out: the plural of spelare is spelare, and spelar is the verb.
    """
    found = {}
    for word, base in bases.items():
        if not word.endswith("arna") or base.endswith(("a", "are")) or bases.get(plural := word[:-2]) in (None, base):
            continue
        verb = plural[:-1]
        if bases[plural] == bases.get(verb) and frequencies.get(base, 0.0) >= frequencies.get(verb, 0.0) - 0.2:
            found[plural] = base
    return found


def _verbs_not_agents(bases: Mapping[str, str], forms: _Forms) -> dict[str, str]:
    """Return forms such as vårdar that are listed under an agent noun (vårdare) and are verbs, and their infinitives."""
    found = {}
    for word, base in bases.items():
        verb = word[:-1]
        if word.endswith("ar") and base == f"{word}e" and verb in forms.of:
            found[word] = found[verb] = verb
    return found


def _followed(word: str, bases: Mapping[str, str]) -> str:
    """Return the last of a chain of base forms."""
    seen = {word}
    while (base := bases.get(word, word)) != word and base not in seen:
        seen.add(base)
        word = base
    return word


def mend_english(listed: Mapping[str, str]) -> dict[str, str]:
    """Return English base forms by word, with nouns in -ing (funding, training) as words of their own."""
    bases = dict(listed)
    plural = {word[:-1] for word in listed if word.endswith("ings")}
    for word in plural:
        if word in bases:
            bases[word] = word
            bases[f"{word}s"] = word
    bases.update(
        better="good",
        best="good",
        data="data",
        media="media",
        less="little",
        more="much",
        left="left",
        lives="life",
        leaves="leave",
    )
    return {word: _followed(word, bases) for word in bases}


def find_roots(bases: Mapping[str, str], frequencies: Mapping[str, float], foreign: Iterable[str]) -> dict[str, Root]:
    """Return the words that compounds are made of: base forms that are no compounds and common enough for their length."""
    forms = _Forms(bases)
    weights: defaultdict[str, float] = defaultdict(float)
    for word, base in bases.items():
        weights[base] += 10 ** frequencies[word] if word in frequencies else 0
    borrowed = set(foreign)
    irregular_verbs = {prefix + verb for verb in irregular.verbs() for prefix in ("", *irregular.prefixes())}
    roots: dict[str, Root] = {}
    splitter = Splitter(roots, bases.get)
    for word in sorted(set(bases.values()), key=lambda word: (len(word), word)):
        if not word.isalpha() or SWEDISH in small_words().get(word, ()) or len(word) < 2:
            continue
        splitter.forget()
        splits = bool(splitter.split(word))
        whole = word in irregular.simple_words() or _is_derived(word, roots) or (word in borrowed and len(word) < 13)
        if splits and not whole:
            continue
        kinds = "".join(
            kind for kind, test in (("n", forms.is_noun), ("a", forms.is_adjective), ("v", forms.is_verb)) if test(word)
        )
        if word in irregular_verbs:
            kinds = "v"
        zipf = math.log10(weights[word]) if weights[word] else 0.0
        if splits or zipf >= {2: 3.5, 3: 3.9, 4: 3.2, 5: 2.6}.get(len(word), 2.2):
            roots[word] = Root(round(zipf, 1), kinds or "n")
    return roots


def _is_derived(word: str, roots: Mapping[str, Root]) -> bool:
    """Tell whether the word is derived from a simple verb: ändring from ändra is no kind of ring."""
    return any(word.endswith(end) and any(word[: -len(end)] + last in roots for last in ("a", "ra", "na")) for end in _DERIVED)


if __name__ == "__main__":
    make_words(DATA)
    print(json.dumps({path.name: path.stat().st_size for path in sorted(DATA.iterdir())}))  # noqa: T201
