"""Mails through a real Postfix into boxes that a real Dovecot shows: they arrive byte for byte, and a refusal is understood."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from icalendar import Calendar

from monitor.jobs.send import open_transport, send_mails
from monitor.mail.message import Letter, compose
from monitor.mail.smtp import Server, Smtp
from monitor.settings import Recipient
from tests import realmail
from tests.digest.test_golden import SITUATIONS, rendered
from tests.mailing import MONDAY, WEEK, World, a_call, html_of, read_mail, text_of

pytestmark = pytest.mark.skipif(bool(realmail.missing()), reason=realmail.missing() or "-")
NAMES = ("anna", "bo", "cia")


@pytest.fixture(scope="module")
def servers():
    with realmail.running((*NAMES, *SITUATIONS)) as running:
        yield running


class Copying:
    """Transport that keeps a copy of every mail it hands over."""

    def __init__(self, inner):
        self.inner = inner
        self.sent = {}

    def deliver(self, message, recipient):
        self.sent[recipient] = message.as_bytes()
        return self.inner.deliver(message, recipient)


def without_traces(content):
    """Return a delivered mail without the headers that the servers put before it."""
    rest = content.replace(b"\r\n", b"\n")
    while found := realmail.TRACES.match(rest):
        rest = rest[found.end() :]
    return rest


def test_a_weeks_mails_arrive_as_they_were_sent_and_an_unknown_box_is_named(tmp_path, servers):
    people = [Recipient(department="kultur-fritid", email=f"{name}@eksjo.se") for name in (*NAMES, "okand")]
    people[1] = Recipient(department="kultur-fritid", email="bo@eksjo.se", language="en")
    mail = {
        "transport": "smtp",
        "host": "127.0.0.1",
        "port": servers.port,
        "timeout": 60,
        "sender": "Bevakningen i Nässjö <eu@eksjo.se>",
    }
    world = World(tmp_path, recipients=people, mail=mail)
    title = "Söka pengar för ån, älven & <öarna> \N{EN DASH} 100 % \N{EURO SIGN} \N{PARTY POPPER}"
    world.publish(a_call("1", "2026-09-01", title=title), a_call("2", "2026-06-25T17:00"), at=MONDAY - WEEK)
    world.digest(MONDAY)
    copies = []

    @contextmanager
    def transport(config):
        with open_transport(config) as inner:
            copies.append(Copying(inner))
            yield copies[0]

    with world.archive() as archive:
        outcome = send_mails(world.config, archive, MONDAY, transport=transport)
    assert outcome.sent == 3
    states = {recipient: state for recipient, state, _ in world.outbox()}
    assert {state for recipient, state in states.items() if not recipient.startswith("okand")} == {"sent"}
    assert states["okand@eksjo.se"] != "sent"
    ((error,),) = world.rows("SELECT error FROM outbox WHERE recipient = 'okand@eksjo.se'")
    assert "550" in error
    for name in NAMES:
        (arrived,) = servers.box(name, 1)
        assert without_traces(arrived) == copies[0].sent[f"{name}@eksjo.se"].replace(b"\r\n", b"\n")
        found = read_mail(arrived)
        assert found["Return-Path"] == "<eu@eksjo.se>"
        assert found["Delivered-To"] == found["To"] == f"{name}@eksjo.se"
        assert found["Content-Language"] == ("en" if name == "bo" else "sv")
        assert found["From"] == "Bevakningen i Nässjö <eu@eksjo.se>"
        assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert found["Auto-Submitted"] == "auto-generated"
        assert title in text_of(found)


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_kind_of_mail_arrives_whole(name, servers):
    made = rendered(name)
    (form,) = made.renderings
    letter = Letter(
        message_id=f"<{name}@eksjo.se>",
        sender="EU-bevakningen <eu@eksjo.se>",
        recipient=f"{name}@eksjo.se",
        reply_to="eu@eksjo.se",
        department="kultur-fritid",
        created=MONDAY + timedelta(hours=1),
        language=form.language,
        subject=form.subject,
        html=form.html,
        text=form.text,
        leave_url="https://eu.example.se/avsluta/1",
        calendars=[(file.name, file.content) for file in made.calendars],
    )
    server = Server(host="127.0.0.1", port=servers.port, security="none", username="", password="", timeout=60)
    with Smtp(server, "eu@eksjo.se") as smtp:
        sent = compose(letter)
        smtp.deliver(sent, letter.recipient)
    (arrived,) = servers.box(name, 1)
    assert without_traces(arrived) == sent.as_bytes().replace(b"\r\n", b"\n")
    found = read_mail(arrived)
    assert found["Subject"] == form.subject
    assert html_of(found).splitlines() == form.html.splitlines()
    assert text_of(found) == form.text.replace(" \n", " ").replace("\u00a0", " ")
    calendars = [part.get_payload(decode=True) for part in found.iter_attachments()]
    assert calendars == [content for _, content in letter.calendars]
    assert all(Calendar.from_ical(content).walk("VEVENT") for content in calendars)
