"""The rule lab: matching confirms the preview, only valid rules are saved, and every version can be restored."""

import json
import re
import shutil

import pytest

from monitor.archive import open_archive
from monitor.jobs.digest import build_digests
from monitor.jobs.match import match_archive
from monitor.matching.rules.load import load_rules
from monitor.web.framework import request
from monitor.web.views.rule_lab import preview
from monitor.web.views.theme_form import form_values, new_theme_text, write_form
from tests.web.conftest import changeable_rules, everything, rows
from tests.web.sample import NOW


@pytest.fixture
def own(site, sample_rules, coordinator):
    """Return the coordinator's client of a site with rules of its own, equal to the sample's."""
    site._rules = changeable_rules(site, sample_rules)
    return coordinator


def theme_text(site, theme="kultur"):
    return (site.config.rules_dir / "themes" / f"{theme}.toml").read_text("utf-8")


def with_word(text, word):
    return text.replace('words = ["', f'words = ["{word}", ', 1).replace(f'"{word}", ', f'"{word}", "', 1)


def matches(archive, department):
    return {tuple(row) for row in archive.db.execute("SELECT source, call_id FROM matches WHERE department = ?", [department])}


def test_the_preview_foretells_exactly_what_matching_does(site):
    text = theme_text(site) + '\n[[signal]]\nid = "prov"\nwords = ["cykelvägar"]\nweight = 5\n'
    text = text.replace('"bibliotek", ', "")
    with open_archive(site.config.archive) as archive:
        outcome = preview(archive.db, site.rules, "kultur", text, NOW)
        before = matches(archive, "kultur-fritid")
        (department,) = outcome.departments
        assert outcome.problems == []
        (site.config.rules_dir / "themes" / "kultur.toml").write_text(text, "utf-8")
        match_archive(archive, load_rules(site.config.rules_dir), NOW)
        after = matches(archive, "kultur-fritid")
    assert {item.key for item in department.gained} == after - before
    assert {item.key for item in department.lost} == before - after
    assert department.gained
    assert any(mark.found.casefold() == "cykelvägar" for mark in department.gained[0].marks)
    assert sum(count for _, count in department.weeks) == department.kept + len(department.gained) + department.elsewhere


def test_a_mail_written_again_with_the_same_rules_is_the_mail_that_was_sent(site):
    """Rewrite a mail although its calls have changed, been answered and been mailed again since."""
    with open_archive(site.config.archive) as archive:
        build_digests(site.config, archive, NOW, rules=site.rules)
        sent = list(archive.db.query("SELECT d.id, d.department, r.html FROM digests d JOIN renderings r ON r.digest = d.id"))
    assert {one["id"][5:8] for one in sent} == {"W20", "W21"}
    for one in sent:
        again = site.jobs.rewrite(site.rules, one["id"], ())
        assert (again.more, again.less) == ((), ()), one["id"]
        assert without_tokens(again.html) == without_tokens(one["html"]), one["id"]


def without_tokens(html):
    return re.sub(r"/(svar|s|avsluta)/[^\"'?<>\s]+", "", html)


def test_the_last_mail_is_shown_as_it_would_have_been_beside_what_was_sent(own, site):
    text = theme_text(site).replace('"bibliotek", ', "") + '\n[[signal]]\nid = "prov"\nwords = ["cykelvägar"]\nweight = 5\n'
    fields = {"text": text, "redigering": "text"}
    outcome = own.post("/regler/kultur/prova", fields, page="/regler/kultur").json()["outcome"]
    action = re.search(r'formaction="([^"]+/mejl/2026-W20-kultur-fritid)"', outcome)[1]
    before = everything(site)
    answer = own.post(action, fields, page="/regler/kultur")
    assert answer.status_code == 200
    assert "Som det skickades" in answer.text
    assert re.search(r"\d+ post(er)? till, \d+ bort", answer.text)
    frames = re.findall(r'<iframe class="mail" src="([^"]+)"[^>]* sandbox="allow-popups"', answer.text)
    assert frames[0] == "/utskick/2026-W20-kultur-fritid/mejl"
    sent, written = (own.get(frame) for frame in frames)
    assert written.headers["content-security-policy"] == sent.headers["content-security-policy"]
    assert "sandbox" in written.headers["content-security-policy"]
    assert "Cykelvägar och hållbara resor" in written.text
    assert "Cykelvägar och hållbara resor" not in sent.text
    assert "/svar/" not in written.text
    assert "/s/" not in written.text
    assert everything(site) == before, "nothing was stored"


def test_a_mail_that_is_not_there_or_a_text_that_is_no_theme_gives_words(own):
    fields = {"text": "[theme", "redigering": "text"}
    answer = own.post("/regler/kultur/mejl/2026-W20-kultur-fritid", fields, page="/regler/kultur")
    assert (answer.status_code, "går inte att läsa" in answer.text) == (400, True)
    assert own.post("/regler/kultur/mejl/2026-W01-kultur-fritid", page="/regler/kultur").status_code == 404
    assert own.get(f"/regler/-/mejl/{'0' * 24}").status_code == 404


def test_a_draft_is_tried_though_it_sends_nothing(site):
    with open_archive(site.config.archive) as archive:
        outcome = preview(archive.db, site.rules, "nytt", new_theme_text(["cykelvägar"], ["kultur-fritid"]), NOW)
    assert [one.id for one in outcome.departments] == ["kultur-fritid"]
    assert outcome.problems, "a new theme needs examples"
    assert outcome.touched


@pytest.mark.parametrize(
    "text",
    [
        *(
            "[" * 3_000,
            "a = " + "[" * 3_000,
            "a = " + "{b=" * 3_000,
            ".".join("a" * 40_000) + " = 1",
            "[" + ".".join("a" * 40_000) + "]",
        ),
        *("", "x", "[theme]", '[theme]\nid = "kultur"', '[[signal]]\nwords = ["*"]', "[theme]\nid = 1\n[[signal]]\nid = 2"),
    ],
)
def test_a_text_that_is_no_theme_gives_words_and_no_error(own, text):
    answer = own.post("/regler/kultur/prova", {"text": text or " ", "redigering": "text"}, page="/regler/kultur")
    assert answer.status_code == 200
    assert "att rätta" in answer.json()["outcome"]


def test_each_edit_brings_form_and_text_in_line(own, site):
    text = theme_text(site).replace('title = "Kultur, bibliotek och kulturarv"', 'title = "Kultur & bibliotek"')
    document = own.post("/regler/kultur/prova", {"text": text, "redigering": "text"}, page="/regler/kultur").json()
    assert 'value="Kultur &amp; bibliotek"' in document["form"]
    assert document["text"] is None
    fields = {
        "text": text,
        "redigering": "form",
        "titel": "Bara kultur",
        "kort": "Kultur",
        "avdelning": "kultur-fritid",
        "omrade": "extern-finansiering",
    }
    document = own.post("/regler/kultur/prova", fields, page="/regler/kultur").json()
    assert 'title = "Bara kultur"' in document["text"]
    assert 'short = "Kultur"' in document["text"]
    assert document["form"] is None
    assert json.dumps(document)


def test_a_short_title_that_is_emptied_in_the_form_is_taken_away(site):
    text = theme_text(site)
    assert 'short = "Kultur och bibliotek"' in text
    form = {"titel": "Kultur", "kort": " "}
    assert "short" not in write_form(text, form, {}).partition("[[signal]]")[0]
    without = text.replace('short = "Kultur och bibliotek"\n', "")
    assert "short" not in write_form(without, {"titel": "Kultur"}, {}).partition("[[signal]]")[0]


def test_only_what_passes_the_check_is_saved(own, site):
    before = theme_text(site)
    broken = before.replace('departments = ["kultur-fritid"]', 'departments = ["kultur-fritidd"]')
    answer = own.post("/regler/kultur/spara", {"text": broken, "redigering": "text"}, page="/regler/kultur")
    assert answer.status_code == 400
    assert "kultur-fritidd" in answer.text
    assert theme_text(site) == before
    assert rows(site, "theme_versions") == []
    assert site.jobs.rematched == 0


def test_saving_keeps_the_old_text_and_it_can_be_taken_back(own, site):
    before = theme_text(site)
    after = before + "\n# En rad till.\n"
    answer = own.post("/regler/kultur/spara", {"text": after, "redigering": "text", "not": "Prov"}, page="/regler/kultur")
    assert answer.headers["location"] == "/regler/kultur?klart=sparat"
    assert theme_text(site) == after
    assert site.jobs.rematched == 1
    saved = own.get(answer.headers["location"]).text
    assert 'src="/samordna/urval?sida=/regler/kultur"' in saved
    assert "/samordna/urval" not in own.get("/regler/kultur").text
    page = own.get("/regler/kultur/versioner").text
    assert "<ins>+ # En rad till.</ins>" in page
    assert "Prov" in page
    own.post("/regler/kultur/spara", {"text": before, "not": "Tillbaka"}, page="/regler/kultur/versioner")
    assert theme_text(site) == before
    assert [row[4] for row in rows(site, "theme_versions")] == ["Så såg filen ut före ändringen.", "Prov", "Tillbaka"]


def test_the_page_says_when_the_selection_is_counted_anew(own, site):
    def shown(state):
        site.jobs.matching_state = state
        return own.get("/samordna/urval?sida=/regler/kultur")

    running = shown("running")
    assert running.headers["refresh"] == "2"
    assert "Urvalet räknas om." in running.text
    done = shown("done")
    assert "refresh" not in done.headers
    assert "Urvalet är omräknat." in done.text
    assert '<a href="/regler/kultur" target="_top">' in done.text
    assert "kunde inte räknas om" in shown("failed").text
    elsewhere = own.get("/samordna/urval?sida=//annan.example.se/").text
    assert "annan.example.se" not in elsewhere


def test_a_file_changed_by_hand_meanwhile_is_shown_and_not_overwritten(own, site):
    before = theme_text(site)
    fields = {"text": before + "\n# Från sidan.\n", "redigering": "text"}
    seen = re.search(r'name="sett" value="(\w+)"', own.get("/regler/kultur").text)[1]
    by_hand = before + "\n# För hand.\n"
    (site.config.rules_dir / "themes" / "kultur.toml").write_text(by_hand, "utf-8")
    refused = own.post("/regler/kultur/spara", {**fields, "sett": seen}, page="/regler/kultur")
    assert refused.status_code == 400
    assert "<ins>+ # För hand.</ins>" in refused.text
    assert "# Från sidan." in refused.text
    assert theme_text(site) == by_hand
    assert rows(site, "theme_versions") == []
    seen = re.search(r'name="sett" value="(\w+)"', refused.text)[1]
    assert own.post("/regler/kultur/spara", {**fields, "sett": seen}, page="/regler/kultur").status_code == 303
    assert theme_text(site) == fields["text"]
    assert [row[5] for row in rows(site, "theme_versions")] == [by_hand, fields["text"]]


def test_a_new_theme_is_saved_under_the_id_in_its_text(own, site):
    text = (
        new_theme_text(["cykelvägar", "gång- och cykelvägar"], ["kultur-fritid"])
        .replace("nytt-tema", "cyklar")
        .replace("weight = 4", "weight = 6")
    )
    for number in range(3):
        text += f'\n[[example]]\ntitle = "Stöd till cykelvägar {number}"\nmatch = true\n'
    for number in range(2):
        text += f'\n[[example]]\ntitle = "Stöd till kulturarv {number}"\nmatch = false\n'
    answer = own.post("/regler/nytt/spara", {"text": text, "redigering": "text"}, page="/regler/nytt?ord=cykelvägar")
    assert answer.headers.get("location") == "/regler/cyklar?klart=sparat", answer.text
    assert own.get("/regler/cyklar").status_code == 200
    again = own.post("/regler/nytt/spara", {"text": text, "redigering": "text"}, page="/regler/nytt")
    assert again.status_code == 400
    assert "eget id" in again.text


@pytest.mark.parametrize("name", ["../departments", "Kultur", "a b", "nytt", ""])
def test_a_theme_never_leaves_its_folder(own, site, name):
    text = new_theme_text(["cykelvägar"], ["kultur-fritid"]).replace("nytt-tema", name)
    before = sorted(path.name for path in site.config.rules_dir.rglob("*"))
    assert own.post("/regler/nytt/spara", {"text": text, "redigering": "text"}, page="/regler/nytt").status_code == 400
    assert sorted(path.name for path in site.config.rules_dir.rglob("*")) == before


def test_shipped_rules_are_tried_but_not_changed(own, site):
    shutil.copytree(site.config.rules_dir, site.config.data_dir / "shipped")
    site.config = site.config.model_copy(update={"rules": site.config.rules.model_copy(update={"dir": ""})})
    answer = own.post("/regler/kultur/spara", {"text": "x", "redigering": "text"}, page="/regler/kultur")
    assert answer.status_code == 400
    assert "Sidan Regler säger hur" in answer.text
    for page in ("/regler", "/regler/kultur"):
        html = own.get(page).text
        assert f"<code>{site.config.rules_dir}</code>" in html
        assert f"<code>{site.config.path.parent / 'rules'}</code>" in html
        assert "monitor init MAPP" in html
    assert "disabled" in own.get("/regler/kultur").text


def test_an_untouched_form_leaves_the_text_as_it_is(site):
    for theme in ("kultur", "unga", "natur"):
        text = theme_text(site, theme)
        values = form_values(text)
        form = {
            "titel": values["title"],
            "kort": values["short"],
            "lage": values["state"],
            "signal-antal": str(len(values["signals"]) + 1),
            "veto-antal": str(len(values["vetoes"]) + 1),
        }
        many = {
            "avdelning": values["departments"],
            "omrade": values["strategy"],
            "mal": values["goals"],
            "globalt": values["sdgs"],
        }
        for prefix, conditions in (("signal", values["signals"]), ("veto", values["vetoes"])):
            for place, one in enumerate(conditions):
                form |= {
                    f"{prefix}-{place}-{name}": str(one[key])
                    for name, key in (
                        ("id", "id"),
                        ("ord", "words"),
                        ("begrepp", "concepts"),
                        ("kraver", "needs"),
                        ("program", "programme"),
                        ("vikt", "weight"),
                    )
                }
                form[f"{prefix}-{place}-var-visas"] = "1"
                many[f"{prefix}-{place}-var"] = one["zones"]
        assert write_form(text, form, many) == text


def test_a_large_archive_gives_the_page_at_once_and_its_numbers_when_asked(own, site, monkeypatch):
    monkeypatch.setattr(request, "_LARGE_ARCHIVE", 1)
    begun = []
    monkeypatch.setattr(site._kept, "_start", begun.append)
    page = own.get("/regler/kultur").text
    assert "data-pending" in page
    assert "som förut" not in page
    begun[0]()
    assert re.search(r"\d+ som förut", own.get("/regler/kultur").text)
    tried = own.post("/regler/nytt/prova", {"text": theme_text(site), "redigering": "text"}, page="/regler/kultur")
    assert "data-pending" not in tried.json()["outcome"]


def test_the_numbers_of_the_text_in_force_are_those_of_the_same_text_tried(own, site):
    shown = own.get("/regler/kultur").text
    tried = own.post("/regler/kultur/prova", {"text": theme_text(site), "redigering": "text"}, page="/regler/kultur").json()
    said = re.search(r'id="utfall-kort">(.*?)</p>', tried["outcome"])[1]
    assert said in shown
    assert "som förut" in said
