"""From text to what is stored, searched and matched: tokens, lemmas, and the lemma text that holds them.

A lemma text is two lines. The first holds the lemmas in order, each between single spaces, and a full stop between sentences. The second
holds what else a term may ask for, each entry once with the numbers of the tokens where it stands:

    ` utlysning för it säkerhet . hållbar stad \\n <utlysningen:0 =IT:2 +itsäkerhet:2-3 <hållbara:4 <städer:5 `

`<` a word as written, where it differs from its lemma · `=` a word in capitals, without its ending · `+` the lemma of a word that the text
writes with a hyphen or leaves open ("energi- och klimatrådgivning"), joined. `monitor.language.terms` and the full-text index of the archive
read this form: change all three together, and raise `ENCODING`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from monitor.language import tokens
from monitor.language.detect import ENGLISH, SWEDISH, count_votes, decide, small_words
from monitor.language.lemma import Lexicon, lexicon
from monitor.language.spelling import british

ENCODING = "1"
_CONJUNCTIONS = frozenset({"och", "eller", "samt", "respektive", "resp", "till", "and", "or", "to"})
_OPEN_BEGINNINGS = frozenset({"e", "it", "eu", "ai", "vr", "ikt"})
_MOST_HANGING = 8


@dataclass(frozen=True, slots=True)
class Token:
    """One word: as written, where it stands, its base form, and the base forms of its parts if it is a compound."""

    text: str
    start: int
    end: int
    lemma: str
    parts: tuple[str, ...]


class _Seen(dict[str, tuple[str, str, str]]):
    """What each word as written comes to in one language: lemma, the word itself where it differs, its capitals. Worked out once."""

    def __init__(self, words: Lexicon, language: str) -> None:
        super().__init__()
        self._lexicon, self._language = words, language

    def __missing__(self, raw: str) -> tuple[str, str, str]:
        word, exact = tokens.form(raw)
        lemma = self._lexicon.lemma(word, self._spoken(word))
        written = british(word)
        self[raw] = entry = (lemma, "" if written == lemma else written, exact)
        return entry

    def _spoken(self, word: str) -> str:
        """The other language where only its dictionary has the word: texts mix them, and what stands around must not change a lemma."""
        other = {SWEDISH: ENGLISH, ENGLISH: SWEDISH}.get(self._language)
        # Short ones are mostly abbreviations: to a Swedish dictionary, dp is detaljplan.
        if other is None or len(word) < 4 or self._lexicon.knows(word, self._language) or not self._lexicon.knows(word, other):
            return self._language
        return other


class Analyser:
    """Analyses texts, and remembers every distinct word. Safe to keep for the whole life of a process."""

    def __init__(self, words: Lexicon | None = None) -> None:
        self._lexicon = words or lexicon()
        self._seen: dict[str, _Seen] = {}
        self.version = f"{ENCODING}.{self._lexicon.version}"

    def analyse(self, text: str, language: str | None = None, *, around: str = "") -> list[Token]:
        """The words of a text. `language` settles the language; else it is told per passage, in case of doubt `around` (the document's)."""
        words = tokens.pieces(text)
        found = []
        places = tokens.spans(text)
        for first, last, used in self._passages(words, language, around):
            seen = self._seen_in(used)
            for word, _ in words[first:last]:
                start, end = next(places)
                lemma = seen[word][0]
                found.append(Token(word, start, end, lemma, self._lexicon.parts(tokens.form(word).word, used)))
        return found

    def lemma_text(self, text: str, language: str | None = None, *, around: str = "") -> str:
        """What the archive stores of a text and the rules are matched on; the module's first lines say how it reads."""
        words = tokens.pieces(text)
        if not words:
            return ""
        stream: list[str] = []
        extra: dict[str, list[str]] = {}
        for first, last, used in self._passages(words, language, around):
            seen = self._seen_in(used)
            for number in range(first, last):
                word, gap = words[number]
                lemma, written, exact = seen[word]
                stream.append(lemma)
                if written:
                    extra.setdefault(f"<{written}", []).append(str(number))
                if exact:
                    extra.setdefault(f"={exact}", []).append(str(number))
                if gap == " " or number + 1 == len(words):
                    continue
                if tokens.ends_sentence(word, gap, words[number + 1].text):
                    stream.append(".")
                elif tokens.joins(gap) or tokens.hangs(gap):
                    for entry, until in self._joined(words, number, used):
                        extra.setdefault(entry, []).append(f"{number}-{until}")
        entries = " ".join(f"{entry}:{','.join(numbers)}" for entry, numbers in extra.items())
        return f" {' '.join(stream)} \n {entries} "

    def language(self, text: str) -> str:
        """The language of a document as a whole, or "" where it cannot be told."""
        words = tokens.pieces(text)
        return self._told(words) if words else ""

    def joined_lemma(self, words: list[str], language: str) -> str:
        """The lemma of a word that is written in pieces."""
        whole = "".join(tokens.form(word).word for word in words)
        if self._lexicon.knows(whole, language):
            return self._lexicon.lemma(whole, language)
        before = "".join(tokens.form(word).word for word in words[:-1])
        return before + self._seen_in(language)[words[-1]][0]

    def lemmas(self, words: list[str], language: str) -> tuple[str, ...]:
        """The lemma of each word by itself, in one language."""
        seen = self._seen_in(language)
        return tuple(seen[word][0] for word in words)

    def opened(self, word: str) -> list[tuple[str, ...]]:
        """The lemmas of a one-word term that a text may write as two words: ehälsa, crossborder."""
        whole = tokens.form(word).word
        found: list[tuple[str, ...]] = []
        for cut in range(1, len(whole) - 2):
            first, second = whole[:cut], whole[cut:]
            if first in _OPEN_BEGINNINGS:
                found += [(first, self._lexicon.lemma(second, language)) for language in (SWEDISH, ENGLISH)]
            elif (
                cut > 2
                and first not in small_words
                and second not in small_words
                and not self._lexicon.knows(whole, SWEDISH)
                and self._lexicon.knows(first, ENGLISH)
                and self._lexicon.knows(second, ENGLISH)
            ):
                found.append((self._lexicon.lemma(first, ENGLISH), self._lexicon.lemma(second, ENGLISH)))
        return found

    def _seen_in(self, language: str) -> _Seen:
        seen = self._seen.get(language)
        if seen is None:
            seen = self._seen[language] = _Seen(self._lexicon, language)
        return seen

    def _joined(self, words: list[tokens.Piece], number: int, language: str) -> Iterator[tuple[str, int]]:
        """The entries of words that begin at `number` and go on after a hyphen: each with its last token."""
        until = number
        while until + 1 < len(words) and until - number < 3 and tokens.joins(words[until].gap):
            until += 1
            yield from self._joined_entries([piece.text for piece in words[number : until + 1]], until, language)
        if until == number or words[until].text.casefold() in _CONJUNCTIONS:
            yield from self._expanded(words, number, language)

    def _joined_entries(self, pieces: list[str], until: int, language: str) -> Iterator[tuple[str, int]]:
        lemma = self.joined_lemma(pieces, language)
        written = british("".join(tokens.form(piece).word for piece in pieces))
        yield f"+{lemma}", until
        if written != lemma:
            yield f"<{written}", until
        if (exact := tokens.form("".join(pieces)).exact) != "":
            yield f"={exact}", until

    def _expanded(self, words: list[tokens.Piece], number: int, language: str) -> Iterator[tuple[str, int]]:
        """The words that a hanging hyphen leaves out: energi- och klimatrådgivning is also energirådgivning."""
        target = number + 1
        while target < len(words) and target - number < _MOST_HANGING:
            if words[target].text.casefold() not in _CONJUNCTIONS and not tokens.hangs(words[target].gap):
                break
            target += 1
        else:
            return
        if words[target - 1].text.casefold() not in _CONJUNCTIONS:
            return
        first = tokens.form(words[number].text).word
        until = target
        while until + 1 < len(words) and tokens.joins(words[until].gap):
            until += 1
        if until > target:
            tails = {self.joined_lemma([piece.text for piece in words[target + 1 : until + 1]], language)}
        else:
            tails = set(self._lexicon.tails(tokens.form(words[target].text).word, language))
        for tail in sorted(tails):
            yield f"+{first}{tail}", until

    def _passages(self, words: list[tokens.Piece], language: str | None, around: str) -> list[tuple[int, int, str]]:
        """The runs of words in one language: first, one past the last, language."""
        if language is not None:
            return [(0, len(words), language)]
        if not words:
            return []
        told = self._told(words, around)
        runs: list[tuple[int, int, str]] = []
        first = 0
        for number, (_, gap) in enumerate(words):
            if "\n" in gap or number + 1 == len(words):
                used = decide(count_votes(word.lower() for word, _ in words[first : number + 1])) or told
                if runs and runs[-1][2] == used:
                    runs[-1] = (runs[-1][0], number + 1, used)
                else:
                    runs.append((first, number + 1, used))
                first = number + 1
        return runs

    def _told(self, words: list[tokens.Piece], around: str = "") -> str:
        """The language of all words together: by small words, else `around`, else by the dictionary that knows more of them."""
        if (told := decide(count_votes(word.lower() for word, _ in words))) != "" or (told := around) != "":
            return told
        known = {
            language: sum(self._lexicon.knows(tokens.form(word).word, language) for word, _ in words[:50])
            for language in (SWEDISH, ENGLISH)
        }
        return ENGLISH if known[ENGLISH] > known[SWEDISH] else SWEDISH


@lru_cache(maxsize=1)
def analyser() -> Analyser:
    """The analyser that the whole process shares, with what it remembers."""
    return Analyser()
