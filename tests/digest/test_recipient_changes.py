"""Every change of what a recipient gets is told to its owner once and can be undone; silencing is told to the coordinator."""

import json
import re
from datetime import date, timedelta

import pytest

from monitor.archive.recipients import (
    find_event,
    list_recipients,
    list_stops,
    list_unreported,
    restore_choices,
    silenced_departments,
)
from monitor.jobs.note import write_note
from monitor.jobs.status import status
from monitor.settings import Recipient
from monitor.subscription import ChoiceChange, Choices, is_muted
from monitor.vocabulary import Pace
from tests.digest.test_recipients import ANNA, BO, PEOPLE, choose, leave
from tests.mailing import MONDAY, WEEK, World, a_call, text_of

THEMES = {
    "bad": ("Bad och simhallar", ["kultur-fritid"], ""),
    "scen": ("Scen och musik", ["kultur-fritid", "social"], ""),
    "hem": ("Stöd i hemmet", ["social"], ""),
    "utkast": ("Ett utkast", ["kultur-fritid"], 'state = "draft"'),
    "prov": ("På prov", ["kultur-fritid"], "probation = 2026-12-31"),
}


@pytest.fixture
def world(tmp_path):
    people = [*PEOPLE, Recipient(department="social", email=ANNA)]
    world = World(tmp_path, recipients=people).welcomed()
    files = {
        f"themes/{name}.toml": f"[theme]\nid = {name!r}\ntitle = {title!r}\ndepartments = {departments!r}\n{more}\n"
        for name, (title, departments, more) in THEMES.items()
    }
    files["areas.toml"] = "[english]\nbad = 'Swimming pools'\n"
    with world.archive() as archive, archive.db.atomic():
        values = ["test", "2026-01-01T00:00:00+00:00", json.dumps(files)]
        archive.db.execute("INSERT INTO rule_versions (hash, first_used, files, program) VALUES (?, ?, ?, '')", values)
    return world


def mails_after(world, work, now=MONDAY):
    """Return the mails that a send after some work takes: receipts by address, and letters to the coordinator."""
    before = len(world.server.taken)
    work()
    world.send(now)
    found = world.server.taken[before:]
    return [mail for mail in found if "kvitto" in mail["Message-ID"]], [mail for mail in found if mail["To"] == "eu@example.se"]


BOTH = ("kultur-fritid", "social")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"pace": Pace.MONTHLY}, "Hur ofta: ”En gång i månaden” i stället för ”Varje vecka”."),
        (
            {"pace": Pace.CERTAIN},
            "Hur ofta: ”Bara det som säkert passar, de veckor det finns något” i stället för ”Varje vecka”.",
        ),
        ({"left_out": ("bad",)}, "Ämnen som hoppas över: Bad och simhallar."),
        ({"language": "en"}, "Language: English instead of Swedish."),
    ],
)
def test_each_choice_that_changes_has_a_receipt_that_names_it(world, values, said):
    receipts, letters = mails_after(world, lambda: choose(world, ANNA, MONDAY, departments=BOTH, **values))
    (receipt,) = receipts
    assert receipt["To"] == ANNA
    assert said in text_of(receipt)
    assert "?andring=" in text_of(receipt)
    assert letters == [], "the coordinator is told of what silences alone"
    again, _ = mails_after(world, lambda: choose(world, ANNA, MONDAY, departments=BOTH, **values), MONDAY + timedelta(hours=2))
    assert again == [], "the same choices once more change nothing"


def test_one_save_has_one_receipt_that_names_all_of_it(world):
    choose(world, ANNA, MONDAY, departments=BOTH, left_out=("hem",))
    world.send(MONDAY)
    values = {"pace": Pace.MONTHLY, "language": "en", "left_out": ("bad",), "paused_until": date(2026, 8, 1)}
    later = MONDAY + timedelta(hours=2)
    receipts, letters = mails_after(world, lambda: choose(world, ANNA, later, **values), later)
    (receipt,) = receipts
    text = text_of(receipt)
    for said in (
        "You now get mails in English for kultur-fritid.",
        "How often: “Once a month” instead of “Every week”.",
        "Language: English instead of Swedish.",
        "No more mails for: social.",
        "Subjects left out: Swimming pools.",
        "Pause: no mails before 1 August.",
    ):
        assert said in text, said
    assert "come again" not in text, "the subjects of a department that was left go with it"
    (letter,) = letters
    assert "Anna@example.se har slutat få mejlen för social." in text_of(letter)


def test_a_stop_or_a_pause_alone_keeps_its_own_receipt(world):
    receipts, _ = mails_after(world, lambda: choose(world, ANNA, MONDAY, departments=("social",)))
    assert [mail["Subject"] for mail in receipts] == ["Du får inga fler mejl om EU-utlysningar för kultur-fritid"]
    pause = {"departments": ("social",), "paused_until": date(2026, 7, 1)}
    later = MONDAY + timedelta(hours=2)
    receipts, letters = mails_after(world, lambda: choose(world, ANNA, later, **pause), later)
    assert [mail["Subject"] for mail in receipts] == ["Mejlen om EU-utlysningar är pausade till 1 juli"]
    assert letters == []
    receipts, _ = mails_after(world, lambda: choose(world, ANNA, later, departments=("social",)), later + timedelta(hours=1))
    assert ["Pausen är borttagen." in text_of(mail) for mail in receipts] == [True]


def test_a_change_is_undone_whole(world):
    choose(world, ANNA, MONDAY, departments=BOTH, pace=Pace.MONTHLY, left_out=("hem",))

    def rows():
        with world.archive() as archive:
            stops = [(stop.department, stop.recipient) for stop in list_stops(world.config, archive.db, MONDAY)]
            found = list_recipients(world.config, archive.db)
        return stops, [(row.department, row.pace, row.language, row.left_out, row.paused_until) for row in found]

    before = rows()
    world.send(MONDAY)
    silencing = {"pace": Pace.CERTAIN, "language": "en", "left_out": ("bad", "scen"), "paused_until": date(2026, 8, 1)}
    later = MONDAY + timedelta(hours=2)
    (receipt,), _ = mails_after(world, lambda: choose(world, ANNA, later, **silencing), later)
    assert rows() != before
    number = int(re.search(r"andring=(\d+)", text_of(receipt))[1])
    with world.archive() as archive:
        restore_choices(world.config, archive.db, find_event(archive.db, number), later)
    assert rows() == before
    receipts, _ = mails_after(world, lambda: None, later)
    assert ["i stället för ”Bara det som säkert passar" in text_of(mail) for mail in receipts] == [True], (
        "an undoing is a change too"
    )


def test_an_undone_change_does_not_bring_back_a_pause_that_is_over(world):
    choose(world, ANNA, MONDAY, departments=BOTH, paused_until=date(2026, 6, 5))
    choose(world, ANNA, MONDAY, departments=BOTH, paused_until=date(2026, 9, 1))
    with world.archive() as archive:
        event = find_event(archive.db, 2)
        assert event.change.before.paused_until == date(2026, 6, 5)
        restore_choices(world.config, archive.db, event, MONDAY + WEEK)
        found = {row.paused_until for row in list_recipients(world.config, archive.db) if row.email == ANNA}
    assert found == {None}


def test_all_subjects_left_out_is_told_to_owner_and_coordinator_and_stands_where_a_stop_stands(world):
    leave(world, BO, MONDAY - WEEK)
    world.send(MONDAY - WEEK)
    world.publish(a_call("1", "2026-12-01"), at=MONDAY)
    silencing = {"pace": Pace.CERTAIN, "left_out": ("bad", "scen"), "departments": BOTH}
    receipts, letters = mails_after(world, lambda: choose(world, ANNA, MONDAY, **silencing))
    (receipt,), (letter,) = receipts, letters
    assert "Alla ämnen är bortvalda för: kultur-fritid. Då kommer nästan inga mejl." in text_of(receipt)
    assert letter["Subject"] == "En mottagare har valt bort alla ämnen"
    assert "Anna@example.se har valt bort alla ämnen för kultur-fritid och får nästan inga mejl." in text_of(letter)
    with world.archive() as archive:
        assert next(stop.explanation for stop in list_stops(world.config, archive.db, MONDAY)) == (
            "Anna@example.se valde själv bort alla ämnen 2026-06-01"
        )
        assert list(silenced_departments(world.config, archive.db, MONDAY)) == ["kultur-fritid"], "social has one left"
        (said,) = [line for line in status(world.config, archive, MONDAY)["attention"] if "kultur-fritid" in line]
        assert said.startswith("Ingen får mejlen för kultur-fritid sedan 2026-06-01.")
        note = "\n".join(write_note(world.config, archive, MONDAY + timedelta(days=1)).paragraphs)
    told = "Får inte längre mejlen för kultur-fritid: Anna@example.se valde själv bort alla ämnen 2026-06-01."
    assert told in note
    world.match("1", level="trolig", themes=("Bad och simhallar",))
    (report,) = [one for one in world.digest(MONDAY).digests if one.department == "kultur-fritid"]
    assert "Anna@example.se valde själv bort alla ämnen 2026-06-01" in report.reason


@pytest.mark.parametrize("left_out", [("bad",), ("scen", "hem"), ()])
def test_some_subjects_left_out_silence_nobody(world, left_out):
    leave(world, BO, MONDAY - WEEK)
    world.send(MONDAY - WEEK)
    _, letters = mails_after(world, lambda: choose(world, ANNA, MONDAY, departments=("kultur-fritid",), left_out=left_out))
    assert not any("alla ämnen" in text_of(letter) for letter in letters)
    with world.archive() as archive:
        assert "kultur-fritid" not in silenced_departments(world.config, archive.db, MONDAY)


def test_who_had_left_out_all_subjects_is_not_told_of_again(world):
    choose(world, ANNA, MONDAY, departments=BOTH, left_out=("bad", "scen"))
    world.send(MONDAY)
    choose(world, ANNA, MONDAY, departments=BOTH, left_out=("bad", "scen"), pace=Pace.MONTHLY)
    with world.archive() as archive:
        assert list_unreported(archive.db) == []
    choose(world, ANNA, MONDAY, departments=BOTH)
    with world.archive() as archive:
        assert not any(stop.recipient == ANNA for stop in list_stops(world.config, archive.db, MONDAY))


def test_subjects_that_are_left_out_since_the_rules_changed_have_no_day(world):
    choose(world, ANNA, MONDAY, departments=BOTH, left_out=("bad",))
    with world.archive() as archive, archive.db.atomic():
        (text,) = archive.db.execute("SELECT files FROM rule_versions").fetchone()
        files = {name: text for name, text in json.loads(text).items() if "scen" not in name}
        archive.db.execute("UPDATE rule_versions SET files = ?, hash = 'later'", [json.dumps(files)])
        (stop,) = list_stops(world.config, archive.db, MONDAY)
    assert (stop.since, stop.explanation) == (None, "Anna@example.se valde själv bort alla ämnen")


def test_a_change_is_kept_as_text_and_read_back():
    values = {"pace": Pace.WEEKLY, "language": "sv", "left_out": ("a",), "paused_until": None, "departments": ("social",)}
    change = ChoiceChange(
        before=Choices(**values),
        after=Choices(**{**values, "pace": Pace.CERTAIN, "paused_until": date(2026, 7, 1), "left_out": ()}),
    )
    assert ChoiceChange.from_json(change.to_json()) == change
    assert change.names == {"pace", "paused_until", "left_out"}
    assert not change.is_stop
    assert not change.is_pause


def test_a_department_without_subjects_is_never_silenced_by_them():
    subjects = {"social": {"hem": "Stöd i hemmet"}}
    assert is_muted(("hem", "bad"), "social", subjects)
    assert not is_muted(("bad",), "social", subjects)
    assert not is_muted(("hem",), "kultur-fritid", subjects)
