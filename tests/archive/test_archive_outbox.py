"""Outbox: recipients that were refused or have stopped, waiting mails, mails that were given up."""

from datetime import timedelta

import pytest

from monitor.archive.outbox import (
    count_refusal,
    count_sent,
    count_waiting,
    has_digest,
    is_stopped,
    list_suppressions,
    oldest_waiting,
    refused_recipients,
    resume_recipient,
    stop_recipient,
    stopped_mails,
    stopped_recipients,
)
from monitor.archive.recipients import list_stops, silenced_departments
from monitor.mail.delivery import DeliveryResult, Result
from monitor.settings import Recipient
from tests.mailing import MONDAY, WEEK, World, a_call

DAY = timedelta(days=1)
ANNA, BO = "Anna@example.se", "bo@example.se"


@pytest.fixture
def world(tmp_path):
    recipients = [
        Recipient(department="kultur-fritid", email=ANNA),
        Recipient(department="social", email=ANNA),
        Recipient(department="social", email=BO),
    ]
    world = World(tmp_path, recipients=recipients)
    world.crawl(a_call("1", "2026-09-01"), at=MONDAY - WEEK)
    return world


def test_an_address_is_stopped_at_the_limit_of_refusals_and_for_all_departments(world):
    with world.archive() as archive:
        db = archive.db
        assert [count_refusal(db, ANNA, "550 no such user", MONDAY, 3) for _ in range(4)] == [False, False, True, False]
        stopped = stopped_recipients(db)
        assert stopped == {("", "anna@example.se")}
        assert is_stopped(stopped, "social", ANNA)
        assert not is_stopped(stopped, "social", BO)
        assert refused_recipients(db) == [("anna@example.se", "550 no such user")]
        stops = list_stops(world.config, db, MONDAY)
        assert [(one.department, one.recipient) for one in stops] == [("social", ANNA), ("kultur-fritid", ANNA)]
        assert all("tar inte emot mejl sedan 2026-06-01" in one.explanation for one in stops)
        assert list(silenced_departments(world.config, db, MONDAY)) == ["kultur-fritid"], "social has one recipient left"


def test_who_stops_is_stopped_for_that_department_until_resumed(world):
    with world.archive() as archive:
        db = archive.db
        stop_recipient(db, "social", BO, "slutade själv", MONDAY)
        stop_recipient(db, "social", ANNA, "slutade själv", MONDAY + DAY)
        assert [(one.recipient, one.department) for one in list_suppressions(db)] == [
            ("anna@example.se", "social"),
            (BO, "social"),
        ]
        stops = list_stops(world.config, db, MONDAY)
        assert [stop.explanation for stop in stops] == [
            f"{ANNA} slutade själv få mejlen 2026-06-02",
            f"{BO} slutade själv få mejlen 2026-06-01",
        ]
        assert list(silenced_departments(world.config, db, MONDAY)) == ["social"]
        assert refused_recipients(db) == []
        for recipient in (ANNA, BO):
            resume_recipient(db, "social", recipient)
        assert list_suppressions(db) == []


def test_mails_that_wait_or_were_given_up_are_counted(world):
    with world.archive() as archive:
        assert (count_waiting(archive.db), oldest_waiting(archive.db)) == ((0, 0), None)
    world.digest(MONDAY)
    later, never = DeliveryResult(Result.LATER, "451 later"), DeliveryResult(Result.REFUSED, "554 no")
    world.server.refuse = {BO: never}
    world.server.script = [later]
    with world.archive() as archive:
        assert (count_waiting(archive.db), oldest_waiting(archive.db)) == ((3, 0), MONDAY)
    world.send(MONDAY)
    with world.archive() as archive:
        db = archive.db
        assert count_waiting(db) == (1, 1)
        assert (count_sent(db, MONDAY - DAY), count_sent(db, MONDAY + DAY)) == (1, 0)
        assert [(one.department, one.error) for one in stopped_mails(db, MONDAY - DAY)] == [("social", "554 no")]
        assert stopped_mails(db, MONDAY + DAY) == []
        assert has_digest(db, "2026-W23-social")
        assert not has_digest(db, "2026-W24-social")
