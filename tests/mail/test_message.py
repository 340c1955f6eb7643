"""A mail as it is written, and its headers as other programs read them."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy

from monitor.mail.message import Letter, compose

WRITTEN = """\
From: EU-bevakningen <eu@example.se>
Subject: =?utf-8?q?3_nya_utlysningar_f=C3=B6r_Kultur-_och_fritidsf=C3=B6rv?=
 =?utf-8?q?altningen=3A_vecka_48=2C_n=C3=A4rmast_torsdag_17_december_2026?=
To: kultur@example.se
Date: Mon, 23 Nov 2026 07:00:00 +0000
Message-ID: <2026-W48-kultur-fritid.abc@example.se>
Reply-To: eu@example.se
List-Id: <kultur-fritid.eu-bevakningen.example.se>
List-Unsubscribe: <mailto:eu@example.se?subject=Avsluta%20kultur-fritid>,
 <https://eu.example.se/avsluta/x>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: All
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_1830c7a29c3de0c701dd4fd1_0"
Content-Language: sv

--=_1830c7a29c3de0c701dd4fd1_0
Content-Type: multipart/alternative; boundary="=_1830c7a29c3de0c701dd4fd1_1"

--=_1830c7a29c3de0c701dd4fd1_1
Content-Type: text/plain; charset="utf-8"; format=flowed
Content-Transfer-Encoding: quoted-printable

Hej =C3=A5 =C3=A4 =C3=B6

--=_1830c7a29c3de0c701dd4fd1_1
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: quoted-printable
MIME-Version: 1.0

<p>Hej =C3=A5 =C3=A4 =C3=B6</p>

--=_1830c7a29c3de0c701dd4fd1_1--

--=_1830c7a29c3de0c701dd4fd1_0
Content-Type: text/calendar; charset="utf-8"; method="PUBLISH"
Content-Disposition: attachment; filename="dag__.ics"
Content-Transfer-Encoding: quoted-printable
MIME-Version: 1.0

BEGIN:VCALENDAR
METHOD:PUBLISH

--=_1830c7a29c3de0c701dd4fd1_0--
"""
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


def test_the_mail_as_it_is_written():
    """The bytes do not depend on the version of Python."""
    written = letter(
        leave_url="https://eu.example.se/avsluta/x", calendars=[("dag å.ics", b"BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\n")]
    ).as_bytes()
    assert written.decode("ascii").replace("\r\n", "\n") == WRITTEN


def test_lines_keep_the_limits_and_none_is_changed_on_the_way():
    text = "From början\n.\n" + "å" * 2_000 + "\nslut med blanksteg   \n"
    written = letter(text=text, html="<p>" + "<b>x</b>" * 5_000 + "</p>", subject="ö" * 300).as_bytes()
    head, _, body = written.partition(b"\r\n\r\n")
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert max(map(len, head.split(b"\r\n"))) <= 998
    part = message_from_bytes(written, policy=policy.default).get_body(("plain",))
    assert part.get_content().replace("\r\n", "\n") == text
