"""The outbox: headers, suppression told to the coordinator, the brake, who stopped, and the folder."""

import stat
from datetime import UTC, datetime, timedelta

import pytest

from monitor.archive.files import load_secret
from monitor.archive.outbox import resume_recipient, stop_recipient
from monitor.digest.answers import AnswerLink, LeaveLink, Signer
from monitor.errors import ArchiveError, describe_delivery
from monitor.jobs.send import send_mails, send_test
from monitor.mail.delivery import DeliveryResult, Result, next_try
from monitor.mail.folder import Folder
from monitor.mail.message import ascii_address, message_id
from monitor.settings import Recipient
from tests.commands import Installation
from tests.mailing import MONDAY, WEEK, World, a_call, read_mail, text_of

GONE = DeliveryResult(Result.REFUSED_ADDRESS, "550 5.1.1 no such user")


def test_headers(world):
    world.publish(a_call("1", "2026-09-01"), at=MONDAY)
    (mail,) = world.week(MONDAY)
    assert mail["Date"].datetime == MONDAY
    assert mail["From"] == "EU-bevakningen <eu@example.se>"
    assert mail["Message-ID"] == message_id("2026-W23-kultur-fritid", "kultur-fritid@example.se", "eu@example.se")
    assert mail["List-Id"] == "<kultur-fritid.eu-bevakningen.example.se>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "sv"
    assert mail["Reply-To"] == "eu@example.se"
    assert "https://eu.example.se/avsluta/" in mail["List-Unsubscribe"]
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    assert mail.get_content_type() == "multipart/mixed"


def test_a_mail_is_the_same_bytes_whenever_it_is_composed(tmp_path):
    world = World(tmp_path)
    world.publish(a_call("1", "2026-09-01"), at=MONDAY)
    world.digest(MONDAY)
    copies = []
    for number in range(2):
        folder = tmp_path / f"copy{number}"
        with world.archive() as archive:
            archive.db.execute("UPDATE outbox SET state = 'waiting'")
            send_mails(world.config, archive, MONDAY + number * WEEK, transport=lambda config, to=folder: Folder(to))
        (file,) = folder.glob("*.eml")
        copies.append((file.name, file.read_bytes()))
    assert copies[0] == copies[1]
    assert copies[0][1].count(b"\n") == copies[0][1].count(b"\r\n")


def test_an_address_that_is_refused_again_and_again_is_stopped_and_told(world):
    world.publish(a_call("1", "2026-12-24"), at=MONDAY - WEEK)
    world.server.refuse = {"kultur-fritid@example.se": GONE}
    for number in range(5):
        world.digest(MONDAY + number * WEEK)
        world.send(MONDAY + number * WEEK)
    assert [state for _, state, _ in world.outbox()].count("stopped") == 3
    assert world.rows("SELECT recipient, failures, stopped, error FROM suppressed") == [
        ("kultur-fritid@example.se", 3, 1, "550 5.1.1 no such user")
    ]
    (notice,) = world.server.taken
    assert notice["To"] == "eu@example.se"
    assert notice["Subject"] == "EU-bevakningen behöver dig: 1 adress tar inte emot mejl"
    assert "kultur-fritid@example.se: servern svarade ”550 5.1.1 no such user”" in text_of(notice)
    report = world.digest(MONDAY + 5 * WEEK)
    assert report.digests[0].state == "no-recipient"
    with world.archive() as archive:
        resume_recipient(archive.db, "kultur-fritid", "Kultur-Fritid@example.se")
    world.server.refuse = {}
    assert len(world.week(MONDAY + 6 * WEEK)) == 1


def test_refusals_with_a_success_between_do_not_add_up(world):
    world.publish(a_call("1", "2026-12-24"), at=MONDAY - WEEK)
    for number in range(8):
        world.server.refuse = {} if number % 2 else {"kultur-fritid@example.se": GONE}
        world.week(MONDAY + number * WEEK)
    assert world.rows("SELECT count(*) FROM suppressed WHERE stopped = 1") == [(0,)]


def test_the_brake(tmp_path):
    people = [Recipient(department="kultur-fritid", email=f"p{n}@example.se") for n in range(7)]
    world = World(tmp_path, recipients=people, mail={"per_day": 3})
    world.digest(MONDAY)
    report = world.send(MONDAY)
    assert (report.sent, report.failed, report.waiting) == (3, 0, 4)
    assert "bromsen håller" in report.problems[0]
    assert world.send(MONDAY + timedelta(hours=23)).sent == 0
    assert world.send(MONDAY + timedelta(hours=25)).sent == 3
    assert world.send(MONDAY + timedelta(hours=50)).sent == 1
    assert len(set(world.server.ids)) == 7


def test_who_has_stopped_or_is_removed_gets_nothing_that_waits(tmp_path):
    people = [Recipient(department="kultur-fritid", email=f"{name}@example.se") for name in ("anna", "bo", "cia")]
    world = World(tmp_path, recipients=people)
    world.digest(MONDAY)
    with world.archive() as archive:
        stop_recipient(archive.db, "kultur-fritid", "Anna@example.se", "avslutad av mottagaren", MONDAY)
    world.recipients(*people[:2])
    assert world.send(MONDAY).sent == 1
    assert [message["To"] for message in world.server.taken] == ["bo@example.se"]
    assert world.rows("SELECT recipient, error FROM outbox WHERE state = 'stopped' ORDER BY recipient") == [
        ("anna@example.se", "adressen är avstängd"),
        ("cia@example.se", "står inte längre som mottagare"),
    ]


def test_an_address_that_no_server_takes_stops_only_itself(tmp_path):
    people = [Recipient(department="kultur-fritid", email=email) for email in ("åke@example.se", "bo@räksmörgås.se")]
    world = World(tmp_path, recipients=people)
    world.digest(MONDAY)
    report = world.send(MONDAY)
    assert (report.sent, report.failed) == (1, 1)
    assert world.server.taken[0]["To"] == "bo@xn--rksmrgs-5wao1o.se"
    assert ascii_address("åke@example.se") is None


def test_the_folder_holds_one_whole_file_per_mail(tmp_path):
    world = World(tmp_path)
    world.publish(a_call("1", "2026-09-01"), at=MONDAY)
    world.digest(MONDAY)
    with world.archive() as archive:
        assert send_mails(world.config, archive, MONDAY).sent == 1
    (file,) = (tmp_path / "outbox").iterdir()
    assert file.name.startswith("2026-W23-kultur-fritid.")
    assert read_mail(file.read_bytes())["To"] == "kultur-fritid@example.se"


def test_a_folder_that_cannot_be_written_leaves_the_mail_due(tmp_path):
    world = World(tmp_path)
    world.digest(MONDAY)
    (tmp_path / "outbox").write_text("in the way")
    with world.archive() as archive:
        report = send_mails(world.config, archive, MONDAY)
    assert (report.sent, report.failed, report.waiting) == (0, 1, 1)


def test_the_test_mail_passes_the_ledger_by(tmp_path):
    world = World(tmp_path)
    send_test(world.config, "chef@example.se", MONDAY)
    (file,) = (tmp_path / "outbox").glob("*.eml")
    mail = read_mail(file.read_bytes())
    assert mail["Subject"] == "[Prov] Ny sista dag 13 juni: Kultursamarbeten och 5 till"
    assert not world.config.archive.exists()


def test_back_off_grows_to_a_day():
    waits = [next_try(attempts, MONDAY) - MONDAY for attempts in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=5)
    assert waits[-1] == timedelta(days=1)


def test_the_secret_is_made_once_and_private(tmp_path):
    secret = load_secret(tmp_path / "data")
    assert load_secret(tmp_path / "data") == secret
    assert stat.S_IMODE((tmp_path / "data" / "secret").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret"]
    (tmp_path / "data" / "secret").write_text("kort")
    with pytest.raises(ArchiveError, match="hemligheten är trasig"):
        load_secret(tmp_path / "data")


def test_links_cannot_be_forged_and_end_after_a_year():
    signer, other = Signer(b"a" * 32), Signer(b"b" * 32)
    link = AnswerLink(department="kultur-fritid", source="portal", call_id="å/1", digest="2026-W23-kultur-fritid")
    today = datetime(2026, 6, 1, tzinfo=UTC).date()
    token = signer.answer_token(link, today)
    assert signer.read_answer(token, today) == link
    assert signer.read_answer(token, today + timedelta(days=365)) == link
    assert signer.read_answer(token, today + timedelta(days=366)) is None
    assert other.read_answer(token, today) is None
    leave = LeaveLink(department="kultur-fritid", recipient="a@example.se")
    assert signer.read_leave(signer.leave_token(leave)) == leave
    assert signer.read_leave(token) is None, "a link to answer is no link to leave"
    for broken in ("", ".", token[:-2], token + "x", "x" * 5000, token.upper()):
        assert signer.read_answer(broken, today) is None
        assert signer.read_leave(broken) is None


def test_words_in_swedish_sentences():
    assert describe_delivery("550 5.1.1 no such user") == "servern svarade ”550 5.1.1 no such user”"
    assert describe_delivery("421") == "servern svarade ”421”"
    assert describe_delivery("inget svar i tid") == "inget svar i tid"
    assert describe_delivery("mejlet kunde inte skrivas (ValueError: 123 x)") == "mejlet kunde inte skrivas (ValueError: 123 x)"


def test_the_commands_say_who_stopped_and_quote_the_server(tmp_path):
    installation = Installation(tmp_path)
    installation.configure(
        '[mail]\ntransport = "smtp"\nhost = "127.0.0.1"\nport = 9\ntimeout = 1\n'
        '[[recipient]]\ndepartment = "kultur-fritid"\nemail = "anna@example.se"\n'
    )
    world = World(tmp_path / "data")
    with world.archive() as archive:
        stop_recipient(archive.db, "kultur-fritid", "anna@example.se", "avslutad av mottagaren", MONDAY)
    told = installation.ask("digest", "--department", "kultur-fritid", now="2026-06-01T07:00")
    assert told.code == 0
    assert "Ingen får mejlen för kultur-fritid: anna@example.se slutade själv få mejlen 2026-06-01." in told.out
    assert "ingen mottagare i inställningarna" not in told.out
    (row,) = installation.ask("digest", "--department", "kultur-fritid", "--json", now="2026-06-01T07:00").json["digests"]
    assert row["state"] == "no-recipient"
    assert row["reason"] == "anna@example.se slutade själv få mejlen 2026-06-01"
    failed = installation.ask("send", "--test", "bo@example.se")
    assert failed.code == 1
    assert failed.err.startswith("provmejlet till bo@example.se: 127.0.0.1:9: ingen server svarar där (")
