"""The doctor tries everything, changes nothing, and says what to do in Swedish."""

import os
import socket
import stat
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.config import load_config
from monitor.jobs.doctor import examine, reach_host
from tests.publishers import Answer, serve
from tests.small_rules import write_rules

NOW = datetime(2026, 5, 20, 12, tzinfo=ZoneInfo("Europe/Stockholm"))
WELL = '[[recipient]]\ndepartment = "kommunledning"\nemail = "k@example.se"\n[rules]\ndir = "rules"\n'


def findings(tmp_path, settings, now=NOW, **more):
    write_rules(tmp_path / "rules")
    file = tmp_path / "monitor.toml"
    file.write_text(settings, "utf-8")
    return {one.name: one for one in examine(load_config(file), now, network=False, **more)}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_healthy_installation(tmp_path):
    found = findings(tmp_path, WELL)
    assert [name for name, one in found.items() if not one.well] == []
    assert [path.name for path in (tmp_path / "data").iterdir()] == []


@pytest.mark.parametrize(
    ("settings", "name", "words", "advice"),
    [
        ('[rules]\ndir = "rules"', "Mottagare", "Ingen får några mejl", "[[recipient]]"),
        (WELL.replace("kommunledning", "kultru"), "Mottagare", "Okänd förvaltning: kultru", "monitor.toml"),
        (WELL.replace('"rules"', '"none"'), "Regler", "fel i reglerna", "monitor rules check"),
        (f'{WELL}[mail]\ntransport = "smtp"\nport = {free_port()}\n', "Mejl", "Mejlservern:", "brandväggen"),
        (f'{WELL}[mail]\ntransport = "smtp"\nusername = "eu"\n', "Mejl", "expected a password", "password_file"),
    ],
)
def test_what_is_wrong_and_what_to_do(tmp_path, monkeypatch, settings, name, words, advice):
    monkeypatch.delenv("MONITOR_SMTP_PASSWORD", raising=False)
    found = findings(tmp_path, settings)[name]
    assert not found.well
    assert words in found.text
    assert advice in found.advice


def test_a_broken_archive_and_a_clock_that_stands_still(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "archive.db").write_bytes(b"rubbish" * 1000)
    found = findings(tmp_path, WELL, now=datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC")))
    assert "monitor restore" in found["Arkiv"].advice
    assert "NTP" in found["Klocka"].advice


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps rights in another way")
def test_settings_that_anyone_may_change(tmp_path):
    write_rules(tmp_path / "rules")
    (tmp_path / "monitor.toml").write_text(WELL, "utf-8")
    (tmp_path / "monitor.toml").chmod(stat.S_IRUSR | stat.S_IWUSR | stat.S_IWOTH)
    found = {one.name: one for one in examine(load_config(tmp_path / "monitor.toml"), NOW, network=False)}
    assert "chmod o-w" in found["Inställningar"].advice


def test_reaching_a_source(monkeypatch):
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serve(lambda asked: Answer()) as publisher:
        assert reach_host(f"{publisher.url}/flode") == ""
        assert not publisher.asked, "no page is asked for"
        assert "certifikatet" in reach_host(publisher.url.replace("http", "https")) or "nå" in reach_host(
            publisher.url.replace("http", "https")
        )
    assert "går inte att nå" in reach_host(f"http://127.0.0.1:{free_port()}")


def test_the_command_ends_with_one_when_something_is_to_be_done(installation):
    write_rules(installation.folder / "rules")
    installation.configure(WELL)
    assert installation.ask("doctor", "--offline").code == 0
    installation.configure('[rules]\ndir = "rules"\n')
    outcome = installation.ask("doctor", "--offline", "--json")
    assert outcome.code == 1
    ill = [one for one in outcome.json["findings"] if not one["well"]]
    assert [one["name"] for one in ill] == ["Mottagare"]


def test_settings_that_cannot_be_read_are_a_finding_with_something_to_do(installation):
    installation.configure("[schedule]\ncrawl = 5\n")
    outcome = installation.ask("doctor", "--offline")
    assert outcome.code == 2
    assert "FEL  Inställningar:" in outcome.out
    assert "schedule.crawl" in outcome.out
    assert "Rätta det i filen" in outcome.out


def test_whatever_is_wrong_has_something_to_do_beside_it(tmp_path):
    """Everything at once, on a machine that reaches no source."""
    (tmp_path / "members" / "x").mkdir(parents=True)
    (tmp_path / "members" / "x" / "monitor.toml").write_text("", "utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "archive.db").write_bytes(b"rubbish" * 1000)
    port = free_port()
    settings = f"""
[rules]
dir = "none"
[network]
proxy = "http://127.0.0.1:{port}"
[mail]
transport = "smtp"
port = {port}
"""
    (tmp_path / "monitor.toml").write_text(settings, "utf-8")
    found = list(examine(load_config(tmp_path / "monitor.toml"), datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))))
    ill = [one for one in found if not one.well]
    assert {one.name for one in ill} >= {"Regler", "Mottagare", "Arkiv", "Klocka", "Mejl", "Medlemmar", "Källan skr"}
    assert [one.name for one in ill if not one.advice] == []
