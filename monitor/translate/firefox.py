"""Firefox's translation models from a folder, by https://pypi.org/project/fxtranslate/. Nothing is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from monitor.translate.engine import BatchAnswer, TranslationError, require_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Firefox:
    """Engine in this process, with models from `folder`: one folder per pair, such as `en-sv`, with Firefox's files."""

    folder: Path

    @property
    def name(self) -> str:
        """Return the name of the engine."""
        return "fxtranslate"

    @property
    def batch_characters(self) -> int:
        """Return the most characters of one batch."""
        return 20_000

    def submit(self, sentences: Sequence[str], language: str) -> BatchAnswer:
        """Return the translations; raises like `Engine.submit`."""
        where = self.folder / f"{language}-sv"
        translator = _load(where)
        try:
            translated = [translator.translate_long(sentence) for sentence in sentences]
        except (ValueError, RuntimeError) as error:
            raise TranslationError(str(where), f"modellen kunde inte översätta: {error}") from error
        return BatchAnswer(translations=require_all(str(where), sentences, translated))


def _load(where: Path) -> Any:
    """Return a translator made from the files of a folder.

    Raises:
        TranslationError: The library is not installed, a file is missing, or the model is broken.
    """
    try:
        # An extra of ours (`firefox` in pyproject.toml): most installations have another engine, or none.
        library = import_module("fxtranslate")
    except ImportError as error:
        raise TranslationError("fxtranslate", "är inte installerat: pip install fxtranslate") from error
    try:
        model = _one(where, "model.*.bin")
        shared = sorted(where.glob("vocab.*.spm"))
        vocabularies = (shared[0], shared[0]) if shared else (_one(where, "srcvocab.*.spm"), _one(where, "trgvocab.*.spm"))
        lists = sorted(where.glob("lex.*.bin"))
        return library.Translator(
            model=model.read_bytes(),
            src_vocab=vocabularies[0].read_bytes(),
            trg_vocab=vocabularies[1].read_bytes(),
            shortlist=lists[0].read_bytes() if lists else None,
        )
    except OSError as error:
        raise TranslationError(str(where), f"modellen går inte att läsa: {error}") from error
    except ValueError as error:
        raise TranslationError(str(where), f"modellen är trasig: {error}") from error


def _one(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if not found:
        raise TranslationError(str(folder), f"filen {pattern} saknas")
    return found[0]
