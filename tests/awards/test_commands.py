"""`monitor awards import` and `status` as a person types them."""

import json
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.config import Config
from monitor.digest.answers import Signer
from monitor.digest.render import load_templates, render_mail
from monitor.digest.sample import AUDIENCE, samples
from monitor.jobs.due import Lane, ScheduleFacts, due_jobs
from monitor.paths import DIGESTS
from monitor.vocabulary import Kind, MailKind
from tests.awards import files
from tests.awards.test_history import portal
from tests.commands import Installation


def configured(tmp_path) -> Installation:
    installation = Installation(tmp_path)
    installation.configure('data_dir = "data"\n')
    return installation


def test_a_file_laid_in_the_folder_is_imported_once(tmp_path):
    installation = configured(tmp_path)
    folder = tmp_path / "data" / "awards" / "esf"
    folder.mkdir(parents=True)
    files.write_esf(folder)
    first = installation.ask("awards", "import", "--json")
    assert first.code == 0, first.err
    states = {row["source"]: row for row in first.json["sources"]}
    assert (states["esf"]["state"], states["esf"]["projects"]) == ("imported", 3)
    assert states["esf"]["granted"] == {"SEK": 5968686.0}
    assert {row["state"] for source, row in states.items() if source != "esf"} == {"missing"}
    second = installation.ask("awards", "import", "--json")
    assert next(row for row in second.json["sources"] if row["source"] == "esf")["state"] == "unchanged"
    status = installation.ask("awards", "status", "--json")
    assert status.code == 0
    assert next(row for row in status.json["sources"] if row["source"] == "esf")["projects"] == 3


def test_a_refused_file_is_told_and_asks_for_a_person(tmp_path):
    installation = configured(tmp_path)
    path = files.write_kohesio(tmp_path)
    assert installation.ask("awards", "import", "kohesio", str(path)).code == 0
    path.write_text("<html>", "utf-8")
    refused = installation.ask("awards", "import", "kohesio", str(path))
    assert refused.code == 1
    assert "saknas" in refused.out
    status = installation.ask("awards", "status", "--json")
    assert status.code == 1
    assert "Det som lästes förra gången gäller" in status.json["attention"][0]
    assert next(row for row in status.json["sources"] if row["source"] == "kohesio")["projects"] == 3


def test_usage_that_is_wrong_changes_nothing(tmp_path):
    installation = configured(tmp_path)
    path = files.write_kohesio(tmp_path)
    unknown = installation.ask("awards", "import", "kohesi")
    assert (unknown.code, "kohesio" in unknown.err) == (2, True)
    assert installation.ask("awards", "import", "kohesio").code == 1
    assert installation.ask("awards", "import", "kohesio", str(path), str(tmp_path / "no.csv")).code == 2
    assert not [row for row in json.loads(installation.ask("awards", "status", "--json").out)["sources"] if row["imported"]]


def test_only_what_has_a_folder_is_fetched_without_being_named(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "monitor.collect.file_fetch.fetch_file",
        lambda url, target, limits: asked.append(url) or files.write_kohesio(target.parent),
    )
    installation = configured(tmp_path)
    assert installation.ask("awards", "import", "--fetch", "--json").code == 0
    assert asked == []
    (tmp_path / "data" / "awards" / "kohesio").mkdir(parents=True)
    fetched = installation.ask("awards", "import", "--fetch", "--json")
    assert asked == ["https://kohesio.ec.europa.eu/data/projects/latest_SE.csv"]
    assert next(row for row in fetched.json["sources"] if row["source"] == "kohesio")["projects"] == 3
    installation.ask("awards", "import", "--fetch", "--json")
    assert len(asked) == 1  # not due again within the month


def test_show_history_and_season_answer_with_json(tmp_path):
    installation = configured(tmp_path)
    page = files.write_json(tmp_path / "life.1.json", portal([2024] * 5, owners=["UPPSALA KOMMUN", "NASSJO KOMMUN"]))
    assert installation.ask("awards", "import", "portal", str(page)).code == 0
    closed = {"apiVersion": "2", "results": [
        {"metadata": {"type": ["1"], "identifier": [f"LIFE-{year}-SAP-NAT"], "title": ["Nature and biodiversity"],
                      "startDate": [f"{year}-04-18T00:00:00.000+0000"]}}
        for year in (2025, 2026)
    ]}  # fmt: skip
    assert installation.ask("awards", "import", "closed-calls", str(files.write_json(tmp_path / "c.json", closed))).code == 0
    shown = installation.ask("awards", "show", "LIFE-2026-SAP-NAT", "--json").json
    assert shown["line"] == ("Förra omgången (2024) fick 5 projekt 0,6 miljoner euro var. Svenska kommuner: Uppsala 2024.")
    (candidate, *_) = installation.ask("awards", "history", "--json").json["projects"]
    assert (candidate["sureness"], candidate["organisation"]) == ("candidate", "NASSJO KOMMUN")
    assert installation.ask("awards", "confirm", candidate["decision_key"], "Nässjö kommun").code == 0
    assert installation.ask("awards", "history", "--json").json["projects"][0]["sureness"] == "confirmed"
    assert installation.ask("awards", "confirm", "nonsense", "Nässjö").code == 2
    seasons = installation.ask("season", "--json", now="2026-11-28T12:00").json["forecasts"]
    assert [(one["year"], one["month"], one["years"]) for one in seasons] == [(2027, "2027-04-01", [2025, 2026])]
    assert installation.ask("season", now="2026-11-28T12:00").code == 0


def test_the_job_is_due_on_the_first_of_the_month():
    config, zone = Config(), ZoneInfo("Europe/Stockholm")
    facts = ScheduleFacts(since=datetime(2026, 5, 20, tzinfo=zone))

    def due(*moment):
        return [
            job.command for job in due_jobs(config, facts, datetime(*moment, tzinfo=zone), Lane.ARCHIVE) if job.name == "awards"
        ]

    assert due(2026, 5, 31, 12) == []
    assert due(2026, 6, 1, 3) == [("awards", "import", "--fetch", "--scheduled")]


def test_the_mail_tells_the_round_before_in_one_row():
    sample = samples()[MailKind.WELCOME]
    key = next(item.candidate.key for item in sample.selection.items if item.candidate.call.kind is Kind.CALL)
    line = "Förra omgången (2024) fick 14 projekt 0,3–1,2 miljoner euro var (hälften fick minst 0,6)."
    for earlier, expected in (({}, 0), ({key: {"sv": line}}, 1)):
        audience = replace(AUDIENCE, earlier=earlier)
        mail = render_mail(load_templates((DIGESTS,)), sample.selection, audience, sample.occasion, Signer(b"k" * 32)).renderings[
            0
        ]
        assert mail.html.count("Tidigare") == mail.text.count("Tidigare") == expected
        assert mail.html.count(line) == expected
