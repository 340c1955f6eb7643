"""`digest` and `send` as a person or a script runs them."""

import json

from tests.mailing import MONDAY, WEEK, World, a_call, read_mail

NOW = "2026-06-01T07:00"
PEOPLE = '[[recipient]]\ndepartment = "kultur-fritid"\nemail = "kultur@eksjo.se"\n'


def prepared(installation, more=""):
    installation.configure(f"{PEOPLE}{more}")
    world = World(installation.folder / "data")
    world.publish(a_call("1", "2026-09-01"), at=MONDAY - WEEK)
    return world


def test_build_and_deliver(installation):
    prepared(installation)
    built = installation.run("digest", "--json", now=NOW)
    assert built.code == 0, built.err
    assert built.json["week"] == "2026-W23"
    ours = [one for one in built.json["digests"] if one["department"] == "kultur-fritid"]
    assert [(one["state"], one["kind"], one["items"], one["sections"]) for one in ours] == [("waiting", "welcome", 1, {"new": 1})]
    assert {one["state"] for one in built.json["digests"]} == {"waiting", "no-recipient"}
    again = installation.ask("digest", "--json", "--week", "2026-W23", now=NOW)
    assert [(one["department"], one["state"], one["items"]) for one in again.json["digests"]] == [
        (one["department"], one["state"], one["items"]) for one in built.json["digests"]
    ]
    sent = installation.run("send", "--json", now=NOW)
    assert (sent.code, sent.json) == (0, {"sent": 1, "failed": 0, "waiting": 0})
    (file,) = (installation.folder / "data" / "outbox").glob("*.eml")
    assert read_mail(file.read_bytes())["To"] == "kultur@eksjo.se"
    assert installation.ask("send", "--json", now=NOW).json == {"sent": 0, "failed": 0, "waiting": 0}
    assert installation.ask("digest", "--json", now=NOW).json["digests"][5]["state"] == "sent"


def test_a_failed_mail_is_named_and_ends_with_one(installation):
    prepared(installation, '[mail]\ntransport = "smtp"\nport = 9\n')
    installation.ask("digest", now=NOW)
    for _ in range(2):
        failed = installation.ask("send", "--json", now=NOW)
        assert failed.code == 1
        assert failed.json == {"sent": 0, "failed": 1, "waiting": 1}
        assert "127.0.0.1:9" in failed.err
    assert installation.ask("send", "--scheduled", "--json", now=NOW).code == 1, "it stays due, and that needs attention"


def test_a_dry_run_writes_the_mail_to_look_at(installation):
    prepared(installation)
    dry = installation.ask("digest", "--dry-run", "--department", "kultur-fritid", "--json", now=NOW)
    (one,) = dry.json["digests"]
    assert one["state"] == "preview"
    assert one["file"].endswith("preview/2026-W23-kultur-fritid.sv.html")
    assert not (installation.folder / "data" / "secret").exists()
    assert installation.ask("send", "--json", now=NOW).json["sent"] == 0


def test_wrong_arguments_end_with_two_and_change_nothing(installation):
    prepared(installation)
    for arguments in (("--week", "2026-W99"), ("--week", "2026-W24"), ("--department", "finns-inte"), ("--preview",)):
        wrong = installation.ask("digest", *arguments, now=NOW)
        assert wrong.code == 2, arguments
        assert wrong.out == ""
    installation.configure('[[recipient]]\ndepartment = "finns-inte"\nemail = "a@eksjo.se"\n')
    assert installation.ask("digest", now=NOW).code == 2


def test_the_test_mail_and_the_templates(installation):
    installation.configure("")
    assert json.loads(installation.ask("send", "--test", "chef@eksjo.se", "--json", now=NOW).out)["sent"] == 1
    (file,) = (installation.folder / "data" / "outbox").glob("*.eml")
    assert read_mail(file.read_bytes())["To"] == "chef@eksjo.se"
    assert installation.ask("digest", "--check", "--json").json == {"problems": []}
    own = installation.folder / "mallar"
    own.mkdir()
    (own / "weekly.txt").write_text("{{ mail.finnsinte }}")
    installation.configure('[digests]\ndir = "mallar"\n')
    wrong = installation.ask("digest", "--check")
    assert wrong.code == 1
    assert "weekly.txt" in wrong.err
