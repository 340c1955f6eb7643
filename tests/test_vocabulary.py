"""Every member of every vocabulary is handled by every output; a member added without a label or a text fails here."""

import tomllib
from pathlib import Path

import pytest

from monitor import vocabulary
from monitor.archive.connection import sql_values
from monitor.archive.schema import MIGRATIONS
from monitor.vocabulary import (
    ANSWER_LABELS,
    CHANGE_LABELS,
    DIGEST_STATE_LABELS,
    FOLLOW_STATE_LABELS,
    JOB_STATE_LABELS,
    KIND_LABELS,
    LEVEL_LABELS,
    MAIL_LABELS,
    OUTBOX_STATE_LABELS,
    RUN_STATE_LABELS,
    SECTION_LABELS,
    STATUS_LABELS,
    Answer,
    ChangeType,
    CountText,
    DigestState,
    FollowState,
    JobState,
    Kind,
    Level,
    MailKind,
    MailSection,
    OutboxState,
    RunState,
    Status,
)

TABLES = [
    (Kind, KIND_LABELS),
    (Status, STATUS_LABELS),
    (Level, LEVEL_LABELS),
    (ChangeType, CHANGE_LABELS),
    (MailSection, SECTION_LABELS),
    (MailKind, MAIL_LABELS),
    (DigestState, DIGEST_STATE_LABELS),
    (OutboxState, OUTBOX_STATE_LABELS),
    (RunState, RUN_STATE_LABELS),
    (JobState, JOB_STATE_LABELS),
    (Answer, ANSWER_LABELS),
    (FollowState, FOLLOW_STATE_LABELS),
]
ENGLISH = tomllib.loads((Path(vocabulary.__file__).parent / "web" / "english.toml").read_text("utf-8"))


@pytest.mark.parametrize(("members", "labels"), TABLES, ids=lambda value: getattr(value, "__name__", ""))
def test_every_member_has_a_label(members, labels):
    assert list(labels) == list(members) or set(labels) == set(members)
    for label in labels.values():
        texts = label if isinstance(label, tuple) else (label,)
        assert all(all(text) if isinstance(text, CountText) else text for text in texts)


def test_every_vocabulary_is_tested():
    enums = {value for value in vars(vocabulary).values() if isinstance(value, type) and issubclass(value, vocabulary.StrEnum)}
    assert enums - {vocabulary.StrEnum} == {members for members, _ in TABLES}


@pytest.mark.parametrize(
    "label",
    [
        *(text for label in KIND_LABELS.values() for text in label),
        *STATUS_LABELS.values(),
        *LEVEL_LABELS.values(),
        *(label.page for label in CHANGE_LABELS.values()),
        *(label.page for label in SECTION_LABELS.values()),
        *MAIL_LABELS.values(),
        *FOLLOW_STATE_LABELS.values(),
        *(label.button for label in ANSWER_LABELS.values()),
        *(label.thanks for label in ANSWER_LABELS.values()),
    ],
)
def test_every_label_of_a_page_for_departments_has_english(label):
    assert label in ENGLISH


@pytest.mark.parametrize("number", [0, 1, 2, 17])
@pytest.mark.parametrize("count", [label.counted for label in (*CHANGE_LABELS.values(), *SECTION_LABELS.values())])
def test_counts_name_their_number(count, number):
    assert str(number) in count.text(number)


def test_the_archive_knows_the_mails_of_a_week():
    assert sql_values(vocabulary.WEEKS_MAILS) in MIGRATIONS["m001_first"]
