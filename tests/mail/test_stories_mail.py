"""Failure stories T01 to T29 about sending; those about the contents of a mail are in tests/digest."""

import logging
import re
from datetime import timedelta

import pytest

from monitor.archive import lock
from monitor.archive.digests import digest_items
from monitor.errors import LockedError
from monitor.mail.delivery import DeliveryResult, Result
from monitor.settings import Recipient
from tests.mailing import MONDAY, WEEK, FakeServer, World, a_call, html_of, text_of

FIVE = [Recipient(department="kultur-fritid", email=f"{name}@example.se") for name in ("anna", "bo", "cia", "dan", "eva")]
LATER = DeliveryResult(Result.LATER, "451 try again later")
NO_SUCH_USER = DeliveryResult(Result.REFUSED_ADDRESS, "550 no such user")


@pytest.fixture
def five(tmp_path):
    world = World(tmp_path, recipients=FIVE)
    world.publish(a_call("1", "2026-09-01"), at=MONDAY - WEEK)
    return world


def test_t02_an_error_on_data_leaves_the_mail_due(world):
    world.publish(a_call("1", "2026-09-01"), at=MONDAY - WEEK)
    world.server.script = [LATER]
    world.digest(MONDAY)
    report = world.send(MONDAY)
    assert (report.sent, report.failed, report.waiting, report.troubled) == (0, 1, 1, 1)
    assert world.outbox() == [("kultur-fritid@example.se", "waiting", 1)]
    assert world.rows("SELECT error, sent_at FROM outbox") == [("451 try again later", None)]
    report = world.send(MONDAY + timedelta(minutes=5), scheduled=True)
    assert (report.sent, report.failed, report.waiting) == (1, 0, 0)
    assert world.outbox() == [("kultur-fritid@example.se", "sent", 2)]


def test_t03_one_refused_of_five(five):
    five.server.refuse = {"cia@example.se": NO_SUCH_USER}
    five.digest(MONDAY)
    report = five.send(MONDAY)
    assert (report.sent, report.failed, report.waiting) == (4, 1, 0)
    assert {recipient: state for recipient, state, _ in five.outbox()} == {
        "anna@example.se": "sent",
        "bo@example.se": "sent",
        "cia@example.se": "stopped",
        "dan@example.se": "sent",
        "eva@example.se": "sent",
    }
    assert five.rows("SELECT error FROM outbox WHERE state = 'stopped'") == [("550 no such user",)]
    assert five.rows("SELECT state FROM digests") == [("stopped",)]
    assert five.send(MONDAY + timedelta(days=1)).sent == 0


def test_t04_killed_between_sends(five):
    class Killed(BaseException):
        """Kill right after the server's answer."""

    class DyingServer(FakeServer):
        def deliver(self, message, recipient, *meanwhile):
            if self.tried == 3:
                raise Killed
            return super().deliver(message, recipient, *meanwhile)

    five.digest(MONDAY)
    dying = DyingServer()
    with pytest.raises(Killed):
        five.send(MONDAY, server=dying)
    five.send(MONDAY)
    ids = dying.ids + five.server.ids
    assert len(ids) == len(set(ids)) == 5


def test_t05_the_first_recipient_does_not_end_the_round(five):
    five.week(MONDAY)
    assert [message["To"] for message in five.server.taken] == [one.email for one in FIVE]


def test_t06_what_was_not_sent_is_not_lost(five):
    five.server.script = [DeliveryResult(Result.DOWN, "connection refused")] * 3
    five.digest(MONDAY)
    for hours in range(3):
        assert five.send(MONDAY + timedelta(hours=hours)).sent == 0
    five.publish(a_call("1", "2026-09-01"), a_call("2", "2026-09-01"), at=MONDAY + timedelta(days=5))
    mails = five.week(MONDAY + WEEK)
    told = sorted(("Utlysning 1" in text_of(mail), "Utlysning 2" in text_of(mail)) for mail in mails)
    assert told == [(False, True)] * 5 + [(True, False)] * 5


def test_t12_started_twice(five):
    with lock(five.config.data_dir, "send"), pytest.raises(LockedError):
        five.send(MONDAY)
    with lock(five.config.data_dir, "digest"), pytest.raises(LockedError):
        five.digest(MONDAY)


def test_t13_a_failed_recipient_is_tried_although_the_day_has_passed(five):
    five.server.refuse = {"dan@example.se": LATER}
    five.digest(MONDAY)
    five.send(MONDAY)
    for day in range(1, 9):
        five.send(MONDAY + timedelta(days=day), scheduled=True)
    assert five.outbox()[3] == ("dan@example.se", "waiting", 9)
    five.server.refuse = {}
    assert five.send(MONDAY + timedelta(days=10), scheduled=True).sent == 1
    assert five.server.ids.count(five.server.ids[-1]) == 1


def test_t17_no_link_in_a_mail_acts_on_get(five):
    (mail, *_) = five.week(MONDAY)
    links = re.findall(r'href="([^"]+)"', html_of(mail)) + re.findall(r"<(https[^>]+)>", mail["List-Unsubscribe"])
    ours = {link.replace("&amp;", "&") for link in links if link.startswith("https://eu.example.se/")}
    kinds = {re.match(r"https://eu.example.se/(\w+)", link)[1] for link in ours}
    assert kinds == {"utskick", "avsluta", "u", "s", "kallor"}
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "mailto:eu@example.se?subject=Avsluta%20kultur-fritid" in mail["List-Unsubscribe"]


def test_t18_the_log_says_sent_only_after_the_servers_word(five, caplog):
    caplog.set_level(logging.INFO)
    five.server.script = [LATER, DeliveryResult(Result.REFUSED, "554 no")]
    five.digest(MONDAY)
    five.send(MONDAY)
    said = [record.getMessage() for record in caplog.records if "mail_sent" in record.getMessage()]
    assert len(said) == 3
    assert not any("@" in record.getMessage() for record in caplog.records), "no addresses above DEBUG"


def test_t19_a_new_recipient_does_not_make_old_ones_get_it_again(five):
    five.week(MONDAY)
    five.recipients(*FIVE, Recipient(department="kultur-fritid", email="ny@example.se"))
    assert five.week(MONDAY + timedelta(days=1)) == []
    mails = five.week(MONDAY + WEEK)
    assert sorted(message["To"] for message in mails) == sorted([*(one.email for one in FIVE), "ny@example.se"])
    assert len(five.server.ids) == len(set(five.server.ids)) == 11


def test_t25_swedish_subjects_survive(world):
    world.crawl(at=MONDAY - WEEK)
    (mail,) = world.week(MONDAY)
    assert mail["Subject"] == "Välkommen till EU-bevakningen"
    raw = bytes(mail)
    assert all(byte < 128 for byte in raw)
    assert max(len(line) for line in raw.splitlines()) <= 998
    header = raw.partition(b"\n\n")[0].replace(b"\r\n", b"\n")
    assert b"=?utf-8?" in header


def test_the_linked_page_holds_what_the_mail_promises(five):
    five.week(MONDAY)
    with five.archive() as archive:
        assert digest_items(archive.db, "2026-W23-kultur-fritid") == [("new", ("portal", "1"))]
