"""Job `translate`: titles and summaries into Swedish, by the engine of the settings, within limits of time and number.

A job of its own: nothing waits for it, and what an engine fails to do is told in Swedish sentences of the program's own.
"""

from __future__ import annotations

import logging
import os
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

from monitor.archive.calls import load_call
from monitor.archive.connection import Database
from monitor.archive.translations import (
    WaitingBatch,
    calls_to_translate,
    find_translations,
    has_translations,
    store_batch,
    store_translations,
    take_batch,
    waiting_sentences,
)
from monitor.calls import Call, CallKey
from monitor.config import Config
from monitor.digest.model import Selection
from monitor.errors import ConfigError
from monitor.matching.compiled import RuleSet
from monitor.settings import Translate
from monitor.translate.engine import TARGET, Engine, TranslationError, batches
from monitor.translate.etranslation import CALLBACK_PATH, URL, ETranslation
from monitor.translate.firefox import Firefox
from monitor.translate.libretranslate import LibreTranslate
from monitor.translate.memory import judge, read_machine_text
from monitor.translate.texts import make_glossary, sentences_of, title_of

logger = logging.getLogger(__name__)

PASSWORD_VARIABLE = "MONITOR_TRANSLATE_PASSWORD"  # noqa: S105 - the name of a variable
_PATIENCE = timedelta(days=2)
"""Period after which a batch that an engine has not answered is handed over again."""
_MOST_FAILURES = 3
"""Requests in a row that fail before a run gives the engine up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationReport:
    """Result of one run: sentences by what became of them."""

    engine: str
    sound: int = 0
    refused: int = 0
    """Sentences whose translation did not keep a number, a date, a code or a name: they stay as they were."""
    waiting: int = 0
    """Sentences that the engine answers later."""
    left: int = 0
    """Sentences for which there was no time, or which the engine failed to translate."""
    reason: str = ""
    """Why the engine failed, in Swedish; "" if it did not."""


def make_engine(config: Config, reference: str) -> Engine:
    """Return the engine of the settings; `reference` is that of its next batch.

    Raises:
        ConfigError: The settings name no engine, or miss what it needs.
    """
    settings, where = config.translate, str(config.path or "settings")
    match settings.engine:
        case "libretranslate":
            if not settings.url:
                raise ConfigError(where, "translate.url: väntade serverns adress, som http://127.0.0.1:5000")
            return LibreTranslate(url=settings.url, api_key=_password(settings, needed=False), seconds=settings.timeout)
        case "etranslation":
            if not settings.application:
                raise ConfigError(where, "translate.application: väntade namnet som kommissionen har registrerat")
            return ETranslation(
                application=settings.application,
                password=_password(settings, needed=True),
                callback=f"{config.municipality.base_url.rstrip('/')}{CALLBACK_PATH}/{{reference}}",
                reference=reference,
                url=settings.url or URL,
                seconds=settings.timeout,
            )
        case "fxtranslate":
            if not settings.folder:
                raise ConfigError(where, "translate.folder: väntade mappen med modellerna")
            return Firefox(folder=Path(settings.folder))
    raise ConfigError(where, "translate.engine: väntade libretranslate, etranslation eller fxtranslate")


def _password(settings: Translate, *, needed: bool) -> str:
    if settings.password_file:
        try:
            return Path(settings.password_file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(settings.password_file, f"lösenordet går inte att läsa: {error}") from error
    password = os.environ.get(PASSWORD_VARIABLE, "")
    if needed and not password:
        raise ConfigError("translate.password_file", f"väntade en fil med lösenordet, eller ${PASSWORD_VARIABLE}")
    return password


def translate_calls(
    config: Config,
    db: Database,
    rules: RuleSet,
    now: datetime,
    *,
    engine: Callable[[str], Engine] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> TranslationReport:
    """Translate what departments are told of and the memory does not have yet.

    Args:
        config: The installation.
        db: Its archive.
        rules: Its rules, for the glossary.
        now: Time that is stored.
        engine: Returns the engine for a batch with a reference; None for that of the settings.
        clock: Returns seconds that only rise; a run begins no request after `translate.longest` of them.

    Returns:
        What became of the sentences; an empty report where the settings name no engine.

    Raises:
        ConfigError: The settings miss what the engine needs.
    """
    if engine is None and not config.translate.engine:
        return TranslationReport(engine="")
    make = engine or (lambda reference: make_engine(config, reference))
    first = make(_reference())
    ends = clock() + config.translate.longest
    glossary = make_glossary(rules.concepts)
    counts = {"sound": 0, "refused": 0, "waiting": 0, "left": 0}
    reason, failures = "", 0
    wanted = sorted(_wanted(db, config.translate.calls, now - _PATIENCE))
    for language, pairs in groupby(wanted, key=lambda pair: pair[0]):
        for batch in batches([sentence for _, sentence in pairs], first.batch_characters):
            if clock() >= ends or failures >= _MOST_FAILURES:
                counts["left"] += len(batch)
                continue
            reference = _reference()
            try:
                states = _translate_batch(db, make(reference), batch, language, reference, glossary, now)
            except TranslationError as error:
                failures, reason = failures + 1, str(error)
                counts["left"] += len(batch)
                logger.warning("translation_failed engine=%s reason=%s", first.name, error)
                continue
            failures = 0
            for state in states:
                counts[state] += 1
    return TranslationReport(engine=first.name, reason=reason, **counts)


def _reference() -> str:
    return secrets.token_urlsafe(24)


def _wanted(db: Database, calls: int, since: datetime) -> set[tuple[str, str]]:
    """Return the language and text of each sentence that has not been translated and does not wait."""
    waiting = waiting_sentences(db, since)
    by_language: dict[str, set[str]] = {}
    for key in calls_to_translate(db, calls):
        call = load_call(db, *key)
        if call is not None:
            by_language.setdefault(call.language, set()).update(_texts(call))
    found = set()
    for language, sentences in by_language.items():
        known = find_translations(db, language, list(sentences))
        found |= {(language, sentence) for sentence in sentences if sentence not in known}
    return found - waiting


def _texts(call: Call) -> tuple[str, ...]:
    return tuple(text for text in (title_of(call), *sentences_of(call)) if text)


def _translate_batch(
    db: Database,
    engine: Engine,
    batch: Sequence[str],
    language: str,
    reference: str,
    glossary: Mapping[str, str],
    now: datetime,
) -> list[str]:
    """Translate one batch and store it; return what became of each sentence: sound, refused or waiting."""
    # The engine may answer before it has taken leave: the batch is stored first.
    store_batch(db, WaitingBatch(reference=reference, language=language, sentences=tuple(batch), engine=engine.name), now)
    try:
        submission = engine.submit(batch, language)
    except TranslationError:
        take_batch(db, reference)
        raise
    if submission.translations is None:
        return ["waiting"] * len(batch)
    take_batch(db, reference)
    stored = judge(batch, submission.translations, language, engine.name, glossary)
    store_translations(db, language, stored, now)
    return [one.state.value for one in stored]


def machine_summaries(db: Database, selection: Selection) -> dict[CallKey, str]:
    """Return the machine translation of the summary of each call of a mail that has one."""
    if not has_translations(db):
        return {}
    calls = (item.candidate.call for item in selection.items)
    texts = ((call.key, read_machine_text(db, call)) for call in calls if call.language not in ("", TARGET))
    return {key: text.summary for key, text in texts if text is not None}
