r"""Analysis of texts for storing, searching and matching: tokens, lemmas, and the lemma text that holds them.

A lemma text is two lines. The first holds the lemmas in order, each between single spaces, and a full stop between sentences. The
second holds entries for other forms that a term may match, each with the numbers of its words, counted from the number after the
last `@`:

    ` utlysning för it säkerhet . hållbar stad \n @0 <utlysningen:0 =IT:2 +itsäkerhet:2-3 @4 <hållbara:0 <städer:1 `

`<` is a word as written, where it differs from its lemma; `=` a word in capitals, without its ending; `+` the joined lemma of a
word that the text writes with a hyphen or in parts ("energi- och klimatrådgivning"). `read_entries` and `read_lines` read the
second line; `monitor.language.termset` and `monitor.archive.search.index` look words up in it: change all three together, and
raise `ENCODING`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from monitor.language import tokens
from monitor.language.detect import (
    ENGLISH,
    SWEDISH,
    count_votes,
    decide,
    decide_between_siblings,
    language_beside,
    small_words,
    votes_of,
)
from monitor.language.lemma import Lexicon, lexicon
from monitor.language.reading import HANGS, NUMBER, BoundedCache, LineReader, goes_on

ENCODING = "1"
_OPEN_BEGINNINGS = frozenset({"e", "it", "eu", "ai", "vr", "ikt"})
_numbered = re.compile(r"@(\d+)([^@]*)")
_BULLETS = ("- ", "* ", "– ", "— ")
_MAX_RUNS, _MAX_LINES, _MAX_SPLIT_LINES = 400_000, 40_000, 500


@dataclass(frozen=True, slots=True)
class Token:
    """Word of a text with its offsets."""

    text: str
    start: int
    end: int
    lemma: str
    parts: tuple[str, ...]
    """Base forms of the parts of a compound; empty for other words."""


class Analyser:
    """Analyser of texts with a bounded cache of words and lines; one is enough for a process."""

    def __init__(self, words: Lexicon | None = None) -> None:
        self._lexicon = words or lexicon()
        self._readers: dict[str, LineReader] = {}
        # Runs of a line: needed twice, for its language and then for its lemmas.
        self._split = BoundedCache(str.split, _MAX_SPLIT_LINES)
        self._votes = BoundedCache(_votes_of, _MAX_RUNS)
        self._line_languages = BoundedCache(self._detect_line, _MAX_LINES)
        self.version = f"{ENCODING}.{self._lexicon.version}"

    def analyse(self, text: str, language: str | None = None, *, around: str = "") -> list[Token]:
        """Return the words of a text in order.

        Args:
            text: Text in any language.
            language: Language of the whole text; None to detect it line by line.
            around: Language of the document, for lines whose language is doubtful.
        """
        found = []
        places = tokens.words(text)
        lines = tokens.lines(text)
        for line, used in zip(lines, self._languages(lines, language, around), strict=True):
            reader = self._reader(used)
            for match in islice(places, reader.line(line).length):
                word = match[0]
                found.append(Token(word, *match.span(), reader.word(word)[0], self._lexicon.parts(tokens.form(word).word, used)))
        return found

    def lemma_text(self, text: str, language: str | None = None, *, around: str = "") -> str:
        """Return the lemma text that the archive stores and the rules are matched on (see the module); "" without words."""
        if not text:
            return ""
        lines = tokens.lines(text)
        stream: list[str] = []
        extra: list[str] = []
        number = 0
        after_number = False
        for at, (line, used) in enumerate(zip(lines, self._languages(lines, language, around), strict=True)):
            reader = self._reader(used)
            lemmas, count, entries, edges = reader.line(line)
            if stream and (not lemmas or line.lstrip().startswith(_BULLETS) or (after_number and not goes_on(line.lstrip()))):
                stream.append(".")
            if lemmas:
                stream.append(lemmas)
            if entries:
                extra.append(f"@{number} {entries}")
            if edges & HANGS and at + 1 < len(lines) and (hanging := reader.hanging(line, self._split[lines[at + 1]])):
                extra.append(f"@{number} {hanging}")
            number += count
            after_number = bool(edges & NUMBER)
        if not number:
            return ""
        return f" {' '.join(stream)} \n {' '.join(extra)} "

    def language(self, text: str) -> str:
        """Return the language of a document as a whole ("sv", "en", ...)."""
        return self._detect(tokens.lines(text), "")

    def language_beside(self, usual: str, title: str, text: str) -> str:
        """Return the language of an item whose source is usually in another one; see `detect.language_beside`."""
        found = language_beside(usual, *([self._votes[run] for run in part.split()] for part in (title, text)))
        return usual if found == usual else decide_between_siblings(found, f"{title}\n{text}")

    def joined_lemma(self, words: list[str], language: str) -> str:
        """Return the lemma of a word that is written in pieces."""
        return self._reader(language).joined(words)

    def lemmas(self, words: list[str], language: str) -> tuple[str, ...]:
        """Return the lemma of each word by itself, in one language."""
        reader = self._reader(language)
        return tuple([reader.word(word)[0] for word in words])

    def split_in_two(self, word: str) -> list[tuple[str, ...]]:
        """Return the pairs of lemmas of a one-word term that a text may write as two words: ehälsa, crossborder."""
        whole = tokens.form(word).word
        unknown = not self._lexicon.knows(whole, SWEDISH)
        found: list[tuple[str, ...]] = []
        for cut in range(1, len(whole) - 2):
            first, second = whole[:cut], whole[cut:]
            if first in _OPEN_BEGINNINGS:
                found += [(first, self._lexicon.lemma(second, language)) for language in (SWEDISH, ENGLISH)]
            elif (
                unknown
                and cut > 2
                and first not in small_words()
                and second not in small_words()
                and self._lexicon.knows(first, ENGLISH)
                and self._lexicon.knows(second, ENGLISH)
            ):
                found.append((self._lexicon.lemma(first, ENGLISH), self._lexicon.lemma(second, ENGLISH)))
        return found

    def _reader(self, language: str) -> LineReader:
        reader = self._readers.get(language)
        if reader is None:
            reader = self._readers[language] = LineReader(self._lexicon, language, self._split)
        return reader

    def _languages(self, lines: list[str], language: str | None, around: str) -> list[str]:
        """Return the language of each line."""
        if language is not None:
            return [language] * len(lines)
        detected = [self._line_languages[line][1] for line in lines]
        if "" in detected:
            common = self._detect(lines, around)
            return [own or common for own in detected]
        return detected

    def _detect(self, lines: list[str], around: str) -> str:
        """Return the language of all lines: by small words, else `around`, else by the dictionary that has more of the words."""
        votes: dict[str, int] = {}
        for line in lines:
            for language, number in self._line_languages[line][0].items():
                votes[language] = votes.get(language, 0) + number
        if (language := decide(votes) or around) != "":
            return language
        words = list(islice((tokens.form(match[0]).word for line in lines for match in tokens.words(line)), 50))
        swedish, english = (sum(self._lexicon.knows(word, language) for word in words) for language in (SWEDISH, ENGLISH))
        return ENGLISH if english > swedish else SWEDISH

    def _detect_line(self, line: str) -> tuple[dict[str, int], str]:
        """Return the number of small words of each language in a line, and the language that they decide for, or ""."""
        votes = count_votes(filter(None, map(self._votes.__getitem__, self._split[line])))
        return votes, decide(votes)


def _votes_of(raw: str) -> tuple[str, ...]:
    """Return the languages that have a run as a small word."""
    found = tokens.pieces(raw)
    return votes_of(tokens.form(found[0].text).word) if len(found) == 1 else ()


def read_entries(entries: str) -> Iterator[tuple[str, str, int]]:
    """Yield (entry, places as written, number they count from) of a lemma text's second line; see `read_places`."""
    base = 0
    for entry in entries.split():
        if entry[0] == "@":
            base = int(entry[1:])
            continue
        word, _, places = entry.partition(":")
        yield word, places, base


def read_lines(entries: str) -> dict[int, str]:
    """Return the entries of each line that has some, by the number that their places count from."""
    lines: dict[int, str] = {}
    for base, own in _numbered.findall(entries):
        lines[int(base)] = lines.get(int(base), "") + own
    return lines


def read_places(places: str, base: int) -> list[tuple[int, int]]:
    """Return the first and last word of places such as "2,5-6", counted from `base`."""
    found = []
    for place in places.split(","):
        first, _, last = place.partition("-")
        found.append((base + int(first), base + int(last or first)))
    return found


@lru_cache(maxsize=1)
def analyser() -> Analyser:
    """Return the analyser that the whole process shares, with its cache."""
    return Analyser()
