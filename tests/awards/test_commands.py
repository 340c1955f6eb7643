"""`monitor awards import` and `status` as a person types them."""

import json

from tests.awards import files
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
