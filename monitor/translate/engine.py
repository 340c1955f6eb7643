"""Interface of the engines that translate, and what they have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from monitor.errors import MonitorError

TARGET = "sv"
"""Language into which everything is translated."""


class TranslationError(MonitorError):
    """Error of an engine: it cannot be reached, refuses, or answers something else than its protocol has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchAnswer:
    """Answer of an engine to a batch: the translations at once, or the reference under which they come later."""

    translations: tuple[str, ...] | None = None
    """One for each sentence of the batch, in its order; None for an engine that answers later."""
    reference: str = ""
    """Reference of a batch that is answered later."""


class Engine(Protocol):
    """Engine that translates batches of sentences into Swedish."""

    @property
    def name(self) -> str:
        """Return the name by which settings and archive know the engine."""

    @property
    def batch_characters(self) -> int:
        """Return the most characters of one batch."""

    def submit(self, sentences: Sequence[str], language: str) -> BatchAnswer:
        """Hand over a batch.

        Args:
            sentences: Sentences on one line each, of at most `batch_characters` together.
            language: Their language, ISO 639-1.

        Raises:
            TranslationError: The engine failed. Nothing was translated.
        """


def batches(sentences: Sequence[str], most: int) -> list[tuple[str, ...]]:
    """Return sentences in batches of at most `most` characters, line breaks counted; a longer sentence is left out."""
    found: list[list[str]] = []
    size = most + 1
    for sentence in sentences:
        length = len(sentence) + 1
        if length > most:
            continue
        if size + length > most:
            found.append([])
            size = 0
        found[-1].append(sentence)
        size += length
    return [tuple(batch) for batch in found]


def require_all(where: str, sentences: Sequence[str], translations: Sequence[object]) -> tuple[str, ...]:
    """Return translations, one for each sentence.

    Raises:
        TranslationError: There are more or fewer, or one is no text.
    """
    if len(translations) != len(sentences):
        raise TranslationError(where, f"{len(translations)} översättningar av {len(sentences)} meningar; väntade lika många")
    texts = [text for text in translations if isinstance(text, str)]
    if len(texts) != len(sentences):
        raise TranslationError(where, "en översättning är ingen text; väntade en text för varje mening")
    return tuple(" ".join(text.split()) for text in texts)
