"""A real mail server on loopback that misbehaves: nothing lost, nothing doubled, states true."""

import sqlite3
import ssl
from datetime import timedelta
from email.errors import HeaderParseError
from email.header import Header

import pytest
from aiosmtpd.smtp import AuthResult

from monitor.archive.outbox import mark_sent
from monitor.errors import ConfigError
from monitor.jobs.send import open_transport, send_mails
from monitor.jobs.status import status
from monitor.mail.delivery import DeliveryResult, Result
from monitor.mail.message import Letter, compose
from monitor.mail.smtp import Server, Smtp
from monitor.settings import Recipient
from tests.commands import free_port
from tests.mailing import MONDAY, WEEK, World, a_call, html_of, read_mail, text_of
from tests.mailserver import Handler, Running

NAMES = ("anna", "bo", "cia", "dan", "eva")


@pytest.fixture
def handler():
    return Handler()


@pytest.fixture
def server(handler):
    with Running(handler) as running:
        yield running


def installation(folder, port, **mail):
    people = [Recipient(department="kultur-fritid", email=f"{name}@eksjo.se") for name in NAMES]
    world = World(folder, recipients=people, mail={"transport": "smtp", "host": "127.0.0.1", "port": port, "timeout": 2, **mail})
    world.publish(a_call("1", "2026-09-01"), at=MONDAY - WEEK)
    world.digest(MONDAY)
    return world


def send(world, now=MONDAY, **options):
    with world.archive() as archive:
        return send_mails(world.config, archive, now, **options)


def states(world):
    return {recipient.partition("@")[0]: state for recipient, state, _ in world.outbox()}


def test_one_connection_for_many_mails(tmp_path, server, handler):
    world = installation(tmp_path, server.port)
    assert send(world).sent == 5
    assert handler.connections == 1
    assert [recipient for recipient, _, _ in handler.taken] == [f"{name}@eksjo.se" for name in NAMES]
    assert {sender for _, sender, _ in handler.taken} == {"eu@example.se"}
    for recipient, _, content in handler.taken:
        others = {f"{name}@eksjo.se" for name in NAMES} - {recipient}
        assert not any(other.encode() in content for other in others), "recipients never see each other"


def test_a_line_that_begins_with_a_dot_arrives_as_it_stands(server, handler):
    text = ".gov\n..\n.\nslut\n"
    letter = Letter(
        message_id="<1@eksjo.se>",
        sender="eu@example.se",
        recipient="anna@eksjo.se",
        reply_to="eu@example.se",
        department="kultur-fritid",
        created=MONDAY,
        language="sv",
        subject="Punkter",
        html="<p>.</p>\n.eu\n",
        text=text,
        leave_url="https://example.se/avsluta",
        calendars=[("dag.ics", b"BEGIN:VCALENDAR\r\n.\r\nEND:VCALENDAR\r\n")],
    )
    with Smtp(
        Server(host="127.0.0.1", port=server.port, security="none", username="", password="", timeout=2), "eu@example.se"
    ) as smtp:
        assert smtp.deliver(compose(letter), "anna@eksjo.se") == DeliveryResult(Result.SENT)
    mail = read_mail(handler.taken[0][2])
    assert text_of(mail) == text
    assert html_of(mail).splitlines() == letter.html.splitlines()
    assert [part.get_payload(decode=True) for part in mail.iter_attachments()] == [content for _, content in letter.calendars]


@pytest.mark.parametrize(
    ("error", "named"),
    [
        (LookupError("no such mail"), "LookupError: no such mail"),
        (UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogates not allowed"), "UnicodeEncodeError"),
        (RecursionError("maximum depth"), "RecursionError"),
    ],
)
def test_a_mail_that_cannot_be_written_is_stopped_and_named_and_the_others_go(
    tmp_path, server, handler, monkeypatch, error, named
):
    def failing(letter):
        if letter.recipient.startswith("cia@"):
            raise error
        return compose(letter)

    monkeypatch.setattr("monitor.jobs.send.compose", failing)
    world = installation(tmp_path, server.port)
    report = send(world)
    assert (report.sent, report.failed, report.waiting) == (4, 1, 0)
    assert states(world) == {"anna": "sent", "bo": "sent", "cia": "stopped", "dan": "sent", "eva": "sent"}
    assert report.problems[0].startswith(f"2026-W23-kultur-fritid till cia@eksjo.se: mejlet kunde inte skrivas ({named}")
    ((reason,),) = world.rows("SELECT error FROM outbox WHERE state = 'stopped'")
    assert reason.startswith("mejlet kunde inte skrivas (")
    with world.archive() as archive:
        (said,) = [one for one in status(world.config, archive, MONDAY)["attention"] if "gick inte att skriva" in one]
    assert "1 mejl gick inte att skriva och har stoppats: 2026-W23-kultur-fritid" in said
    assert "@" not in said
    assert send(world).failed == 0, "it is not tried for ever"


@pytest.mark.parametrize("error", [sqlite3.OperationalError("disk I/O error"), OSError(5, "I/O"), MemoryError()])
def test_trouble_of_the_machine_is_not_the_mails(tmp_path, server, handler, monkeypatch, error):
    def failing(letter):
        if letter.recipient.startswith("cia@"):
            raise error
        return compose(letter)

    monkeypatch.setattr("monitor.jobs.send.compose", failing)
    world = installation(tmp_path, server.port)
    with pytest.raises(type(error)):
        send(world)
    assert states(world) == {"anna": "sent", "bo": "sent", "cia": "waiting", "dan": "waiting", "eva": "waiting"}
    monkeypatch.undo()
    assert send(world).sent == 3


@pytest.mark.parametrize(("table", "key"), [("mail", "mail.from"), ("municipality", "municipality.contact")])
def test_an_address_of_ours_that_no_server_takes_stops_no_mail_for_good(tmp_path, server, table, key):
    world = installation(tmp_path, server.port)
    update = {"sender": "EU <eu å@eksjo.se>"} if table == "mail" else {"contact": "eu@@eksjo.se"}
    right = world.config
    world.config = right.model_copy(update={table: getattr(right, table).model_copy(update=update)})
    with pytest.raises(ConfigError, match=key):
        send(world)
    world.config = right
    assert send(world).sent == 5


def test_each_mail_is_marked_before_the_next_one_is_composed(tmp_path, server, monkeypatch):
    done = []
    monkeypatch.setattr("monitor.jobs.send.compose", lambda letter: done.append(letter.recipient[:2]) or compose(letter))
    monkeypatch.setattr("monitor.jobs.send.mark_sent", lambda db, mail, now: done.append("sent") or mark_sent(db, mail, now))
    assert send(installation(tmp_path, server.port)).sent == 5
    assert done == ["an", "sent", "bo", "sent", "ci", "sent", "da", "sent", "ev", "sent"]


def test_a_mail_that_fails_while_it_is_written_leaves_the_connection_to_the_others(tmp_path, server, handler, monkeypatch):
    class Unwritable(Header):
        def encode(self, *arguments, **options):
            raise HeaderParseError("no header")

    def unwritable(letter):
        message = compose(letter)
        if letter.recipient.startswith("cia@"):
            message["X-Text"] = Unwritable("x")
        return message

    monkeypatch.setattr("monitor.jobs.send.compose", unwritable)
    world = installation(tmp_path, server.port)
    report = send(world)
    assert (report.sent, report.failed, report.waiting) == (4, 1, 0)
    assert states(world)["cia"] == "stopped"
    assert handler.connections == 1


def test_a_line_that_breaks_after_a_mail_was_taken_doubles_nothing(tmp_path, server, handler):
    handler.hang_up = 2
    world = installation(tmp_path, server.port)
    report = send(world)
    assert (report.sent, report.failed) == (4, 1)
    assert states(world) == {"anna": "sent", "bo": "sent", "cia": "waiting", "dan": "sent", "eva": "sent"}
    assert send(world, MONDAY + timedelta(hours=1)).sent == 1
    assert len(handler.ids) == len(set(handler.ids)) == 5


def test_what_is_not_to_be_sent_any_more_does_not_confuse_the_next_one(tmp_path, server, handler):
    world = installation(tmp_path, server.port)
    world.recipients(*(one for one in world.config.recipient if one.email[:2] not in ("bo", "ev")))
    assert send(world).sent == 3
    assert states(world) == {"anna": "sent", "bo": "stopped", "cia": "sent", "dan": "sent", "eva": "stopped"}
    assert [(recipient, sender) for recipient, sender, _ in handler.taken] == [
        (f"{name}@eksjo.se", "eu@example.se") for name in ("anna", "cia", "dan")
    ]
    assert handler.connections == 1


def test_the_server_refuses_one_of_five(tmp_path, server, handler):
    handler.rcpt = {"cia@eksjo.se": "550 5.1.1 no such user"}
    world = installation(tmp_path, server.port)
    report = send(world)
    assert (report.sent, report.failed, report.waiting) == (4, 1, 0)
    assert states(world) == {"anna": "sent", "bo": "sent", "cia": "stopped", "dan": "sent", "eva": "sent"}
    assert world.rows("SELECT error FROM outbox WHERE state = 'stopped'")[0][0].startswith("550 5.1.1 no such user")


def test_the_server_answers_451_after_data(tmp_path, server, handler):
    handler.data = ["451 4.3.0 try again"]
    world = installation(tmp_path, server.port)
    report = send(world)
    assert (report.sent, report.failed, report.waiting) == (4, 1, 1)
    assert world.rows("SELECT error FROM outbox WHERE state = 'waiting'") == [("451 4.3.0 try again",)]
    assert send(world, MONDAY + timedelta(minutes=1), scheduled=True).sent == 0, "the back-off holds"
    assert send(world, MONDAY + timedelta(minutes=6), scheduled=True).sent == 1
    assert len(handler.ids) == len(set(handler.ids)) == 5


def test_the_server_drops_the_connection_in_the_middle_of_a_mail(tmp_path, server, handler):
    handler.drop = ["bo@eksjo.se"]
    world = installation(tmp_path, server.port)
    report = send(world)
    assert (report.sent, report.failed, report.waiting) == (4, 1, 1)
    assert handler.connections == 2
    assert states(world)["bo"] == "waiting"
    assert send(world).sent == 1
    assert len(handler.ids) == len(set(handler.ids)) == 5


def test_the_server_is_too_slow(tmp_path, server, handler):
    handler.slow = ["dan@eksjo.se"]
    world = installation(tmp_path, server.port, timeout=1)
    report = send(world)
    assert (report.sent, report.failed, report.waiting) == (4, 1, 1)
    assert world.rows("SELECT error FROM outbox WHERE state = 'waiting'") == [("inget svar i tid",)]
    assert send(world).sent == 1
    assert len(handler.ids) == len(set(handler.ids)) == 5


def test_the_server_is_away_for_an_hour(tmp_path, handler):
    port = free_port()
    world = installation(tmp_path, port)
    for minutes in range(0, 60, 5):
        report = send(world, MONDAY + timedelta(minutes=minutes), scheduled=True)
        assert report.sent == 0
        assert report.waiting == 5
    assert sum(attempts for _, _, attempts in world.outbox()) <= 12, "one try per round, not one per mail"
    with Running(handler, port):
        report = send(world, MONDAY + timedelta(hours=1, minutes=5), scheduled=True)
        assert report.sent + report.waiting == 5
        assert send(world, MONDAY + timedelta(hours=4), scheduled=True).waiting == 0
    assert len(handler.ids) == len(set(handler.ids)) == 5


def test_a_server_that_breaks_off_again_and_again_gets_a_rest(tmp_path, server, handler):
    handler.drop = [f"{name}@eksjo.se" for name in NAMES] * 2
    world = installation(tmp_path, server.port)
    report = send(world)
    assert (report.sent, report.failed, report.waiting) == (0, 3, 5)
    handler.drop = []
    assert send(world).sent == 5


def test_a_server_that_does_not_take_our_sender_loses_nothing(tmp_path, handler):
    class Picky(Handler):
        async def handle_MAIL(self, server, session, envelope, address, options):
            return "553 5.7.1 sender not allowed"

    with Running(Picky()) as running:
        world = installation(tmp_path, running.port)
        report = send(world)
    assert (report.sent, report.failed, report.waiting) == (0, 1, 5)
    assert "553 5.7.1 sender not allowed" in report.problems[0]
    assert set(states(world).values()) == {"waiting"}


def test_a_mail_that_is_refused_for_good_is_stopped_in_the_servers_words(tmp_path, server, handler):
    handler.data = ["554 5.7.1 looks like spam"]
    world = installation(tmp_path, server.port)
    assert send(world).sent == 4
    assert world.rows("SELECT state, error FROM outbox WHERE recipient LIKE 'anna%'") == [
        ("stopped", "554 5.7.1 looks like spam")
    ]
    assert world.rows("SELECT count(*) FROM suppressed") == [(0,)], "the mail was refused, not the address"


def test_a_mail_that_is_too_large_holds_up_none_behind_it(tmp_path, handler):
    with Running(handler, data_size_limit=1_000) as server:
        world = installation(tmp_path, server.port)
        report = send(world)
    assert (report.sent, report.failed, report.waiting) == (0, 5, 0)
    assert set(states(world).values()) == {"stopped"}
    assert all(error.startswith("552 ") for (error,) in world.rows("SELECT error FROM outbox"))


def test_a_quota_of_the_sender_loses_nothing(tmp_path, server, handler):
    handler.mail = "552 5.2.0 submission quota exceeded"
    world = installation(tmp_path, server.port)
    report = send(world)
    assert (report.sent, report.failed, report.waiting) == (0, 1, 5)
    handler.mail = "250 OK"
    assert send(world).sent == 5


def test_starttls_and_login(tmp_path, handler, certificate, monkeypatch):
    def check(server, session, envelope, mechanism, data):
        return AuthResult(success=(data.login, data.password) == (b"eu", b"hemligt"), handled=False)

    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(*certificate)
    client_side = ssl.create_default_context(cafile=certificate[0])
    with Running(handler, tls_context=server_side, require_starttls=True, authenticator=check, auth_required=True) as running:
        server = {"host": "localhost", "port": running.port, "security": "starttls", "username": "eu", "timeout": 5}
        good = Server(**server, password="hemligt", context=lambda: client_side)
        wrong = Server(**server, password="fel", context=lambda: client_side)
        stranger = Server(**server, password="hemligt")
        with Smtp(good, "eu@example.se") as smtp:
            assert smtp.check().result.value == "sent"
        with Smtp(wrong, "eu@example.se") as smtp:
            outcome = smtp.check()
            assert outcome.result.value == "down"
            assert "535" in outcome.server_reply
        with Smtp(stranger, "eu@example.se") as smtp:
            outcome = smtp.check()
            assert outcome.result.value == "down"
            assert "certificate" in outcome.server_reply.lower()


def test_tls_from_the_start(tmp_path, handler, certificate):
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(*certificate)
    client_side = ssl.create_default_context(cafile=certificate[0])
    with Running(handler, tls=server_side) as running:
        server = Server(
            host="localhost",
            port=running.port,
            security="tls",
            username="",
            password="",
            timeout=5,
            context=lambda: client_side,
        )
        with Smtp(server, "eu@example.se") as smtp:
            assert smtp.check().result.value == "sent"


def test_a_login_without_a_password_is_a_mistake_in_the_settings(tmp_path, monkeypatch):
    monkeypatch.delenv("MONITOR_SMTP_PASSWORD", raising=False)
    world = World(tmp_path, mail={"transport": "smtp", "username": "eu"})
    with pytest.raises(ConfigError, match="MONITOR_SMTP_PASSWORD"):
        open_transport(world.config)
    monkeypatch.setenv("MONITOR_SMTP_PASSWORD", "hemligt")
    open_transport(world.config)


def test_an_example_address_never_gets_a_mail_from_a_server(tmp_path):
    people = [
        Recipient(department="kultur-fritid", email=email)
        for email in ("anna@eksjo.se", "kultur@example.se", "bo@EXAMPLE.com", "cia@eu.example.org", "dan@myexample.se")
    ]
    handler = Handler()
    with Running(handler) as server:
        world = World(tmp_path, recipients=people, mail={"host": "127.0.0.1", "port": server.port, "timeout": 5})
        world.crawl(at=MONDAY - WEEK)
        world.crawl(a_call("1", "2026-09-01"), at=MONDAY)
        world.match("1")
        world.digest(MONDAY)
        assert len(world.outbox()) == 5, "mails that become files may be for examples"
        world.config = world.config.model_copy(update={"mail": world.config.mail.model_copy(update={"transport": "smtp"})})
        world.send_for_real(MONDAY)
        world.digest(MONDAY + WEEK)
        world.send_for_real(MONDAY + WEEK)
    assert {recipient for recipient, _, _ in handler.taken} == {"anna@eksjo.se", "dan@myexample.se"}
