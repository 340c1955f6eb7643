"""Erasing data that has been kept long enough, and addresses that a person asks to forget."""

import os
import stat
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import open_archive
from monitor.archive.digests import NewDigest, NewOutboxRow, StoredRendering, save_digest
from monitor.archive.feedback import store_answer
from monitor.archive.outbox import mark_sent, stop_recipient, waiting_mails
from monitor.config import Config
from monitor.jobs.tidy import forget, list_mentions, tidy
from monitor.settings import Keep, Recipient

NOW = datetime(2026, 5, 20, 2, 15, tzinfo=ZoneInfo("Europe/Stockholm"))
DAY = timedelta(days=1)


@pytest.fixture
def config(tmp_path):
    keep = Keep(addresses=100, notes=100, documents=100, mails=10, jobs=100)
    return Config(data_dir=tmp_path, keep=keep, recipient=(Recipient(department="social", email="Anna@Example.se"),))


@pytest.fixture
def archive(config):
    with open_archive(config.archive) as archive:
        for age in (0, 200):
            _digest(archive.db, f"d{age}", NOW - age * DAY)
        for mail in waiting_mails(archive.db):
            if mail.digest == "d200" or mail.recipient == "bo@example.se":
                mark_sent(archive.db, mail, mail.created)
        yield archive


def _digest(db, digest, at):
    addresses = [
        NewOutboxRow(message_id=f"<{digest}-{one[:2]}>", recipient=one, language="sv")
        for one in ("Anna@Example.se", "bo@example.se")
    ]
    mail = StoredRendering(language="sv", subject="", html="", text="")
    values = {"department": "social", "week": digest, "kind": "weekly", "created": at, "items": 0, "sections": {}}
    save_digest(db, NewDigest(id=digest, addresses=addresses, renderings=[mail], **values))


def recipients(archive):
    return dict(archive.db.execute("SELECT message_id, recipient FROM outbox").fetchall())


def test_addresses_of_mails_long_gone_are_erased_and_no_others(config, archive):
    assert tidy(config, archive, NOW)["addresses"] == 2
    found = recipients(archive)
    assert found["<d0-An>"] == "Anna@Example.se"
    assert "@" not in found["<d200-bo>"]
    assert tidy(config, archive, NOW)["addresses"] == 0


def test_a_mail_that_still_waits_keeps_its_address(config, archive):
    archive.db.execute("UPDATE outbox SET state = 'waiting' WHERE digest = 'd200'")
    assert tidy(config, archive, NOW)["addresses"] == 0


def test_an_address_is_forgotten_everywhere_whatever_its_case(config, archive):
    stop_recipient(archive.db, "social", "anna@example.se", "ville inte", NOW)
    archive.db.table("calls").insert(_call())
    store_answer(archive.db, "social", ("s", "1"), "intressant", note="ring anna@example.se", digest="", now=NOW)
    outbox = config.data_dir / "outbox"
    outbox.mkdir()
    (outbox / "1.eml").write_bytes(b"To: anna@example.se\nSubject: x\n\nHej")
    (outbox / "2.eml").write_bytes(b"To: bo@example.se\nSubject: x\n\nHej")
    counts = forget(config, archive, "ANNA@example.se")
    assert counts["outbox"] == 2
    assert counts["mails"] == 1
    everything = config.archive.read_bytes().lower()
    assert b"anna@example.se" not in everything, "nor in pages that SQLite has freed"
    assert b"bo@example.se" in everything
    assert [path.name for path in outbox.iterdir()] == ["2.eml"]
    assert waiting_mails(archive.db) == [], "what waited for it is not sent"


def test_forget_says_what_a_person_has_to_see_to(config):
    assert "står kvar som mottagare" in list_mentions(config, "anna@example.se")[0]
    assert list_mentions(config, "bo@example.se") == []


def test_forget_removes_what_killed_backups_left_and_names_replaced_archives(config, archive):
    left = config.data_dir / "backup-x1"
    left.mkdir()
    (left / "archive.db").write_bytes(b"Anna@Example.se")
    (config.data_dir / "replaced-2026-05-19T020000").mkdir()
    (config.data_dir / "archive.before-m010.db").write_bytes(b"x")
    assert forget(config, archive, "anna@example.se")["leftovers"] == 1
    assert not left.exists()
    sentences = " ".join(list_mentions(config, "anna@example.se"))
    assert "replaced-2026-05-19T020000" in sentences
    assert "archive.before-m010.db" in sentences


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps rights in another way")
def test_tidying_shuts_what_an_earlier_version_left_open(config, archive):
    outbox = config.data_dir / "outbox"
    outbox.mkdir(mode=0o755)
    (outbox / "1.eml").write_bytes(b"To: bo@example.se\n\nHej")
    (outbox / "1.eml").chmod(0o644)
    tidy(config, archive, datetime.now(NOW.tzinfo))
    assert stat.S_IMODE((outbox / "1.eml").stat().st_mode) == 0o600
    assert stat.S_IMODE(outbox.stat().st_mode) == 0o700


def test_the_newest_documents_of_a_source_stay_however_old(config, archive):
    for number, age in enumerate((300, 200)):
        archive.db.table("documents").insert({"hash": str(number), "content_type": "", "size": 1, "body": b""})
        at = (NOW - age * DAY).isoformat()
        row = {"source": "s", "at": at, "url": "", "request": "", "status": 200, "headers": "", "document": str(number)}
        archive.db.table("fetches").insert(row)
    assert tidy(config, archive, NOW)["documents"] == 1
    assert [row[0] for row in archive.db.execute("SELECT hash FROM documents")] == ["1"]


def test_the_command_forgets_and_calls_for_a_look_where_it_could_not_reach(installation):
    installation.configure('[[recipient]]\ndepartment = "social"\nemail = "anna@example.se"\n')
    outcome = installation.ask("forget", "anna@example.se")
    assert outcome.code == 1
    assert "ta bort den där" in outcome.out
    assert installation.ask("forget", "anna").code == 2


def _call():
    text = ("identifier", "parent", "status", "title", "summary", "body", "conditions", "url", "programme", "language")
    text += ("deadline_model", "currency", "first_seen", "last_seen", "last_changed", "hash", "data")
    return {"source": "s", "call_id": "1", "kind": "call", "baseline": 0, **dict.fromkeys(text, "")}
