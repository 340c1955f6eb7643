"""The canary goes the whole way, by the commands of the program, and names the step where it was lost."""

import email
import email.policy
from dataclasses import replace
from datetime import datetime

import pytest

from monitor.archive import lock, open_archive
from monitor.config import load_config
from monitor.errors import LockedError, MonitorError
from monitor.jobs import canary
from monitor.jobs.canary import MARK, choose_example, run_canary
from monitor.jobs.child import ProcessResult, run_child
from monitor.matching.rules.load import load_rules
from tests.commands import Installation
from tests.small_rules import write_rules

NOW = "2026-05-19T09:00"


@pytest.fixture
def place(installation):
    """Return an installation whose rules load quickly: a canary is five processes."""
    write_rules(installation.folder / "rules")
    installation.rules = '[rules]\ndir = "rules"\n'
    return installation


def test_the_canary_arrives_marked_and_leaves_the_real_archive_alone(place):
    place.configure(place.rules)
    outcome = place.ask("canary", "--json", now=NOW)
    assert outcome.code == 0, outcome.err
    (file,) = (place.folder / "data" / "outbox").glob("prov-*.eml")
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert mail["To"].addresses[0].addr_spec == "eu@example.se"
    assert mail["Subject"].startswith(MARK)
    text = " ".join(mail.get_body(("plain",)).get_content().split())
    assert "Prov vecka 2026-W21" in text
    with open_archive(place.archive) as archive:
        assert archive.db.execute("SELECT (SELECT count(*) FROM calls) + (SELECT count(*) FROM digests)").fetchone() == (0,)
    assert not (place.folder / "data" / "canary").exists()


def run_here(config, command, *, limit, stop, moment):
    """Run the command in this process, but for the reading, whose reactor starts once in a process."""
    if command[0] == "crawl":
        return run_child(config, command, limit=limit, stop=stop, moment=moment)
    outcome = Installation(config.path.parent).ask(*command, "--json", now=moment.isoformat())
    return ProcessResult("done" if outcome.code == 0 else "attention", outcome.code, outcome.err)


def test_a_mail_server_that_is_not_there_is_named_and_nothing_counts_as_done(place, monkeypatch):
    monkeypatch.setattr(canary, "run_child", run_here)
    place.configure(
        f'{place.rules}[municipality]\ncontact = "eu@eksjo.se"\n[mail]\ntransport = "smtp"\nhost = "127.0.0.1"\nport = 9\ntimeout = 2\n'
    )
    outcome = place.ask("canary", "--json", now=NOW)
    assert outcome.code == 1
    assert outcome.out == ""
    assert "det gick inte att skicka provmejlet" in outcome.err


def test_rules_without_an_example_are_said(tmp_path):
    with pytest.raises(MonitorError, match="inget tema har ett exempel"):
        choose_example(replace(load_rules(write_rules(tmp_path / "rules")), themes=()))


def test_two_canaries_at_once(place):
    place.configure(place.rules)
    config = load_config(place.folder / "monitor.toml")
    with open_archive(config.archive) as archive, lock(config.data_dir, "canary"), pytest.raises(LockedError):
        run_canary(config, archive, datetime.fromisoformat(f"{NOW}+02:00"))
