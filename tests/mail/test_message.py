"""The headers of a mail as other programs read them."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy

from monitor.mail.message import Letter, compose

LEAVE = "https://eu.example.se/avsluta/" + "eyJhbGciOi" * 30


def letter(**fields):
    standard = {
        "message_id": "<2026-W48-kultur-fritid.abc@example.se>",
        "sender": "EU-bevakningen <eu@example.se>",
        "recipient": "kultur@example.se",
        "reply_to": "eu@example.se",
        "department": "kultur-fritid",
        "created": datetime(2026, 11, 23, 7, tzinfo=UTC),
        "language": "sv",
        "subject": "3 nya utlysningar för Kultur- och fritidsförvaltningen: vecka 48, närmast torsdag 17 december 2026",
        "html": "<p>Hej å ä ö</p>",
        "text": "Hej å ä ö",
        "leave_url": LEAVE,
    }
    return compose(Letter(**{**standard, **fields}))


def test_a_long_link_to_leave_is_not_encoded():
    raw = letter().as_bytes()
    header = re.search(rb"^List-Unsubscribe: (.*(?:\r\n .*)*)\r\n", raw, re.MULTILINE)[1]
    assert b"=?" not in header
    assert re.sub(rb"\r\n ", b" ", header) == f"<mailto:eu@example.se?subject=Avsluta%20kultur-fritid>, <{LEAVE}>".encode()


def test_t25_a_folded_swedish_subject_reads_back():
    read = message_from_bytes(letter().as_bytes(), policy=policy.default)
    assert read["Subject"] == letter()["Subject"]
    assert max(len(line) for line in letter().as_bytes().split(b"\r\n\r\n")[0].split(b"\r\n")) < 998


def test_the_same_letter_is_the_same_mail():
    assert letter().as_bytes() == letter().as_bytes()
