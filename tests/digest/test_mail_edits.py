"""The coordinator's changes to one mail: places, comments, held and added calls; each in the mail that is sent, and once."""

import os
import random
import signal
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from monitor.archive.overrides import ADD, HOLD, read_mail_edits, store_override, write_comment, write_places
from monitor.calls import CallKey, Section
from monitor.digest.arrange import move, place_keys
from monitor.jobs import digest as digest_job
from monitor.settings import Recipient
from tests.digest.test_recipients_year import killed_work
from tests.mailing import MONDAY, WEEK, World, a_call, read_mail, text_of
from tests.mailserver import Handler, Running

WHO = {"who": "samordnaren", "now": MONDAY - timedelta(hours=1)}
ABC = [CallKey("portal", letter) for letter in "abcde"]


def key(number):
    return CallKey("portal", str(number))


@pytest.fixture
def world(tmp_path):
    return World(tmp_path).welcomed()


def published(world, number=4, at=MONDAY - timedelta(hours=2), due="2026-12-01"):
    world.publish(*(a_call(str(one), due) for one in range(1, number + 1)), at=at)


def place(world, **places):
    with world.archive() as archive:
        values = {key(name[1:]): value for name, value in places.items()}
        write_places(archive.db, "kultur-fritid", values, **WHO)


def comment(world, number, text):
    with world.archive() as archive:
        write_comment(archive.db, "kultur-fritid", key(number), text, **WHO)


def decide(world, number, choice, now=WHO["now"], department="kultur-fritid"):
    with world.archive() as archive:
        store_override(archive.db, department, key(number), choice, who="samordnaren", now=now)


def waiting(world):
    with world.archive() as archive:
        return set(read_mail_edits(archive.db, "kultur-fritid"))


def order(mail, number=4):
    """Return the calls in the order in which the mail has their cards, each of them once."""
    text = text_of(mail)
    cards = text.partition("Nytt")[2] or text
    found = {one: cards.rfind(f"Utlysning {one}\n") for one in range(1, number + 1) if f"Utlysning {one}\n" in cards}
    return sorted(found, key=found.get)


# Places, as pure values.


def test_placed_calls_stand_at_their_places_and_the_others_in_order():
    assert place_keys(ABC, {}) == ABC
    assert place_keys(ABC, {ABC[4]: 1, ABC[3]: 2}) == [ABC[4], ABC[3], *ABC[:3]]
    assert place_keys(ABC, {ABC[0]: 99}) == [*ABC[1:], ABC[0]]
    assert place_keys(ABC[:2], {ABC[4]: 1}) == ABC[:2]


@pytest.mark.parametrize("seed", range(20))
def test_any_moves_one_after_the_other_give_the_wanted_order(seed):
    dice = random.Random(seed)
    places, wanted = {}, list(ABC)
    for _ in range(12):
        moved, to = dice.choice(ABC), dice.randrange(1, 6)
        wanted.remove(moved)
        wanted.insert(to - 1, moved)
        for changed, number in move(ABC, places, moved, to).items():
            places.pop(changed, None)
            if number is not None:
                places[changed] = number
        assert place_keys(ABC, places) == wanted


@pytest.mark.parametrize("wanted", list(permutations(ABC[:4])))
def test_every_order_can_be_reached_and_left_again(wanted):
    places = {}
    for number, moved in enumerate(wanted, 1):
        places |= move(ABC[:4], places, moved, number)
        places = {one: at for one, at in places.items() if at is not None}
    assert place_keys(ABC[:4], places) == list(wanted)
    for number, moved in enumerate(ABC[:4], 1):
        places |= move(ABC[:4], places, moved, number)
        places = {one: at for one, at in places.items() if at is not None}
    assert places == {}


def test_a_new_call_that_the_program_puts_first_moves_no_placed_call():
    assert place_keys([CallKey("portal", "new"), *ABC[:3]], {ABC[2]: 1}) == [ABC[2], CallKey("portal", "new"), ABC[0], ABC[1]]


# In mails that are built and sent.


def test_order_and_comments_are_in_the_mail_that_is_sent_and_in_no_other(world):
    published(world)
    place(world, n4=1, n2=2)
    comment(world, 3, "Vi tar den här tillsammans.")
    (mail,) = world.week(MONDAY)
    assert order(mail) == [4, 2, 1, 3]
    assert text_of(mail).count("Samordnaren skriver: Vi tar den här tillsammans.") == 1
    assert waiting(world) == set()
    (following,) = world.week(MONDAY + WEEK)
    assert "Samordnaren skriver" not in text_of(following)
    assert world.rows("SELECT DISTINCT digest FROM mail_edits") == [("2026-W23-kultur-fritid",)]


def test_every_change_is_in_the_mail_that_a_mail_server_takes(tmp_path):
    handler = Handler()
    with Running(handler) as server:
        world = World(
            tmp_path,
            recipients=[Recipient(department="kultur-fritid", email="kultur@eksjo.se")],
            mail={"transport": "smtp", "host": "127.0.0.1", "port": server.port, "timeout": 5},
        )
        world.crawl(at=MONDAY - WEEK)
        world.digest(MONDAY - WEEK)
        world.send_for_real(MONDAY - WEEK)
        published(world)
        world.crawl(*(a_call(str(one), "2026-12-01") for one in range(1, 6)), at=MONDAY - timedelta(hours=1))
        place(world, n4=1)
        comment(world, 2, "Ring oss om den här.")
        decide(world, 1, HOLD)
        decide(world, 5, ADD)
        for _ in range(2):
            world.digest(MONDAY)
            world.send_for_real(MONDAY)
    assert len(handler.taken) == 2
    mail = read_mail(handler.taken[-1][2])
    assert order(mail, 5) == [4, 2, 3, 5]
    assert text_of(mail).count("Samordnaren skriver: Ring oss om den här.") == 1


def test_building_again_uses_nothing_up_and_changes_nothing(world):
    published(world)
    world.digest(MONDAY)
    comment(world, 1, "Skriven efter att mejlet byggdes.")
    world.digest(MONDAY + timedelta(hours=1))
    world.send(MONDAY)
    assert "Skriven efter" not in text_of(world.server.taken[-1])
    assert waiting(world) == {key(1)}


def test_a_dry_run_and_the_coordinators_copy_use_nothing_up(world):
    published(world)
    place(world, n4=1)
    world.digest(MONDAY, dry_run=True)
    digests = world.config.digest.model_copy(update={"preview": "eu@example.se"})
    with world.archive() as archive:
        config = world.config.model_copy(update={"digest": digests})
        digest_job.build_previews(config, archive, MONDAY - timedelta(days=1), rules=world.rules)
    assert waiting(world) == {key(4)}
    world.digest(MONDAY)
    world.send(MONDAY)
    copy, mail = world.server.taken[-2:]
    assert order(copy) == order(mail) == [4, 1, 2, 3]


def test_a_comment_waits_for_the_mail_that_tells_its_call(world):
    published(world)
    decide(world, 2, HOLD)
    comment(world, 2, "Nu är det dags.")
    place(world, n3=1)
    (mail,) = world.week(MONDAY)
    assert order(mail) == [3, 1, 4]
    assert waiting(world) == {key(2)}
    with world.archive() as archive:
        archive.db.execute("DELETE FROM desk_choices")
    (following,) = world.week(MONDAY + WEEK)
    assert text_of(following).count("Samordnaren skriver: Nu är det dags.") == 1
    assert waiting(world) == set()


def test_a_correction_has_no_comment_of_the_next_mail(world):
    published(world)
    world.week(MONDAY)
    comment(world, 1, "Till nästa vecka.")
    world.publish(
        a_call("1", "2026-07-01"), *(a_call(str(one), "2026-12-01") for one in (2, 3, 4)), at=MONDAY + timedelta(days=1)
    )
    world.digest(MONDAY + timedelta(days=1), corrections_only=True)
    world.send(MONDAY + timedelta(days=1))
    correction = world.server.taken[-1]
    assert "Utlysning 1" in text_of(correction)
    assert "Till nästa vecka." not in text_of(correction)
    assert waiting(world) == {key(1)}


def test_a_comment_written_while_the_mail_is_built_is_kept_for_the_next(world, monkeypatch):
    published(world)
    comment(world, 1, "Den första.")
    render = digest_job.render_mail

    def render_late(*values):
        rendered = render(*values)
        comment(world, 1, "Den andra, skriven under tiden.")
        return rendered

    with monkeypatch.context() as patch:
        patch.setattr(digest_job, "render_mail", render_late)
        (mail,) = world.week(MONDAY)
    assert "Den första." in text_of(mail)
    assert waiting(world) == {key(1)}


def test_a_call_lifted_out_of_a_group_has_a_card_of_its_own(tmp_path):
    world = World(tmp_path, digest={"per_source": 4}).welcomed()
    published(world, 12)
    comment(world, 12, "Titta särskilt på den här.")
    place(world, n11=1)
    (mail,) = world.week(MONDAY)
    text = text_of(mail)
    assert "Samordnaren skriver: Titta särskilt på den här." in text
    assert "10 " in text


def test_an_added_call_is_in_the_welcome_though_ten_stronger_ones_are(tmp_path):
    world = World(tmp_path)
    world.crawl(at=MONDAY - WEEK)
    world.publish(*(a_call(str(one), "2026-12-01") for one in range(1, 13)), at=MONDAY - timedelta(hours=2))
    world.crawl(*(a_call(str(one), "2026-12-01") for one in range(1, 14)), at=MONDAY - timedelta(hours=1))
    decide(world, 13, ADD)
    comment(world, 13, "Den här också.")
    (mail,) = world.week(MONDAY)
    text = text_of(mail)
    assert "Utlysning 13" in text
    assert text.count("Samordnaren skriver: Den här också.") == 1


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("EU betalar högst 50 procent av kostnaderna. Kommuner kan söka.", "högst 50 procent"),
        ("The grant covers up to 60 % of eligible costs. Municipalities may apply.", "högst 60 procent"),
        ("Tilskuddet dækker højst 40 procent af omkostningerne. Kommuner kan søge.", "högst 40 procent"),
        ("Tilskuddet dekker inntil 70 prosent av kostnadene. Kommuner kan søke.", "högst 70 procent"),
        ("Stödet är högst 75 procent av kostnaderna. Kommuner kan ansöka.", "högst 75 procent"),
    ],
)
def test_an_added_call_that_no_theme_matched_has_the_card_of_its_page(tmp_path, text, share):
    world = World(tmp_path).welcomed()
    language = "en" if "grant" in text else "da" if "dækker" in text else "nb" if "dekker" in text else "sv"
    call = replace(a_call("1", "2026-12-01"), sections=(Section(title="", text=text),), language=language)
    world.crawl(call, at=MONDAY - timedelta(hours=1))
    decide(world, 1, ADD)
    (mail,) = world.week(MONDAY)
    said = text_of(mail)
    card = said[said.index("Utlysning 1") :]
    assert share in card
    for label in ("Vem betalar", "Kan vi söka", "Nästa steg"):
        assert label in card


def test_a_reminder_that_is_held_back_is_not_sent_and_a_moved_date_is(world):
    published(world, 2, due="2026-06-25")
    world.week(MONDAY)
    for one in (1, 2):
        decide(world, one, HOLD)
    (quiet,) = world.week(MONDAY + 2 * WEEK)
    assert "Utlysning 1" not in text_of(quiet)
    moved = [a_call("1", "2026-08-01"), a_call("2", "2026-06-25")]
    world.publish(*moved, at=MONDAY + 2 * WEEK + timedelta(days=1))
    (mail,) = world.week(MONDAY + 3 * WEEK)
    assert "Utlysning 1" in text_of(mail)
    assert "Utlysning 2" not in text_of(mail)


def test_a_known_call_that_is_added_is_reminded_of_in_one_mail(world):
    published(world, 1, due="2026-07-20")
    world.week(MONDAY)
    decide(world, 1, ADD, now=MONDAY + timedelta(days=1))
    (mail,) = world.week(MONDAY + WEEK)
    assert "Utlysning 1" in text_of(mail)
    assert ("1", "reminded") in world.facts()
    world.week(MONDAY + 2 * WEEK)
    assert ("1", "reminded#2") not in world.facts()
    decide(world, 1, ADD, now=MONDAY + 2 * WEEK + timedelta(days=1))
    world.week(MONDAY + 5 * WEEK)
    assert [fact for _, fact in world.facts()].count("reminded") == 1


def test_recipients_with_choices_of_their_own_get_the_same_order_and_comment(tmp_path):
    people = [Recipient(department="kultur-fritid", email=f"{name}@example.se") for name in ("anna", "bo")]
    world = World(tmp_path, recipients=people).welcomed()
    published(world)
    with world.archive() as archive:
        archive.db.execute("UPDATE recipients SET pace = 'certain' WHERE folded = 'anna@example.se'")
    place(world, n3=1)
    comment(world, 3, "Först ut.")
    mails = world.week(MONDAY)
    assert {mail["To"] for mail in mails} == {"anna@example.se", "bo@example.se"}
    for mail in mails:
        assert order(mail) == [3, 1, 2, 4]
        assert text_of(mail).count("Samordnaren skriver: Först ut.") == 1


@pytest.mark.parametrize("fatal", [150, 400, 700, 1000, 1400, 1900, 2600])
def test_a_kill_while_the_mail_is_built_neither_loses_nor_doubles_a_change(tmp_path, fatal):
    world = World(tmp_path).welcomed()
    published(world)
    place(world, n4=1)
    comment(world, 2, "En gång.")
    decide(world, 3, HOLD)
    killed_work(lambda: world.digest(MONDAY), fatal)
    stored = bool(world.rows("SELECT 1 FROM digests WHERE week = '2026-W23' AND department = 'kultur-fritid'"))
    assert waiting(world) == (set() if stored else {key(2), key(4)})
    mails = [*world.week(MONDAY), *world.week(MONDAY + timedelta(hours=1))]
    assert [order(mail) for mail in mails] == [[4, 1, 2]]
    assert text_of(mails[0]).count("Samordnaren skriver: En gång.") == 1
    assert "Samordnaren skriver" not in text_of(world.week(MONDAY + WEEK)[0])
    assert waiting(world) == set()


def test_a_kill_right_after_the_mail_is_stored_takes_back_the_mail_and_its_use_of_the_changes(tmp_path, monkeypatch):
    world = World(tmp_path).welcomed()
    published(world)
    place(world, n4=1)
    save = digest_job.save_digest

    def save_and_die(db, digest):
        save(db, digest)
        os.kill(os.getpid(), signal.SIGKILL)

    with monkeypatch.context() as patch:
        patch.setattr(digest_job, "save_digest", save_and_die)
        assert killed_work(lambda: world.digest(MONDAY))
    assert waiting(world) == {key(4)}
    (mail,) = world.week(MONDAY)
    assert order(mail) == [4, 1, 2, 3]
    assert waiting(world) == set()
