"""Every member of every vocabulary is handled by every output; a member added without a label or a text fails here."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from monitor import vocabulary
from monitor.archive import open_archive
from monitor.archive.connection import sql_values
from monitor.archive.runs import SourceRun, store_run
from monitor.archive.schema import MIGRATIONS
from monitor.calls import Call
from monitor.cli.sources import _state_label
from monitor.digest.answers import Signer
from monitor.digest.cards import Cards
from monitor.digest.model import Change
from monitor.digest.render import LANGUAGES, load_templates, render_mail
from monitor.digest.sample import AUDIENCE, NOW, samples
from monitor.digest.view import notice_view
from monitor.errors import MailError
from monitor.language.dossiers import Phase
from monitor.paths import DIGESTS
from monitor.translation import has_translation
from monitor.vocabulary import (
    ANSWER_LABELS,
    BUILT_MAILS,
    CHANGE_LABELS,
    DIGEST_STATE_LABELS,
    FOLLOW_STATE_LABELS,
    JOB_STATE_LABELS,
    KIND_LABELS,
    LEVEL_LABELS,
    MAIL_LABELS,
    OUTBOX_STATE_LABELS,
    PACE_LABELS,
    RECIPIENT_STATE_LABELS,
    RUN_STATE_LABELS,
    SECTION_LABELS,
    STATUS_LABELS,
    STEP_STATE_LABELS,
    TEMPLATE_MAILS,
    VERDICT_LABELS,
    Answer,
    ChangeType,
    CountText,
    DigestState,
    FollowState,
    JobState,
    Kind,
    Level,
    MailChange,
    MailKind,
    MailSection,
    OutboxState,
    Pace,
    RecipientState,
    RunState,
    Status,
    StepState,
    Verdict,
)
from tests.commands import Installation

TABLES = [
    (Kind, KIND_LABELS),
    (Status, STATUS_LABELS),
    (Level, LEVEL_LABELS),
    (ChangeType, CHANGE_LABELS),
    (MailSection, SECTION_LABELS),
    (MailKind, MAIL_LABELS),
    (DigestState, DIGEST_STATE_LABELS),
    (OutboxState, OUTBOX_STATE_LABELS),
    (Pace, PACE_LABELS),
    (RecipientState, RECIPIENT_STATE_LABELS),
    (RunState, RUN_STATE_LABELS),
    (JobState, JOB_STATE_LABELS),
    (Answer, ANSWER_LABELS),
    (FollowState, FOLLOW_STATE_LABELS),
    (Verdict, VERDICT_LABELS),
    (StepState, STEP_STATE_LABELS),
]


@pytest.mark.parametrize(("members", "labels"), TABLES, ids=lambda value: getattr(value, "__name__", ""))
def test_every_member_has_a_label(members, labels):
    assert list(labels) == list(members) or set(labels) == set(members)
    for label in labels.values():
        texts = label if isinstance(label, tuple) else (label,)
        assert all(all(text) if isinstance(text, CountText) else text for text in texts)


def test_every_vocabulary_is_tested():
    enums = {value for value in vars(vocabulary).values() if isinstance(value, type) and issubclass(value, vocabulary.StrEnum)}
    worded_in_catalogues = {MailChange}  # test_a_mail_tells_every_kind_of_change
    assert enums - {vocabulary.StrEnum} == {members for members, _ in TABLES} | worded_in_catalogues


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
    assert has_translation(label, "en")


@pytest.mark.parametrize("number", [0, 1, 2, 17])
@pytest.mark.parametrize("count", [label.counted for label in (*CHANGE_LABELS.values(), *SECTION_LABELS.values())])
def test_counts_name_their_number(count, number):
    assert str(number) in count.text(number)


def test_the_archive_knows_the_mails_of_a_week():
    assert sql_values(vocabulary.WEEKS_MAILS) in MIGRATIONS["m001_first"]


GLOSSARY = (Path(__file__).resolve().parent.parent / "docs" / "glossary.md").read_text("utf-8")


@pytest.mark.parametrize("member", [member for members, _ in TABLES for member in members], ids=str)
def test_every_value_of_the_archive_is_in_the_glossary(member):
    assert f"`{member.value}`" in GLOSSARY


def values_of(change_type):
    """Return an old and a new value as the archive stores them for this type."""
    dates, money = '["2026-06-25T15:00:00+00:00"]', '{"total": 1500000, "currency": "EUR"}'
    return {
        ChangeType.DEADLINE_MOVED: (dates, dates.replace("06", "07")),
        ChangeType.BUDGET_CHANGED: (money, money.replace("15", "25")),
        ChangeType.FACT_CHANGED: (
            '{"fact": "project_max", "values": [[1, "EUR"]]}',
            '{"fact": "project_max", "values": [[2, "EUR"]]}',
        ),
        ChangeType.TEXT_CHANGED: (None, '{"fields": ["title"]}'),
        ChangeType.NEWS: (None, '["Sista dagen är flyttad."]'),
        ChangeType.DOSSIER_MOVED: (
            None,
            '{"source": "leader", "call_id": "2", "phase": "referral", "day": "2026-05-01", "title": "Remiss om mark"}',
        ),
    }.get(change_type, (None, None))


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Return the output of `monitor show` for a call with a change of every type, and of `monitor status` for jobs in every state."""
    place = Installation(tmp_path_factory.mktemp("vocabulary"))
    place.configure("")
    now = datetime(2026, 5, 20, 12, tzinfo=UTC)
    call = Call(source="leader", call_id="1", title="Stöd", url="https://example.se/1")
    run = SourceRun(
        source="leader", name="Leader", publisher="", kind="feed", url="", language="sv", started=now, finished=now,
        state="accepted", reason="", complete_list=True, seen=1, calls=(call,),
    )  # fmt: skip
    with open_archive(place.archive) as archive:
        store_run(archive.db, run, now)
        for kind in ChangeType:
            archive.db.execute(
                "INSERT INTO events (source, call_id, run, at, type, old, new, baseline) VALUES ('leader', '1', 1, ?, ?, ?, ?, 0)",
                [now.isoformat(), kind.value, *values_of(kind)],
            )
        for state in JobState:
            archive.db.execute(
                "INSERT INTO jobs (name, due, state, attempts, started, finished) VALUES (?, ?, ?, 1, ?, ?)",
                [f"prov-{state.value}", now.isoformat(), state.value, now.isoformat(), now.isoformat()],
            )
    return place.ask("show", "1").out + place.ask("status", now="2026-05-20T13:00").out


@pytest.mark.parametrize("change_type", ChangeType)
def test_the_command_shows_a_change_of_every_type(shown, change_type):
    assert CHANGE_LABELS[change_type].command in shown


@pytest.mark.parametrize("state", JobState)
def test_the_command_shows_a_job_in_every_state(shown, state):
    assert JOB_STATE_LABELS[state] in shown


@pytest.mark.parametrize("state", RunState)
def test_the_command_shows_a_source_in_every_state(state):
    assert _state_label(state.value) == RUN_STATE_LABELS[state].command


@pytest.mark.parametrize(("option", "members"), [("--kind", Kind), ("--status", Status)])
def test_the_help_of_search_names_every_choice(option, members, installation):
    text = " ".join(installation.ask("search", "--help").out.split())
    choices = text.partition(f"{option} ")[2].partition(" --")[0]
    assert [member.value for member in members if member.value not in choices] == []


@pytest.fixture(scope="module")
def templates():
    return load_templates([DIGESTS])


@pytest.fixture(params=LANGUAGES)
def cards(request, templates):
    return Cards(templates.wording(request.param), AUDIENCE, Signer(b"sample"), "2026-W27-kultur-fritid", NOW)


@pytest.mark.parametrize("kind", MailChange)
def test_a_mail_tells_every_kind_of_change(cards, kind):
    worded = {language: {"fact": "Steg", "values": "2", "place": "sida 3"} for language in LANGUAGES}
    words = json.dumps({"values": [2], "title": "Utlysning", "words": worded})
    texts = {
        MailChange.FACT: (words, words),
        MailChange.BUDGET: ('{"total": 1, "currency": "EUR"}', '{"total": 2, "currency": "EUR"}'),
        MailChange.NOTICE: ("", "Nytt."),
    }
    old, new = texts.get(kind, ("2026-08-25", "2026-09-25"))
    values = (Phase.REFERRAL.value, new) if kind is MailChange.DOSSIER else (new,)
    assert cards.change(Change(kind=kind, old=(old,), new=values), some_item().candidate.call)


@pytest.mark.parametrize("section", MailSection)
def test_a_mail_has_a_heading_and_a_count_for_every_section(cards, section):
    assert cards.wording.say(f"heading.{section}")
    assert cards.wording.say(f"count.{section}", n=1)
    assert "2" in cards.wording.say(f"count.{section}", n=2)


@pytest.mark.parametrize("level", Level)
def test_a_mail_names_every_level(cards, level):
    assert cards.wording.say(f"card.level_{level}")


@pytest.mark.parametrize("kind", Kind)
def test_a_mail_shows_an_item_of_every_kind(cards, kind):
    item = some_item()
    call = replace(item.candidate.call, kind=kind, starts=NOW)
    view = cards.card(replace(item, candidate=replace(item.candidate, call=call)))
    assert view.title
    assert view.rows


def test_a_mail_offers_every_answer(cards):
    answers = cards.card(some_item()).answers
    assert len({link.url for link in answers}) == len(Answer)
    assert all(any(f"/{answer.value}" in link.url or f"={answer.value}" in link.url for link in answers) for answer in Answer)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", TEMPLATE_MAILS)
def test_every_mail_is_rendered(templates, kind, language):
    if kind in BUILT_MAILS:
        sample = samples(NOW)[kind]
        rendered = render_mail(templates, sample.selection, AUDIENCE, sample.occasion, Signer(b"sample"), (language,)).renderings[
            0
        ]
    else:
        rendered = templates.render(notice_view(templates.wording(language), AUDIENCE, "prov", (("namn@example.se", "550 no"),)))
    assert rendered.subject
    assert rendered.text


def test_a_phrase_that_is_missing_is_an_error_and_no_gap(cards):
    with pytest.raises(MailError):
        cards.wording.say("heading.no-such-section")


@cache
def some_item():
    """Return an item of the sample mail that is a new call."""
    return next(
        item
        for item in samples(NOW)[MailKind.WEEKLY].selection.items
        if item.section is MailSection.NEW and item.candidate.call.kind is Kind.CALL
    )
