"""Letters to the coordinator about the answers of departments, the same day and each answer once."""

from __future__ import annotations

import tomllib
from datetime import date, datetime

from monitor.archive.connection import Database
from monitor.archive.feedback import UnreportedAnswer, list_unreported_answers, mark_reported
from monitor.archive.matches import last_rule_files
from monitor.archive.outbox import has_digest
from monitor.config import Config
from monitor.jobs.letter import store_letter
from monitor.language.one_line import clean, shorten
from monitor.vocabulary import ANSWER_LABELS, Answer

_MAX_ANSWERS = 30
"""Answers that a letter lists at most."""


def is_letter_due(config: Config, db: Database, now: datetime) -> bool:
    """Return whether the coordinator has not been told of some answers, and no letter was written in this hour."""
    return bool(list_unreported_answers(db)) and not has_digest(db, letter_id_of(config, now))


def write_interest_letter(config: Config, db: Database, now: datetime) -> bool:
    """Put a letter about the answers that the coordinator has not been told of into the outbox, and return whether there was one.

    There is at most one letter in an hour. The letter is stored together with the mark of its answers as told, so that each
    answer is told once, whatever is interrupted.
    """
    if not is_letter_due(config, db, now):
        return False
    letter_id = letter_id_of(config, now)
    with db.atomic():
        answers = list_unreported_answers(db)
        names = department_names(db)
        store_letter(config, db, letter_id, _subject(answers, names), _paragraphs(config, answers, names), now)
        mark_reported(db, [answer.id for answer in answers], now)
    return True


def department_names(db: Database) -> dict[str, str]:
    """Return the names of the departments by id, from the rules that matched last."""
    text = (last_rule_files(db) or {}).get("departments.toml", "")
    return {row["id"]: row["name"] for row in tomllib.loads(text).get("department", ())}


def letter_id_of(config: Config, now: datetime) -> str:
    """Return the id of the letter of this hour, on the clock of the installation."""
    return f"{now.astimezone(config.zone):%Y-%m-%dT%H%z}-svar"


def _subject(answers: list[UnreportedAnswer], names: dict[str, str]) -> str:
    if len(answers) == 1:
        answer = answers[0]
        return f"{_name(answer, names)} {ANSWER_LABELS[Answer(answer.answer)].letter}: {shorten(clean(answer.title), 80)}"
    return f"{len(answers)} svar från förvaltningarna"


def _paragraphs(config: Config, answers: list[UnreportedAnswer], names: dict[str, str]) -> list[str]:
    base = config.municipality.base_url.rstrip("/")
    lines = [_line(answer, names) for answer in answers[:_MAX_ANSWERS]]
    if len(answers) > _MAX_ANSWERS:
        lines.append(f"och {len(answers) - _MAX_ANSWERS} svar till.")
    return [*lines, f"Förvaltningen har fått veta att du hör om det i dag. Alla svar: {base}/samordna"]


def _line(answer: UnreportedAnswer, names: dict[str, str]) -> str:
    from babel.dates import format_date

    note = f" De skriver: ”{clean(answer.note)}”" if answer.note.strip() else ""
    last = date.fromisoformat(answer.next_deadline[:10]) if answer.next_deadline else None
    day = f" Sista dag {format_date(last, 'd MMMM y', locale='sv')}." if last else ""
    label, title = ANSWER_LABELS[Answer(answer.answer)].letter, shorten(clean(answer.title), 200)
    return f"{_name(answer, names)} {label}: {title}.{day}{note} {answer.url}".rstrip()


def _name(answer: UnreportedAnswer, names: dict[str, str]) -> str:
    return clean(names.get(answer.department, answer.department))
