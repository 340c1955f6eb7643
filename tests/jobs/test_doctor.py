"""The doctor checks everything, changes nothing, and advises in Swedish."""

import errno
import os
import stat
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import open_archive
from monitor.config import load_config
from monitor.errors import ArchiveError, ConfigError
from monitor.jobs import doctor
from monitor.jobs.doctor import examine, reach_host
from tests.commands import free_port
from tests.mailing import World, a_call
from tests.publishers import Answer, serve
from tests.small_rules import write_rules

NOW = datetime(2026, 5, 20, 12, tzinfo=ZoneInfo("Europe/Stockholm"))
WELL = '[[recipient]]\ndepartment = "kommunledning"\nemail = "k@example.se"\n[rules]\ndir = "rules"\n'


def findings(tmp_path, settings, now=NOW, **more):
    write_rules(tmp_path / "rules")
    file = tmp_path / "monitor.toml"
    file.write_text(settings, "utf-8")
    return {one.name: one for one in examine(load_config(file), now, network=False, **more)}


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
        (f'{WELL}[mail]\ntransport = "smtp"\nusername = "eu"\n', "Mejl", "väntade ett lösenord", "password_file"),
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


SMTP = (
    WELL
    + '[mail]\ntransport = "smtp"\nport = {port}\nfrom = "EU <eu@nassjo.se>"\n'
    + '[municipality]\ncontact = "{contact}"\nbase_url = "{url}"\n'
)


@pytest.mark.parametrize(
    ("url", "well"),
    [
        ("http://127.0.0.1:8001", False),
        ("http://127.9.9.9", False),
        ("http://[::1]:8001", False),
        ("http://0.0.0.0:8001", False),
        ("http://localhost:8001", False),
        ("http://eu.localhost", False),
        ("https://eu.example.se", False),
        ("https://example.org/eu", False),
        ("https://eu.nassjo.example", False),
        ("https://169.254.1.1", False),
        ("https://eu.nassjo.se", True),
        ("http://10.1.2.3:8001", True),
        ("http://intranat", True),
        ("https://myexample.se", True),
    ],
)
def test_links_that_no_recipient_can_follow_are_told_before_mails_go_out(tmp_path, url, well):
    found = findings(tmp_path, SMTP.format(port=free_port(), contact="eu@nassjo.se", url=url))
    assert found["Länkar"].well is well
    assert bool(found["Länkar"].advice) is not well
    (tmp_path / "trial").mkdir()
    trial = findings(tmp_path / "trial", f'{WELL}[municipality]\nbase_url = "{url}"\n')
    assert trial["Länkar"].well, "who only tries it out sends nothing"


@pytest.mark.parametrize(("contact", "well"), [("eu@example.se", False), ("eu@mail.example.com", False), ("eu@nassjo.se", True)])
def test_an_example_as_contact_is_told(tmp_path, contact, well):
    found = findings(tmp_path, SMTP.format(port=free_port(), contact=contact, url="https://eu.nassjo.se"))
    assert found["Avsändare"].well is well


def test_an_example_as_sender_is_told(tmp_path):
    settings = SMTP.format(port=free_port(), contact="eu@nassjo.se", url="https://eu.nassjo.se").replace(
        "eu@nassjo.se>", "eu@example.se>"
    )
    found = findings(tmp_path, settings)["Avsändare"]
    assert not found.well
    assert "mail.from (eu@example.se)" in found.text


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps owners in another way")
@pytest.mark.parametrize("foreign", ["data", "data/archive.db", "data/secret"])
def test_data_of_another_user_are_told(tmp_path, monkeypatch, foreign):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "archive.db").write_bytes(b"")
    (tmp_path / "data" / "secret").write_bytes(b"")
    monkeypatch.setattr(doctor, "owner_uid", lambda path: 0 if path == tmp_path / foreign else 4711)
    found = findings(tmp_path, WELL)["Ägare"]
    assert not found.well
    assert f"{tmp_path / foreign} är användaren root" in found.text
    assert f"sudo chown -R 4711 {tmp_path / 'data'}" in found.advice


def test_settings_that_root_keeps_for_the_service_are_as_they_should_be(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(doctor, "owner_uid", lambda path: 0 if path.name == "monitor.toml" else 4711)
    assert findings(tmp_path, WELL)["Ägare"].well


def test_the_port_of_a_source_is_named_rightly(tmp_path):
    port = free_port()
    source = f'[[source]]\nid = "x"\nkind = "feed"\nname = "X"\nurl = "http://127.0.0.1:{port}/flode"\n'
    write_rules(tmp_path / "rules")
    (tmp_path / "monitor.toml").write_text(WELL + source, "utf-8")
    config = load_config(tmp_path / "monitor.toml")
    config = config.model_copy(update={"sources": tuple(one for one in config.sources if one.id == "x")})
    found = {one.name: one for one in examine(config, NOW)}["Källan x"]
    assert f"port {port}" in found.advice
    assert "443" not in found.advice


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "sudo chown -R"),
        (OSError(errno.ENOSPC, "No space left on device"), "Frigör"),
        (OSError(errno.EIO, "Input/output error"), "monitor restore"),
    ],
)
def test_rights_a_full_disk_and_damage_each_ask_for_their_own(tmp_path, monkeypatch, error, advice):
    with open_archive(tmp_path / "data" / "archive.db"):
        pass

    def refuse(config):
        raise ArchiveError("archive.db", "går inte att öppna") from error

    monkeypatch.setattr(doctor, "open_installation", refuse)
    found = findings(tmp_path, WELL)["Arkiv"]
    assert not found.well
    assert advice in found.advice


@pytest.mark.parametrize("refused", ["stat", "is_file"])
def test_a_folder_that_may_not_be_looked_at_is_a_finding_and_no_traceback(tmp_path, monkeypatch, refused):
    real = getattr(Path, refused)

    def shut(path, *more, **options):
        if path.name == "archive.db":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path, *more, **options)

    (tmp_path / "data").mkdir()
    monkeypatch.setattr(Path, refused, shut)
    found = findings(tmp_path, WELL)["Arkiv"]
    assert not found.well
    assert "rättigheter saknas" in found.text
    assert "chown" in found.advice


def test_a_call_that_is_not_as_it_was_written_is_told(tmp_path):
    world = World(tmp_path / "data")
    world.crawl(a_call("1", "2026-12-01"), at=NOW)
    with world.archive() as archive:
        archive.db.execute("UPDATE calls SET data = replace(data, 'Utlysning', 'Utlysninh')")
    found = findings(tmp_path, WELL)["Arkiv"]
    assert not found.well
    assert "monitor restore" in found.advice


@pytest.mark.parametrize(
    ("name", "text", "said", "advice"),
    [
        ("sv.po", 'msgid "heading.welcom"\nmsgstr "Hej"\n', "no mail uses a phrase 'heading.welcom'", "monitor digest --check"),
        ("sv.toml", '[heading]\nwelcome = "Hej"\n', "Den används än. Egna ord: heading.welcome.", "docs/koordinator.md"),
        ("sv.toml", '[heading]\nwelcome = "Välkommen till EU-bevakningen"\n', "Egna ord saknas.", "Ta bort"),
    ],
)
def test_templates_of_ones_own(tmp_path, name, text, said, advice):
    (tmp_path / "mallar").mkdir()
    (tmp_path / "mallar" / name).write_text(text, "utf-8")
    found = findings(tmp_path, f'{WELL}[digests]\ndir = "mallar"\n')["Mallar"]
    assert not found.well
    assert said in found.text
    assert advice in found.advice


@pytest.mark.parametrize(("day", "well"), [("2025-04-15", True), ("2025-04-14", False)])
def test_rates_older_than_400_days_are_to_be_renewed(tmp_path, day, well):
    found = findings(tmp_path, f'{WELL}[money]\nday = "{day}"\n')["Kurser"]
    assert found.well is well
    assert day in found.text
    assert ("[money]" in found.advice) is not well


def test_without_rates_there_is_nothing_to_renew(tmp_path):
    assert "Kurser" not in findings(tmp_path, f"{WELL}[money]\nrates = {{}}\n")


def test_the_day_of_the_rates_is_a_day(tmp_path):
    with pytest.raises(ConfigError, match=r"money\.day: väntade en dag som 2026-11-27, fann '2026-02-30'"):
        findings(tmp_path, f'{WELL}[money]\nday = "2026-02-30"\n')


def test_recipients_of_example_domains_are_counted_and_named(tmp_path):
    people = "".join(
        f'[[recipient]]\ndepartment = "kultur-fritid"\nemail = "{email}"\n'
        for email in ("anna@nassjo.se", "kultur@example.se", "bo@eu.example.org", "cia@kommun.invalid")
    )
    settings = SMTP.format(port=free_port(), contact="eu@nassjo.se", url="https://eu.nassjo.se")
    (tmp_path / "monitor.toml").write_text(settings + people, "utf-8")
    found = examine(load_config(tmp_path / "monitor.toml"), NOW, network=False)
    (finding,) = [one for one in found if one.name == "Mottagare"]
    assert not finding.well
    named = "bo@eu.example.org, cia@kommun.invalid, k@example.se, kultur@example.se"
    assert finding.text == f"1 adress. {named} är 4 exempel och får aldrig något mejl."
    assert "Ta bort exemplen" in finding.advice
