"""Settings in the browser: present values, check and review before saving, history with undo, and values changed meanwhile."""

import html
import re
import tomllib

import pytest

from monitor.config import load_config
from tests.web.conftest import changeable_rules, rows

SCHEDULE = "/samordna/installningar/schedule"
HISTORY = "/samordna/installningar/historik"


def file_of(site):
    return site.config.path


def form_of(answer):
    """Return the values that a browser would post from the first form of settings on a page."""
    found = re.search(r'<form method="post" action="[^"]*" class="stack narrow settings">(.*?)</form>', answer.text, re.DOTALL)[1]
    values = {}
    for tag in re.findall(r"<input[^>]*>", found):
        name, value = (re.search(rf'{key}="([^"]*)"', tag) for key in ("name", "value"))
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            values.setdefault(html.unescape(name[1]), []).append(html.unescape(value[1]) if value else "")
    for name, inner in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', found, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)" selected', inner) or re.findall(r'<option value="([^"]*)"', inner)
        values[name] = [html.unescape(chosen[0])]
    for name, inner in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', found, re.DOTALL):
        values[name] = [html.unescape(inner)]
    return values


def send(browser, path, values, action):
    return browser.post(path, {**values, "gor": action})


def change(browser, path, **new):
    """Fill a form in, review it and save it; return the two answers."""
    values = form_of(browser.get(path)) | {name: value if isinstance(value, list) else [value] for name, value in new.items()}
    reviewed = send(browser, path, values, "granska")
    return reviewed, send(browser, path, values, "spara")


@pytest.mark.parametrize("table", ["municipality", "digest", "money", "subscription", "documents", "schedule", "keep"])
def test_a_form_that_is_sent_back_as_it_came_changes_nothing(coordinator, site, table):
    before = file_of(site).read_bytes()
    path = f"/samordna/installningar/{table}"
    values = form_of(coordinator.get(path))
    assert "Inget är ändrat." in send(coordinator, path, values, "granska").text
    assert "Inget är ändrat." in send(coordinator, path, values, "spara").text
    assert file_of(site).read_bytes() == before
    assert rows(site, "setting_changes") == []


def test_a_change_is_reviewed_in_words_then_saved_and_undone(coordinator, site):
    before = file_of(site).read_text("utf-8")
    reviewed, saved = change(coordinator, SCHEDULE, crawl="06:10", **{"digest": "tue", "digest.tid": "08:30"}, note=[""])
    words = re.sub(r"<[^>]+>", "", reviewed.text)
    assert "kl. 05.30 blir kl. 06.10" in words
    assert "måndag kl. 07.00 blir tisdag kl. 08.30" in words
    assert "Gäller från nästa gång." in words
    assert saved.status_code == 303
    config = load_config(file_of(site))
    assert (config.schedule.crawl, config.schedule.digest, config.schedule.note) == ("06:10", "tue 08:30", "")
    assert site.config.schedule.crawl == "06:10", "the pages have it at once"
    history = coordinator.get(HISTORY).text
    assert "samordnaren" in history
    assert "Tider, källorna läses" in history
    assert "kl. 05.30 blir kl. 06.10" in re.sub(r"<[^>]+>", "", history), "the default, though the file had no such key"
    undone = coordinator.post(HISTORY, {"andring": rows(site, "setting_changes")[0][0]}, page=HISTORY)
    assert undone.status_code == 303
    assert load_config(file_of(site)).schedule == load_config(file_of(site)).schedule.__class__()
    assert tomllib.loads(file_of(site).read_text("utf-8")).get("schedule", {}) == {}
    assert file_of(site).read_text("utf-8").startswith(before.rstrip("\n"))
    assert "Ångrar ändringen" in coordinator.get(HISTORY).text


@pytest.fixture
def editor(coordinator, site, sample_rules):
    """Return the coordinator's browser on a site that reads its rules again after a change."""
    site._rules = changeable_rules(site, sample_rules)
    return coordinator


def test_a_threshold_shows_the_calls_it_moves_before_it_is_saved(editor, site):
    path = "/samordna/forvaltningar/kultur-fritid"
    file = site.config.rules_dir / "departments.toml"
    before = file.read_text("utf-8")
    reviewed, saved = change(editor, path, threshold="17,5")
    words = re.sub(r"<[^>]+>", "", reviewed.text)
    assert "6 blir 17,5" in words
    assert int(re.search(r"Kultur- och fritidsförvaltningen: 0 till, (\d+) bort", words)[1]) > 0
    assert saved.status_code == 303
    after = file.read_text("utf-8")
    changed = [(old, new) for old, new in zip(before.splitlines(), after.splitlines(), strict=True) if old != new]
    assert changed == [("threshold = 6.0", "threshold = 17.5")]
    assert site.rules.departments["kultur-fritid"].threshold == 17.5
    assert site.jobs.rematched == 1


def test_a_department_that_gets_too_much_may_want_more_points_than_the_examples_of_its_themes_have(editor, site):
    reviewed, saved = change(editor, "/samordna/forvaltningar/kultur-fritid", threshold="7")
    assert re.search(r"Kultur- och fritidsförvaltningen: 0 till, \d+ bort", re.sub(r"<[^>]+>", "", reviewed.text))
    assert saved.status_code == 303
    assert site.rules.departments["kultur-fritid"].threshold == 7


def test_a_threshold_that_a_theme_can_never_reach_is_refused_and_says_which(editor, site):
    reviewed, saved = change(editor, "/samordna/forvaltningar/kultur-fritid", threshold="99")
    assert reviewed.status_code == saved.status_code == 400
    words = html.unescape(saved.text)
    assert "signalerna kan aldrig nå" in words
    assert "Välj en lägre tröskel" in words
    assert form_of(saved)["threshold"] == ["99"]
    assert site.rules.departments["kultur-fritid"].threshold == 6


def test_a_programme_gets_another_contact_and_share(editor, site):
    _, saved = change(
        editor, "/samordna/program/life", **{"own_share": "Ni betalar 35 procent.", "contact.email": "life@example.se"}
    )
    assert saved.status_code == 303
    programme = site.rules.programmes["life"]
    assert programme.own_share == "Ni betalar 35 procent."
    assert programme.contact.email == "life@example.se"
    assert programme.contact.url == "https://www.naturvardsverket.se/bidrag/life/"
    reviewed, _ = change(editor, "/samordna/program/life", own_share="35 procent")
    assert "Skriv en mening med ordet betalar" in reviewed.text
    assert 'id="fel-own_share"' in reviewed.text


def test_a_contact_is_added_and_taken_away_as_a_whole(editor, site):
    file = site.config.rules_dir / "programmes.toml"
    text = file.read_text("utf-8")
    contact = text[text.index("[programme.contact]") : text.index("[[programme]]", text.index("[programme.contact]"))]
    file.write_text(text.replace(contact, "", 1), "utf-8")
    site.rules_changed()
    programme = next(one for one in site.rules.programmes.values() if one.contact is None)
    path = f"/samordna/program/{programme.id}"
    reviewed, _ = change(editor, path, **{"contact.name": "Vinnova"})
    assert reviewed.status_code == 400, "a contact has an address"
    assert 'id="fel-contact-url"' in reviewed.text
    change(editor, path, **{"contact.name": "Vinnova", "contact.url": "https://www.vinnova.se/"})
    assert site.rules.programmes[programme.id].contact.name == "Vinnova"
    change(editor, path, **{"contact.name": "", "contact.url": ""})
    assert site.rules.programmes[programme.id] == programme


def test_a_new_department_waits_until_a_theme_names_it(editor, site):
    path = "/samordna/forvaltningar/ny"
    reviewed, saved = change(editor, path, name="Överförmyndaren", threshold="7,5")
    assert "inget blir Överförmyndaren" in re.sub(r"<[^>]+>", "", reviewed.text)
    assert saved.headers["location"] == "/samordna/forvaltningar?klart=sparat"
    department = site.rules.departments["overformyndaren"]
    assert (department.name, department.threshold, department.enabled) == ("Överförmyndaren", 7.5, False)
    switched, _ = change(editor, "/samordna/forvaltningar/overformyndaren", enabled="ja")
    assert "inget tema nämner den" in switched.text


def test_shipped_rules_are_shown_and_refused(coordinator, site):
    site.config = site.config.model_copy(update={"rules": site.config.rules.model_copy(update={"dir": ""})})
    site.jobs.config = site.config
    assert "monitor init" in coordinator.get("/samordna/forvaltningar").text
    answer = coordinator.get("/samordna/forvaltningar/kultur-fritid")
    assert answer.status_code == 409
    assert "följer med EU-bevakningen" in answer.text


def test_wrong_input_stands_beside_its_field_and_nothing_typed_is_lost(coordinator, site):
    before = file_of(site).read_bytes()
    reviewed, saved = change(
        coordinator, "/samordna/installningar/digest", welcome="många", news_days="900", preview="ingen adress", per_source="7"
    )
    for answer in (reviewed, saved):
        assert answer.status_code == 400
        assert "3 rutor behöver" in html.unescape(answer.text).replace("\u00a0", " ")
        for name, problem in (
            ("welcome", "Skriv ett heltal, inte ”många”."),
            ("news_days", "Skriv högst 365."),
            ("preview", "Skriv en adress som namn@kommunen.se."),
        ):
            assert f'id="fel-{name}" role="alert">{problem}<' in answer.text
            assert re.search(rf'name="{name}"[^>]*aria-describedby="fel-{name}', answer.text)
        assert form_of(answer)["welcome"] == ["många"]
        assert form_of(answer)["per_source"] == ["7"]
    assert file_of(site).read_bytes() == before


def test_what_another_changed_meanwhile_is_shown_and_not_overwritten(coordinator, site):
    mine = form_of(coordinator.get(SCHEDULE)) | {"crawl": ["06:00"]}
    with file_of(site).open("a", encoding="utf-8") as file:
        file.write('\n[schedule]\ncrawl = "04:15" # av it\nbackup = "01:00"\n')
    answer = send(coordinator, SCHEDULE, mine, "spara")
    assert answer.status_code == 400
    assert "Nu gäller: kl. 04.15." in answer.text
    assert form_of(answer)["crawl"] == ["06:00"]
    assert form_of(answer)["backup"] == ["01:00"], "what the person did not touch is as the file has it now"
    assert load_config(file_of(site)).schedule.crawl == "04:15"
    assert send(coordinator, SCHEDULE, form_of(answer), "spara").status_code == 303
    schedule = load_config(file_of(site)).schedule
    assert (schedule.crawl, schedule.backup) == ("06:00", "01:00")
    assert "# av it" in file_of(site).read_text("utf-8")


def test_two_coordinators_who_change_different_fields_both_get_theirs(coordinator, site):
    one = form_of(coordinator.get(SCHEDULE)) | {"crawl": ["06:00"]}
    other = form_of(coordinator.get(SCHEDULE)) | {"longest": ["90"]}
    assert send(coordinator, SCHEDULE, one, "spara").status_code == 303
    assert send(coordinator, SCHEDULE, other, "spara").status_code == 303
    schedule = load_config(file_of(site)).schedule
    assert (schedule.crawl, schedule.longest) == ("06:00", 90)


def test_a_file_that_was_broken_by_hand_is_left_alone(coordinator, site):
    values = form_of(coordinator.get(SCHEDULE)) | {"crawl": ["06:00"]}
    file_of(site).write_text("[schedule\n", "utf-8")
    answer = send(coordinator, SCHEDULE, values, "spara")
    assert answer.status_code == 409
    assert "går inte att läsa som den ligger nu" in answer.text
    assert "06:00" in answer.text, "what was typed is still there to copy"
    assert file_of(site).read_text("utf-8") == "[schedule\n"
    assert "går inte att läsa som de ligger nu" in coordinator.get("/samordna/installningar").text


def test_a_change_that_was_changed_again_is_not_undone(coordinator, site):
    change(coordinator, SCHEDULE, crawl="06:00")
    change(coordinator, SCHEDULE, crawl="07:00")
    page = coordinator.get(HISTORY).text
    assert "Värdet har ändrats sedan dess." in page
    first = rows(site, "setting_changes")[0][0]
    answer = coordinator.post(HISTORY, {"andring": first}, page=HISTORY)
    assert answer.status_code == 400
    assert "går inte att ångra" in answer.text
    assert load_config(file_of(site)).schedule.crawl == "07:00"


def test_a_session_that_ended_loses_nothing_that_was_saved(coordinator, site):
    values = form_of(coordinator.get(SCHEDULE)) | {"crawl": ["06:00"]}
    coordinator.post("/logga-ut", page=SCHEDULE)
    before = file_of(site).read_bytes()
    answer = coordinator.post(SCHEDULE, {**values, "gor": "spara"}, page="/logga-in")
    assert answer.status_code == 403
    assert "Logga in" in answer.text
    assert file_of(site).read_bytes() == before


def test_passwords_and_the_mail_server_are_on_no_page(coordinator, site):
    text = file_of(site).read_text("utf-8").replace('transport = "files"', 'transport = "files"\nusername = "hemlig-anvandare"')
    file_of(site).write_text(text, "utf-8")
    for path in ("/samordna/installningar", "/samordna/installningar/municipality", HISTORY):
        assert "hemlig-anvandare" not in coordinator.get(path).text
    for table in ("mail", "web", "network", "rules", "recipient", "data_dir", "finns-inte"):
        assert coordinator.get(f"/samordna/installningar/{table}").status_code == 404
