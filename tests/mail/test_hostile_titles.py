"""Whatever a publisher calls a call, every mail arrives, with our headers and our body."""

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header

import pytest

from monitor.archive.digests import mail_body
from monitor.mail.message import header_text, text_header
from monitor.settings import Recipient
from tests.mail.hostile import HALVES, TITLES
from tests.mail.test_message import letter
from tests.mailing import MONDAY, WEEK, World, a_call, html_of, moved, read_mail
from tests.mailserver import Handler, Running

HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post",
    "Auto-Submitted", "X-Auto-Response-Suppress",
    "MIME-Version", "Content-Language", "Content-Type", "X-Peer", "X-MailFrom", "X-RcptTo",
}  # fmt: skip
PARTS = {"multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar"}


def subject_line(raw: bytes) -> bytes:
    """Return the Subject as it was sent, unfolded."""
    head = raw.split(b"\r\n\r\n", 1)[0]
    return re.sub(rb"\r\n(?=[ \t])", b"", re.search(rb"^Subject: ?((?:[^\r\n]|\r\n[ \t])*)", head, re.MULTILINE)[1])


def read_subject(raw: bytes) -> str:
    """Return the Subject as a mail program shows it: RFC 2047 decoded once."""
    return str(make_header(decode_header(subject_line(raw).decode("ascii").strip())))


def check(raw: bytes, subject: str) -> None:
    """Check that the mail has our headers, each once, our parts, and the subject as text."""
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    for reader in (policy.default, policy.compat32):
        mail = message_from_bytes(raw, policy=reader)
        assert len(mail.keys()) == len(set(mail.keys()))
        assert set(mail.keys()) <= HEADERS
        assert {part.get_content_type() for part in mail.walk()} <= PARTS
        assert not [defect for part in mail.walk() for defect in part.defects]
    assert read_subject(raw) == subject


def test_there_are_two_hundred_titles():
    assert len(set(TITLES)) >= 200


def test_two_hundred_hostile_titles_through_digest_correction_and_server(tmp_path):
    numbers = range(len(TITLES))
    departments = {f"d{number}": f"Förvaltning {number}" for number in numbers}
    handler = Handler()
    with Running(handler, data_size_limit=None) as server:
        world = World(
            tmp_path,
            recipients=[Recipient(department=f"d{number}", email=f"r{number}@eksjo.se") for number in numbers],
            departments=departments,
            mail={"transport": "smtp", "host": "127.0.0.1", "port": server.port, "timeout": 20, "per_day": 10_000},
        )
        calls = [a_call(str(number), "2026-09-01", title=title, summary=title[:5_000]) for number, title in enumerate(TITLES)]
        world.crawl(at=MONDAY - WEEK)
        world.crawl(*calls, at=MONDAY)
        for number in numbers:
            world.match(str(number), department=f"d{number}")
        built = world.digest(MONDAY)
        assert {one.state for one in built.digests} == {"waiting"}
        world.crawl(*(moved(call, "2026-08-01") for call in calls), at=MONDAY + WEEK / 7)
        corrected = world.digest(MONDAY + WEEK / 7, corrections_only=True)
        assert len(corrected.corrections) == len(TITLES)
        report = world.send_for_real(MONDAY + WEEK / 7)
    assert (report.sent, report.failed, report.waiting, report.problems) == (2 * len(TITLES), 0, 0, [])
    with world.archive() as archive:
        subjects = {
            row[0]: mail_body(archive.db, row[1], "sv").rendering.subject
            for row in archive.db.execute("SELECT message_id, digest FROM outbox").fetchall()
        }
    assert len(handler.ids) == len(set(handler.ids)) == 2 * len(TITLES)
    for recipient, sender, raw in handler.taken:
        mail = read_mail(raw)
        assert (mail["To"], sender) == (recipient, "eu@example.se")
        check(raw, subjects[str(mail["Message-ID"])])
        assert "<script" not in html_of(mail).casefold()


@pytest.mark.parametrize("title", [*HALVES, "=?utf-8?q?=FF?= stod", "A\r\nBcc: a@evil.example", "a" * 100_000])
def test_a_subject_is_text_whatever_it_holds(title):
    raw = letter(subject=title, html=f"<p>{title}</p>", text=title, calendars=[(f"{title[:50]}.ics", b"x")]).as_bytes()
    check(raw, header_text(title))


@pytest.mark.parametrize("title", [*TITLES, *HALVES])
def test_encoded_words_read_back_as_the_text(title):
    folded = text_header("Subject", title).encode(linesep="\r\n")
    assert folded.isascii()
    assert all(line.startswith(" ") for line in folded.split("\r\n")[1:])
    assert max(map(len, folded.split("\r\n"))) < 400
    assert str(make_header(decode_header(folded.replace("\r\n", "")))).strip() == header_text(title)


def test_words_are_not_joined_where_the_subject_is_folded():
    """Before Python 3.13 the standard library loses the blank between two encoded words."""
    subject = "EU-bevakningen behöver hjälp: läsningen av källorna har misslyckats flera gånger, sökningen efter åtgärder också"
    raw = letter(subject=subject).as_bytes()
    assert read_subject(raw) == subject
    assert read_mail(raw)["Subject"] == subject


@pytest.mark.parametrize("title", ["a" * 67, "a" * 68, "a" * 80, f"{'a' * 80} och mer", "a" * 290])
def test_a_long_first_word_arrives_without_a_blank_before_it(title):
    """A header folded before its first word begins with a blank: RFC 5322, section 2.2.3."""
    raw = letter(subject=title).as_bytes()
    assert str(make_header(decode_header(subject_line(raw).decode("ascii")))) == title
    assert read_mail(raw)["Subject"] == title


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        ("EU-bevakningen <eu@example.se>", "EU-bevakningen"),
        ("Nässjö kommun, EU <eu@example.se>", "Nässjö kommun, EU"),
        ('"Kommun, EU" <eu@example.se>', "Kommun, EU"),
        ("=?utf-8?q?=0D=0ABcc=3A_a?= <eu@example.se>", "=?utf-8?q?=0D=0ABcc=3A_a?="),
        ("eu@example.se", ""),
    ],
)
def test_the_name_of_the_sender_is_text(sender, name):
    mail = read_mail(letter(sender=sender).as_bytes())
    (address,) = mail["From"].addresses
    assert (address.display_name, address.addr_spec) == (name, "eu@example.se")


@pytest.mark.parametrize("recipient", ["a@b.se\r\nBcc: c@d.se", "a@b.se, c@d.se", "<a@b.se>", "a b@c.se", "a@b@c.se", ""])
def test_what_is_no_address_is_refused(recipient):
    with pytest.raises(ValueError, match="no address"):
        letter(recipient=recipient)


@pytest.mark.parametrize("name", ["message_id", "language", "department"])
def test_a_header_that_programs_read_takes_no_line_break(name):
    with pytest.raises(ValueError, match="cannot be written"):
        letter(**{name: "x\r\nBcc: a@evil.example"}).as_bytes()


def test_a_page_address_with_swedish_letters_is_written_in_ascii():
    mail = read_mail(letter(leave_url="https://eu.nässjö.se/avsluta/å").as_bytes())
    assert "<https://eu.xn--nssj-loa5i.se/avsluta/%C3%A5>" in mail["List-Unsubscribe"]
