"""The base form of a word."""

from __future__ import annotations

from functools import lru_cache

from simplemma import Lemmatizer
from simplemma.strategies import DefaultStrategy

from monitor.language.detect import ENGLISH, SWEDISH
from monitor.language.spelling import british


class Lexicon:
    """Base forms and compounds; each distinct word is worked out once by the callers that remember it."""

    version = "1"

    def __init__(self) -> None:
        self._lemmatizer = Lemmatizer(lemmatization_strategy=DefaultStrategy(greedy=True))

    def lemma(self, word: str, language: str) -> str:
        """The base form of a folded word; a word of another language than Swedish and English stays as it is."""
        if language == ENGLISH:
            return british(self._lemmatizer.lemmatize(word, ENGLISH).casefold())
        if language == SWEDISH:
            return self._lemmatizer.lemmatize(word, SWEDISH).casefold()
        return word

    def parts(self, word: str, language: str) -> tuple[str, ...]:
        """The base forms of a Swedish compound's parts; empty for a simple word."""
        return ()

    def tails(self, word: str, language: str) -> tuple[str, ...]:
        """The lemmas of what follows each seam of a compound."""
        return ()

    def knows(self, word: str, language: str) -> bool:
        """Whether the word is in the language's dictionary."""
        from simplemma import is_known

        return is_known(word, language)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The one lexicon of this process."""
    return Lexicon()
