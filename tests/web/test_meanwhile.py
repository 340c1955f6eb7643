"""Every form of settings and rules that writes a file: two coordinators at once, and a file that was changed or broken by hand meanwhile."""

import re
import tomllib

import pytest

from tests.web.conftest import changeable_rules, rows
from tests.web.test_settings import form_of, send

FORMS = {
    "/samordna/installningar/municipality": ("name", "Tranås kommun", "Eksjö kommun"),
    "/samordna/installningar/digest": ("welcome", "11", "12"),
    "/samordna/installningar/money": ("day", "2026-11-20", "2026-11-21"),
    "/samordna/installningar/subscription": ("domains", "eksjo.se", "tranas.se"),
    "/samordna/installningar/schedule": ("crawl", "06:00", "06:10"),
    "/samordna/installningar/keep": ("mails", "410", "420"),
    "/samordna/forvaltningar/kultur-fritid": ("threshold", "5", "5,5"),
    "/samordna/program/cerv": ("name", "Programmet CERV", "CERV-programmet"),
    "/samordna/installningar/documents": ("programmes", "https://example.org/a.pdf", "https://example.org/b.pdf"),
    "/samordna/kallor/cbss": ("name", "Östersjörådet", "Rådet"),
}
"""Address of a form -> a field, the value of the first to save and the value of the second."""


@pytest.fixture
def editor(coordinator, site, sample_rules):
    site._rules = changeable_rules(site, sample_rules)
    return coordinator


def files(site):
    """Return the text of the settings and of each file of rules."""
    return {path: path.read_text("utf-8") for path in [site.config.path, *sorted(site.config.rules_dir.rglob("*.toml"))]}


def changed_file(before, after):
    """Return the one file of `after` that differs."""
    (path,) = (path for path, text in after.items() if text != before[path])
    return path


def test_no_form_of_settings_is_missing_here(editor):
    index = editor.get("/samordna/installningar").text
    links = set(re.findall(r'href="(/samordna/[^"#?]+)"', index)) - {
        "/samordna/installningar",
        "/samordna/installningar/historik",
    }
    lists = {"/samordna/forvaltningar", "/samordna/program", "/samordna/kallor"}
    # Recipients stand in the archive; each is one button.
    assert links - lists - {"/samordna/mottagare"} == {path for path in FORMS if path.startswith("/samordna/installningar/")}
    assert lists <= links
    assert all(any(path.startswith(f"{address}/") for path in FORMS) for address in lists)


@pytest.mark.parametrize("path", FORMS)
def test_the_second_of_two_coordinators_sees_the_value_of_the_first(editor, site, path):
    name, theirs, mine = FORMS[path]
    seen = form_of(editor.get(path))
    before = files(site)
    assert send(editor, path, seen | {name: [theirs]}, "spara").status_code == 303
    saved = files(site)
    refused = send(editor, path, seen | {name: [mine]}, "spara")
    assert refused.status_code == 400
    assert f'id="fel-{name}" role="alert">Ändrades medan du skrev.' in refused.text
    assert form_of(refused)[name] == [mine], "typed values stay"
    assert files(site) == saved
    assert send(editor, path, form_of(refused), "spara").status_code == 303
    path_of_file = changed_file(saved, files(site))
    assert path_of_file == changed_file(before, saved)
    tomllib.loads(path_of_file.read_text("utf-8"))
    assert len(rows(site, "setting_changes")) == 2


@pytest.mark.parametrize("path", [path for path in FORMS if "/program/" not in path])  # they are written as departments are
def test_a_file_that_was_broken_by_hand_is_left_as_it_is(editor, site, path):
    name, theirs, mine = FORMS[path]
    before = files(site)
    seen = form_of(editor.get(path))
    assert send(editor, path, seen | {name: [theirs]}, "spara").status_code == 303
    file = changed_file(before, files(site))
    file.write_text(file.read_text("utf-8") + "\n[[[ ingen TOML\n", "utf-8")
    broken = files(site)
    answer = send(editor, path, seen | {name: [mine]}, "spara")
    assert answer.status_code in {400, 409}
    assert mine in answer.text, "typed values are there to copy"
    assert re.search(r"går inte att läsa|rad \d+|ingen giltig TOML|fel i", answer.text), answer.text
    assert files(site) == broken
