"""Translations and the archive's sentence memory: judged before they are stored, and put together for a call."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.archive.connection import Database
from monitor.archive.translations import StoredTranslation, TranslationState, find_translations, store_translations, take_batch
from monitor.calls import Call
from monitor.translate.check import find_differences
from monitor.translate.engine import TARGET, TranslationError
from monitor.translate.etranslation import read_callback
from monitor.translate.texts import sentences_of, title_of, use_glossary

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TranslatedSentence:
    """Sentence of a summary: translated, or in its own language where the check refused the translation."""

    text: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineText:
    """Machine translation of a call's title and summary into Swedish. It is never used for matching or facts."""

    title: str = ""
    """Title in Swedish; "" where the check refused it."""
    sentences: tuple[TranslatedSentence, ...] = ()
    """At most three sentences, one of them Swedish at least."""
    engine: str = ""

    @property
    def summary(self) -> str:
        """Return the sentences as one text."""
        return " ".join(sentence.text for sentence in self.sentences)


def judge(
    sentences: Sequence[str], translations: Sequence[str], language: str, engine: str, glossary: Mapping[str, str]
) -> list[StoredTranslation]:
    """Return translations with the verdict of the check on each."""
    found = []
    for sentence, raw in zip(sentences, translations, strict=True):
        translated = use_glossary(sentence, raw, glossary)
        differences = find_differences(sentence, translated, language=language, glossary=glossary)
        state = TranslationState.REFUSED if differences else TranslationState.SOUND
        found.append(
            StoredTranslation(
                sentence=sentence, translated=translated, engine=engine, state=state, reason="; ".join(differences[:3])
            )
        )
    return found


def take_callback(db: Database, glossary: Mapping[str, str], reference: str, document: Any, now: datetime) -> bool:
    """Store the translations that an engine posted; return False for a reference that no batch waits under.

    A failure that the engine reports, and a text that does not fit the batch, leave the sentences as they were; they are handed
    over again by a later run.
    """
    batch = take_batch(db, reference)
    if batch is None:
        return False
    try:
        translations = read_callback(document, batch.sentences)
    except TranslationError as error:
        logger.warning("translation_failed engine=%s reason=%s", batch.engine, error)
        return True
    stored = judge(batch.sentences, translations, batch.language, batch.engine, glossary)
    store_translations(db, batch.language, stored, now)
    return True


def read_machine_text(db: Database, call: Call) -> MachineText | None:
    """Return the translation of a call in another language, from the memory alone; None where no sentence has one."""
    if call.language in ("", TARGET):
        return None
    title, sentences = title_of(call), sentences_of(call)
    known = find_translations(db, call.language, [title, *sentences])
    sound = {text: one for text, one in known.items() if one.state is TranslationState.SOUND}
    first = next((sound[sentence] for sentence in sentences if sentence in sound), None)
    if first is None:
        return None
    return MachineText(
        title=sound[title].translated if title in sound else "",
        sentences=tuple(
            TranslatedSentence(sound[sentence].translated, TARGET)
            if sentence in sound
            else TranslatedSentence(sentence, call.language)
            for sentence in sentences
        ),
        engine=first.engine,
    )
