"""Lemmas and entries of lines of text in one language. Runs and lines are read once and cached.

Texts repeat words, and whole lines too (headings, standard paragraphs). So a text is looked up line by line, a new line run by
run, and only a new run (characters without a space) is split into words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TypeVar, cast

from monitor.language import tokens
from monitor.language.lemma import Lexicon
from monitor.language.spelling import british

BEGINS, NUMBER, HANGS = 1, 2, 4
"""Edges of a line or run, as bits: a sentence begins before it; it ends in a number and a full stop, or in a hyphen."""

_CONJUNCTIONS = frozenset({"och", "eller", "samt", "respektive", "resp", "till", "and", "or", "to"})
_MAX_HANGING_WORDS = 8
_AHEAD = 10
"""Runs behind a hanging hyphen in which the word it belongs to is searched."""
_MAX_RUNS, _MAX_LINES = 400_000, 20_000
_MAX_CACHED_CHARS = 8_000_000
_AROUND = "(),.;:\"'"
"""Characters around most words, none of which joins words or begins a sentence."""
Cached = TypeVar("Cached")
Entry = tuple[str, int, int]
"""Entry of a lemma text (see `monitor.language.analyser`), with its first word and its last, or -1 for the same."""
Places = defaultdict[str, list[int | str]]
"""Entries with their places in a line: the number of a word, or of the first and the last."""


class Run(NamedTuple):
    """Run as read: characters of a line without a space."""

    lemmas: str
    """Lemmas between single spaces, with a full stop where a sentence begins or ends."""
    length: int
    """Number of words."""
    entries: tuple[Entry, ...]
    edges: int


class Line(NamedTuple):
    """Line as read; `entries` are written as in a lemma text, with the numbers of words in the line."""

    lemmas: str
    length: int
    entries: str
    edges: int


class BoundedCache(dict[str, Cached]):
    """Cache of a function of a text. As a dict it is looked up by `map` without a call in Python, the fastest way for hits."""

    def __init__(self, function: Callable[[str], Cached], max_texts: int) -> None:
        """At `max_texts` texts, or `_MAX_CACHED_CHARS` characters in all of them, the cache is emptied."""
        super().__init__()
        self._cached_chars = 0
        self._function, self._max_texts = function, max_texts

    def __missing__(self, text: str) -> Cached:
        self._cached_chars += len(text)
        if len(self) >= self._max_texts or self._cached_chars > _MAX_CACHED_CHARS:
            self.clear()
            self._cached_chars = len(text)
        found = self[text] = self._function(text)
        return found


class LineReader:
    """Reader of lines in one language."""

    def __init__(self, lexicon: Lexicon, language: str, split: Mapping[str, list[str]]) -> None:
        """`split` maps a line to its runs."""
        self._lexicon, self._language, self._split = lexicon, language, split
        self._words = BoundedCache(self._read_word, _MAX_RUNS)
        self._runs = BoundedCache(self._run, _MAX_RUNS)
        self._lines = BoundedCache(self._read_line, _MAX_LINES)

    def word(self, raw: str) -> tuple[str, str, str]:
        """Return the lemma of a word as written, the folded word where that differs, and its capitals; "" for none of these."""
        return self._words[raw]

    def _read_word(self, raw: str) -> tuple[str, str, str]:
        word, exact = tokens.form(raw)
        lemma = self._lexicon.lemma(word, self._language)
        written = british(word)
        return lemma, "" if written == lemma else written, exact

    def joined(self, words: list[str]) -> str:
        """Return the lemma of a word that is written in pieces, cut as a word is."""
        return self._joined_lemma(words)[: tokens.LONGEST_WORD]

    def _joined_lemma(self, words: list[str]) -> str:
        whole = "".join(tokens.form(word).word for word in words)
        if (known := self._lexicon.known(whole, self._language)) is not None:
            return known
        before = "".join(tokens.form(word).word for word in words[:-1])
        return before + self.word(words[-1])[0]

    def line(self, line: str) -> Line:
        """Return the lemmas and entries of a line of text."""
        return self._lines[line]

    def hanging(self, line: str, following: list[str]) -> str:
        """Return the entries of the last word of a line that ends in a hyphen; `following` are the runs of the next line."""
        runs = self._split[line]
        last = next(place for place in range(len(runs) - 1, -1, -1) if self._read_run(runs[place]).length)  # a lone / is no word
        length = self._read_run(runs[last]).length
        before = self.line(line).length - length
        found = self._joined(tokens.pieces(f"{' '.join(runs[last:])}\n{' '.join(following[:_AHEAD])}"), length - 1)
        places: Places = defaultdict(list)
        for entry, until in found:
            places[entry].append(f"{before + length - 1}-{before + until}")
        return written_entries(places)

    def _read_line(self, line: str) -> Line:
        runs = self._split[line]
        read = list(map(self._runs.__getitem__, runs))
        stream = cast(list[str], read.copy())
        places: Places = defaultdict(list)
        more = 0  # words read so far beyond one a run
        for place, run in enumerate(read):
            if isinstance(run, str):  # a plain lemma, as most are, which is in the stream already
                continue
            lemmas, length, entries, edges = run
            stream[place] = lemmas
            number = place + more
            more += length - 1
            for entry, first, last in entries:
                places[entry].append(number + first if last < 0 else f"{number + first}-{number + last}")
            if edges & HANGS and place + 1 < len(runs):
                words = tokens.pieces(f"{runs[place]} {' '.join(runs[place + 1 : place + _AHEAD])}")
                for entry, until in self._joined(words, length - 1):
                    places[entry].append(f"{number + length - 1}-{number + until}")
            if edges & NUMBER and _number_ends_sentence(place, runs, read):
                stream[place] += " ."
        last_word = next((run for run in reversed(read) if isinstance(run, str) or run.length), "")
        edges = 0 if isinstance(last_word, str) else last_word.edges & (NUMBER | HANGS)
        return Line(" ".join(filter(None, stream)), len(runs) + more, written_entries(places), edges)

    def _run(self, raw: str) -> Run | str:
        """Return a run as read, or only its lemma where it is one word without entries and edges."""
        run = self._read_run(raw)
        return run.lemmas if run.length == 1 and not run.entries and not run.edges else run

    def _read_run(self, raw: str) -> Run:
        word = raw.strip(_AROUND)
        if word.isalpha():  # most runs
            gap = raw.rpartition(word)[2]
            lemma, own = self._one_word(word, 0)
            ends = gap and tokens.ends_sentence(word, f"{gap} ", "")
            return Run(f"{lemma} ." if ends else lemma, 1, tuple(own), 0)
        words = tokens.pieces(raw)
        if not words:
            return Run("." if tokens.ends_sentence("ord", f" {raw} ", "") else "", 0, (), 0)
        stream: list[str] = []
        entries: list[Entry] = []
        for number, (word, gap) in enumerate(words):
            lemma, own = self._one_word(word, number)
            stream.append(lemma)
            entries += own
            if number + 1 == len(words):
                break
            if tokens.ends_sentence(word, gap, words[number + 1].text):
                stream.append(".")
            else:
                entries += [(entry, number, until) for entry, until in self._joined(words, number)]
        edges = BEGINS if tokens.starts_sentence(raw[: raw.index(words[0].text)]) else 0
        if edges:
            stream.insert(0, ".")
        word, gap = words[-1]
        if tokens.hangs(f"{gap} "):
            edges |= HANGS
        if gap and tokens.ends_sentence(word, f"{gap} ", ""):
            if word.isdigit() and not tokens.ends_sentence("ord", f"{gap.replace('.', '')} ", ""):
                edges |= NUMBER
            else:
                stream.append(".")
        return Run(" ".join(stream), len(words), tuple(entries), edges)

    def _one_word(self, word: str, number: int) -> tuple[str, list[Entry]]:
        """Return the lemma and the entries of a word that has this number in its run."""
        lemma, written, exact = self.word(word)
        entries = [(f"<{written}", number, -1)] if written else []
        if exact:
            entries.append((f"={exact}", number, -1))
        return lemma, entries

    def _joined(self, words: list[tokens.Piece], number: int) -> Iterator[tuple[str, int]]:
        """Yield the entries of words that begin at `number` and go on after a hyphen, each with the number of its last word."""
        until = number
        while until + 1 < len(words) and until - number < 3 and tokens.joins(words[until].gap):
            until += 1
            yield from self._joined_entries([piece.text for piece in words[number : until + 1]], until)
        if tokens.hangs(words[number].gap) and (until == number or words[until].text.casefold() in _CONJUNCTIONS):
            yield from self._expanded(words, number)

    def _joined_entries(self, pieces: list[str], until: int) -> Iterator[tuple[str, int]]:
        lemma = self.joined(pieces)
        written = british("".join(tokens.form(piece).word for piece in pieces)[: tokens.LONGEST_WORD])
        yield f"+{lemma}", until
        if written != lemma:
            yield f"<{written}", until
        if (exact := tokens.form("".join(pieces)).exact) != "":
            yield f"={exact}", until

    def _expanded(self, words: list[tokens.Piece], number: int) -> Iterator[tuple[str, int]]:
        """Yield the entries of words that a hanging hyphen shortens: "energi- och klimatrådgivning" is also energirådgivning."""
        target = number + 1
        while target < len(words) and target - number < _MAX_HANGING_WORDS:
            if words[target].text.casefold() not in _CONJUNCTIONS and not tokens.hangs(words[target].gap):
                break
            target += 1
        else:
            return
        slash = target == number + 1 and "/" in words[number].gap
        if not slash and words[target - 1].text.casefold() not in _CONJUNCTIONS:
            return
        first = tokens.form(words[number].text).word
        until = target
        while until + 1 < len(words) and tokens.joins(words[until].gap):
            until += 1
        if until > target:
            tails = {self.joined([piece.text for piece in words[target + 1 : until + 1]])}
        else:
            tails = set(self._lexicon.tails(tokens.form(words[target].text).word, self._language))
        for tail in sorted(tails):
            yield f"+{first}{tail}", until


def _number_ends_sentence(place: int, runs: list[str], read: list[Run | str]) -> bool:
    """Tell whether a number and a full stop end a sentence within their line, by the next word, unless that begins one itself."""
    for after in range(place + 1, len(runs)):
        run = read[after]
        if isinstance(run, str) or run.length:
            return not (isinstance(run, Run) and run.edges & BEGINS) and not goes_on(runs[after])
    return False


def written_entries(places: Places) -> str:
    """Return entries as written in a lemma text: each once, with its places."""
    return " ".join([f"{entry}:{','.join(map(str, at)) if len(at) > 1 else at[0]}" for entry, at in places.items()])


def goes_on(run: str) -> bool:
    """Tell whether a run continues the sentence after a number and a full stop, as in "den 4. maj"."""
    return run.lstrip("\"'(«»”“")[:1].islower()
