"""The canary flies the whole way, by the commands of the program, and says where it was lost."""

import email
import email.policy
from dataclasses import replace
from datetime import datetime

import pytest

from monitor.archive import lock, open_archive
from monitor.config import load_config
from monitor.errors import LockedError, MonitorError
from monitor.jobs.canary import MARK, choose_example, fly_canary
from monitor.matching.load import load_rules
from monitor.paths import RULES

NOW = "2026-05-19T09:00"


def test_the_canary_arrives_marked_and_leaves_the_real_archive_alone(installation):
    installation.configure("[schedule]\n")
    outcome = installation.run("canary", "--json", now=NOW)
    assert outcome.code == 0, outcome.err
    (file,) = (installation.folder / "data" / "outbox").glob("prov-*.eml")
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert mail["To"].addresses[0].addr_spec == "eu@example.se"
    assert mail["Subject"].startswith(MARK)
    text = " ".join(mail.get_body(("plain",)).get_content().split())
    assert "Prov vecka 2026-W21" in text
    with open_archive(installation.archive) as archive:
        assert archive.db.execute("SELECT (SELECT count(*) FROM calls) + (SELECT count(*) FROM digests)").fetchone() == (0,)
    assert not (installation.folder / "data" / "canary").exists()


def test_a_mail_server_that_is_not_there_is_named_and_nothing_counts_as_done(installation):
    installation.configure('[mail]\ntransport = "smtp"\nhost = "127.0.0.1"\nport = 9\ntimeout = 2\n')
    outcome = installation.run("canary", "--json", now=NOW)
    assert outcome.code == 1
    assert outcome.out == ""
    assert "det gick inte att skicka provmejlet" in outcome.err


def test_rules_without_an_example_are_said(tmp_path):
    with pytest.raises(MonitorError, match="inget tema har ett exempel"):
        choose_example(replace(load_rules(RULES), themes=()))


def test_two_canaries_at_once(installation):
    installation.configure("")
    config = load_config(installation.folder / "monitor.toml")
    with open_archive(config.archive) as archive, lock(config.data_dir, "canary"), pytest.raises(LockedError):
        fly_canary(config, archive, datetime.fromisoformat(f"{NOW}+02:00"))
