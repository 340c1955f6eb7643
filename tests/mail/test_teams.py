"""Cards to Teams: posted to a real server on loopback, told once, tried again, stopped after refusals, never in the way of mail."""

import json
import socket
from datetime import UTC, datetime, timedelta

import pytest

from monitor.archive.outbox import waiting_mails
from monitor.config import parse_config
from monitor.errors import ConfigError
from monitor.jobs.channels import address_variable
from monitor.jobs.send import send_mails
from monitor.mail.delivery import DeliveryResult, Result
from monitor.mail.teams import Teams, read_wait
from monitor.settings import TeamsChannel
from tests.mailing import MONDAY, WEEK, World, a_call, text_of
from tests.publishers import Answer, serve

SECRET = "sig-0123456789abcdef"


class Channel:
    """Workflow of a channel: `script` has the answers to give before it takes everything."""

    def __init__(self):
        self.script = []
        self.taken = []

    def respond(self, asked):
        assert asked.path == f"/workflows/{SECRET}"
        answer = self.script.pop(0) if self.script else Answer(status=202)
        if answer.status == 202:
            self.taken.append(json.loads(asked.body))
        return answer


@pytest.fixture
def channel():
    return Channel()


@pytest.fixture
def world(tmp_path, channel):
    with serve(channel.respond) as server:
        world = World(tmp_path)
        file = tmp_path / "teams.txt"
        file.write_text(f"{server.url}/workflows/{SECRET}\n")
        world.config = world.config.model_copy(
            update={"teams": (TeamsChannel(department="kultur-fritid", address_file=str(file)),)}
        )
        world.publish(a_call("1", "2026-12-24"), at=MONDAY)
        yield world


def send(world, now, timeout=5.0):
    with world.archive() as archive:
        return send_mails(
            world.config, archive, now, scheduled=True, transport=lambda config: world.server,
            teams=lambda config: Teams(timeout=timeout),
        )  # fmt: skip


def states(world):
    return world.rows("SELECT channel, state FROM outbox ORDER BY rowid")


def test_the_card_goes_once_beside_the_mail(world, channel):
    world.digest(MONDAY)
    assert send(world, MONDAY).sent == 2
    assert send(world, MONDAY + WEEK / 7).sent == 0
    (message,) = channel.taken
    assert message["attachments"][0]["content"]["fallbackText"] == "Välkommen! Tema: sök senast 24 december"
    assert len(world.server.taken) == 1
    assert states(world) == [("mail", "sent"), ("teams", "sent")]


def test_a_correction_goes_as_a_card_too(world, channel):
    world.digest(MONDAY)
    send(world, MONDAY)
    later = MONDAY + timedelta(days=2)
    world.crawl(a_call("1", "2026-11-24"), at=later)
    world.digest(later, corrections_only=True)
    assert send(world, later).sent == 2
    assert "tidigare" in json.dumps(channel.taken[1], ensure_ascii=False)


def test_too_many_requests_and_errors_are_tried_again_when_the_server_says(world, channel):
    channel.script = [Answer(status=429, headers={"Retry-After": "1800"}), Answer(status=500)]
    world.digest(MONDAY)
    report = send(world, MONDAY)
    assert (report.sent, report.failed, report.waiting) == (1, 1, 1)
    assert send(world, MONDAY + timedelta(minutes=20)).failed == 0  # next_try alone says five minutes
    assert send(world, MONDAY + timedelta(minutes=31)).problems == [
        "2026-W23-kultur-fritid till Teams kultur-fritid: servern svarade ”500 Internal Server Error”"
    ]
    assert send(world, MONDAY + timedelta(hours=2)).sent == 1
    assert len(channel.taken) == 1


def test_a_server_that_hangs_holds_up_no_mail(world, channel, tmp_path):
    file = tmp_path / "teams.txt"
    address = file.read_text()
    world.digest(MONDAY)
    with socket.create_server(("127.0.0.1", 0)) as mute:  # takes the connection and never says a word
        file.write_text(f"http://127.0.0.1:{mute.getsockname()[1]}/workflows/{SECRET}")
        report = send(world, MONDAY, timeout=0.2)
    file.write_text(address)
    assert (report.sent, report.waiting, len(world.server.taken)) == (1, 1, 1)
    assert "Teams svarade inte i tid" in report.problems[0]
    assert send(world, MONDAY + timedelta(hours=1)).sent == 1


def test_refusals_stop_the_channel_and_tell_the_coordinator_and_a_new_address_begins_anew(world, channel, tmp_path):
    channel.script = [Answer(status=400) for _ in range(3)]
    for number in range(4):
        world.digest(MONDAY + number * WEEK)
        send(world, MONDAY + number * WEEK)
    assert [state for name, state in states(world) if name == "teams"] == ["stopped"] * 3
    send(world, MONDAY + 4 * WEEK)
    (notice,) = [
        mail for mail in world.server.taken if str(mail["Subject"]) == "Teamskanalen för kultur-fritid tar inte emot kort"
    ]
    assert "servern svarade ”400 Bad Request”" in text_of(notice)
    tables = ("outbox", "suppressed", "digests", "renderings")
    assert SECRET not in "".join(str(row) for table in tables for row in world.rows(f"SELECT * FROM {table}"))
    file = tmp_path / "teams.txt"
    file.write_text(file.read_text().strip() + "?ny")
    world.digest(MONDAY + 5 * WEEK)
    send(world, MONDAY + 5 * WEEK)
    assert len(channel.taken) == 1


def test_a_missing_address_waits_and_says_where_it_is_expected(world, channel, tmp_path, monkeypatch):
    secret = (tmp_path / "teams.txt").read_text().strip()
    world.config = world.config.model_copy(update={"teams": (TeamsChannel(department="kultur-fritid"),)})
    world.digest(MONDAY)
    report = send(world, MONDAY)
    assert (report.sent, report.waiting) == (1, 1)
    assert "$MONITOR_TEAMS_KULTUR_FRITID" in report.problems[0]
    monkeypatch.setenv(address_variable("kultur-fritid"), secret)
    assert send(world, MONDAY + timedelta(hours=1)).sent == 1


def test_an_address_without_https_is_refused_without_being_shown(world, tmp_path):
    (tmp_path / "teams.txt").write_text(f"http://teams.example/{SECRET}")
    world.digest(MONDAY)
    report = send(world, MONDAY)
    assert "https://" in report.problems[0]
    assert SECRET not in str(report)


def test_a_channel_alone_gets_the_departments_mail(world, channel):
    world.recipients()
    assert world.digest(MONDAY).digests[0].state == "waiting"
    assert (send(world, MONDAY).sent, len(channel.taken), world.server.taken) == (1, 1, [])


def test_a_channel_that_is_taken_out_of_the_settings_gets_no_waiting_card(world, channel):
    world.digest(MONDAY)
    world.config = world.config.model_copy(update={"teams": ()})
    assert send(world, MONDAY).sent == 1
    assert states(world)[1] == ("teams", "stopped")
    with world.archive() as archive:
        assert waiting_mails(archive.db, None, "teams") == []


def test_a_broken_connection_and_no_server(channel):
    with serve(channel.respond) as server:
        pass
    assert Teams(timeout=2).deliver(server.url, "{}") == DeliveryResult(Result.LOST, "Teams går inte att nå")


def test_retry_after():
    now = datetime(2026, 6, 1, tzinfo=UTC)
    assert read_wait("120", now) == timedelta(minutes=2)
    assert read_wait("Mon, 01 Jun 2026 01:00:00 GMT", now) == timedelta(hours=1)
    assert read_wait("999999", now) == timedelta(days=1)
    assert read_wait("soon", now) == timedelta(0)


def test_settings(tmp_path):
    text = '[[teams]]\ndepartment = "social"\naddress_file = "hemligt/social"\n'
    (channel,) = parse_config(text, tmp_path / "monitor.toml").teams
    assert channel.address_file == str(tmp_path / "hemligt/social")
    with pytest.raises(ConfigError, match="två gånger"):
        parse_config(text + text, tmp_path / "monitor.toml")


def test_every_channel_gets_its_card_in_one_run(world, channel, tmp_path):
    """Recipients are read again after each mail that is stored; channels stay among them, for corrections as well."""
    names = ("kultur-fritid", "social")
    for name in names:
        world.match("1", department=name)
    file = world.config.teams[0].address_file
    world.config = world.config.model_copy(
        update={"teams": tuple(TeamsChannel(department=name, address_file=file) for name in names)}
    )
    world.recipients()
    world.digest(MONDAY)
    assert world.rows("SELECT recipient FROM outbox ORDER BY rowid") == [(f"Teams {name}",) for name in names]
    assert send(world, MONDAY).sent == 2
    later = MONDAY + timedelta(days=2)
    world.crawl(a_call("1", "2026-11-24"), at=later)
    world.digest(later, corrections_only=True)
    assert send(world, later).sent == 2
    assert ["tidigare" in json.dumps(message, ensure_ascii=False) for message in channel.taken] == [False] * 2 + [True] * 2
