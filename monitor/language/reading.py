"""Lines of text read in one language: their lemmas, and what else a term may ask for. Runs and lines are read once and remembered.

Texts repeat themselves: words without end, and whole lines too (headings, standard paragraphs). So a text is looked up line by line, a new
line run by run, and only a new run (characters without a space) is taken apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, cast

from monitor.language import tokens
from monitor.language.lemma import Lexicon
from monitor.language.spelling import british

BEGINS, ENDS, NUMBER, HANGS = 1, 2, 4, 8
"""What stands at the edges of a line or run: a new sentence begins, one ends; it ends in a number and a full stop, or in a hyphen."""

_CONJUNCTIONS = frozenset({"och", "eller", "samt", "respektive", "resp", "till", "and", "or", "to"})
_MOST_HANGING = 8
_AHEAD = 10
_MOST_RUNS, _MOST_LINES = 400_000, 20_000
Entry = tuple[str, int, int]
"""What a term may ask for besides lemmas, with its first word and its last, or -1 for the same."""


class Run(NamedTuple):
    """A run, read: its lemmas with full stops between sentences, how many words, its entries, its edges."""

    lemmas: str
    length: int
    entries: tuple[Entry, ...]
    edges: int


class Line(NamedTuple):
    """A line, read; its entries as they stand in a lemma text, with the numbers of words in the line."""

    lemmas: str
    length: int
    entries: str
    edges: int


class Reader:
    """Reads lines in one language."""

    def __init__(self, lexicon: Lexicon, language: str) -> None:
        self._lexicon, self._language = lexicon, language
        self._words: dict[str, tuple[str, str, str]] = {}
        self._runs: dict[str, Run | str] = {}  # a plain run, of one word that asks for nothing more, as its lemma alone
        self._lines: dict[str, Line] = {}

    def word(self, raw: str) -> tuple[str, str, str]:
        """What a word as written comes to: its lemma, the word itself where it differs, its capitals."""
        known = self._words.get(raw)
        if known is None:
            word, exact = tokens.form(raw)
            lemma = self._lexicon.lemma(word, self._language)
            written = british(word)
            known = self._words[raw] = (lemma, "" if written == lemma else written, exact)
        return known

    def joined(self, words: list[str]) -> str:
        """The lemma of a word that is written in pieces."""
        whole = "".join(tokens.form(word).word for word in words)
        if self._lexicon.knows(whole, self._language):
            return self._lexicon.lemma(whole, self._language)
        before = "".join(tokens.form(word).word for word in words[:-1])
        return before + self.word(words[-1])[0]

    def line(self, line: str) -> Line:
        """A line of text."""
        known = self._lines.get(line)
        if known is None:
            if len(self._lines) >= _MOST_LINES:
                self._lines.clear()
            known = self._lines[line] = self._read_line(line.split())
        return known

    def hanging(self, line: str, following: list[str]) -> str:
        """The entries of the last word of a line that ends in a hyphen, numbered in that line; `following` are the next line's runs."""
        runs = line.split()
        last = next(place for place in range(len(runs) - 1, -1, -1) if self._read_run(runs[place]).length)  # a lone / is no word
        count = self._read_run(runs[last]).length
        before = self.line(line).length - count
        found = self._joined(tokens.pieces(f"{' '.join(runs[last:])}\n{' '.join(following[:_AHEAD])}"), count - 1)
        return written_entries([(entry, before + count - 1, before + until) for entry, until in found])

    def _read_line(self, runs: list[str]) -> Line:
        # Most runs are plain: they are taken over in stretches, from one that is more to the next.
        read = self._read_all(runs)
        stream: list[str] = []
        entries: list[Entry] = []
        number = done = edges = 0
        for place in [place for place, run in enumerate(read) if run.__class__ is Run]:
            run = cast(Run, read[place])
            if done < place:
                if edges & NUMBER and not goes_on(runs[done]):
                    stream.append(".")
                stream += cast(list[str], read[done:place])
                number += place - done
                edges = 0
            done = place + 1
            if not run.length:
                if run.edges:
                    stream.append(".")
                continue
            if run.edges & BEGINS or (edges & NUMBER and not goes_on(runs[place])):
                stream.append(".")
            stream.append(run.lemmas)
            for entry, first, last in run.entries:
                entries.append((entry, first + number, last + number if last >= 0 else -1))
            if run.edges & HANGS and place + 1 < len(runs):
                words = tokens.pieces(f"{runs[place]} {' '.join(runs[place + 1 : place + _AHEAD])}")
                at = number + run.length - 1
                entries += [(entry, at, number + until) for entry, until in self._joined(words, run.length - 1)]
            if run.edges & ENDS:
                stream.append(".")
            number += run.length
            edges = run.edges & (NUMBER | HANGS)
        if done < len(runs):
            if edges & NUMBER and not goes_on(runs[done]):
                stream.append(".")
            stream += cast(list[str], read[done:])
            number += len(runs) - done
            edges = 0
        return Line(" ".join(stream), number, written_entries(entries), edges)

    def _read_all(self, runs: list[str]) -> list[Run | str]:
        read = list(map(self._runs.get, runs))
        if None in read:
            return [self._run(raw) if run is None else run for raw, run in zip(runs, read, strict=True)]
        return cast(list[Run | str], read)

    def _run(self, raw: str) -> Run | str:
        known = self._runs.get(raw)
        if known is None:
            if len(self._runs) >= _MOST_RUNS:
                self._runs.clear()
            run = self._read_run(raw)
            plain = run.length == 1 and not run.entries and not run.edges
            known = self._runs[raw] = run.lemmas if plain else run
        return known

    def _read_run(self, raw: str) -> Run:
        words = tokens.pieces(raw)
        if not words:
            return Run("", 0, (), BEGINS if tokens.ends_sentence("ord", f" {raw} ", "") else 0)
        stream: list[str] = []
        entries: list[Entry] = []
        for number, (word, gap) in enumerate(words):
            lemma, written, exact = self.word(word)
            stream.append(lemma)
            entries += [(f"<{written}", number, -1)] if written else []
            entries += [(f"={exact}", number, -1)] if exact else []
            if number + 1 == len(words):
                break
            if tokens.ends_sentence(word, gap, words[number + 1].text):
                stream.append(".")
            else:
                entries += [(entry, number, until) for entry, until in self._joined(words, number)]
        return Run(" ".join(stream), len(words), tuple(entries), _edges(raw, words))

    def _joined(self, words: list[tokens.Piece], number: int) -> Iterator[tuple[str, int]]:
        """The entries of words that begin at `number` and go on after a hyphen: each with its last word."""
        until = number
        while until + 1 < len(words) and until - number < 3 and tokens.joins(words[until].gap):
            until += 1
            yield from self._joined_entries([piece.text for piece in words[number : until + 1]], until)
        if tokens.hangs(words[number].gap) and (until == number or words[until].text.casefold() in _CONJUNCTIONS):
            yield from self._expanded(words, number)

    def _joined_entries(self, pieces: list[str], until: int) -> Iterator[tuple[str, int]]:
        lemma = self.joined(pieces)
        written = british("".join(tokens.form(piece).word for piece in pieces))
        yield f"+{lemma}", until
        if written != lemma:
            yield f"<{written}", until
        if (exact := tokens.form("".join(pieces)).exact) != "":
            yield f"={exact}", until

    def _expanded(self, words: list[tokens.Piece], number: int) -> Iterator[tuple[str, int]]:
        """The words that a hanging hyphen leaves out: energi- och klimatrådgivning is also energirådgivning."""
        target = number + 1
        while target < len(words) and target - number < _MOST_HANGING:
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


def written_entries(entries: Iterable[Entry]) -> str:
    """Entries as they stand in a lemma text: each once, with its places."""
    places: dict[str, list[str]] = {}
    for entry, first, last in entries:
        places.setdefault(entry, []).append(f"{first}" if last < 0 else f"{first}-{last}")
    return " ".join([f"{entry}:{','.join(numbers)}" for entry, numbers in places.items()])


def goes_on(run: str) -> bool:
    """Whether a run goes on with the sentence after a number and a full stop, as in "den 4. maj"."""
    return run.lstrip("\"'(«»”“")[:1].islower()


def _edges(raw: str, words: list[tokens.Piece]) -> int:
    edges = BEGINS if tokens.starts_sentence(raw[: raw.index(words[0].text)]) else 0
    word, gap = words[-1]
    if not gap:
        return edges
    if tokens.hangs(f"{gap} "):
        edges |= HANGS
    if tokens.ends_sentence(word, f"{gap} ", ""):
        only_number = word.isdigit() and not tokens.ends_sentence("ord", f"{gap.replace('.', '')} ", "")
        edges |= NUMBER if only_number else ENDS
    return edges
