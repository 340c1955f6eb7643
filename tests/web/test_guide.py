"""The guide of the first day: who may open it, what it derives its state from, and how its forms answer."""

import re
import stat

import pytest

from monitor.archive import open_archive
from monitor.archive.trials import FAILED, WELL, begin_trial, end_trial
from monitor.config import load_config
from monitor.jobs.doctor import check_addresses
from monitor.jobs.guide import MAIL, find_obstacles, guide_state, mail_setting
from monitor.jobs.init import make_installation
from monitor.web.framework.auth import password_file
from monitor.web.framework.request import Site
from tests.web.conftest import Browser, FakeJobs, changeable_rules, token
from tests.web.sample import NOW

PASSWORD = "ett långt lösenord"


@pytest.fixture
def fresh(tmp_path, sample_rules):
    """Yield the site of an installation as `init` makes it."""
    make_installation(tmp_path / "eu")
    config = load_config(tmp_path / "eu" / "monitor.toml")
    with open_archive(config.archive):
        pass
    site = Site(config, lambda: NOW, FakeJobs(config))
    site._rules = changeable_rules(site, sample_rules)
    yield site
    site.archive.close()


@pytest.fixture
def visitor(fresh):
    browser = Browser(fresh)
    yield browser
    browser.close()


@pytest.fixture
def started(visitor, fresh):
    """Return the browser of a coordinator who has just set the password."""
    answer = first_password(visitor, fresh.sessions.offer_code())
    assert answer.headers["location"] == "/kom-igang?klart=losenord"
    return visitor


def first_password(browser, code, password=PASSWORD, again=None, **more):
    values = {"kod": code, "losen": password, "losen2": password if again is None else again}
    return browser.post("/kom-igang/losenord", values, page="/kom-igang", **more)


def done(site):
    rules = site.rules
    config = load_config(site.config.path)
    with open_archive(config.archive) as archive:
        state = guide_state(config, archive, rules, has_password=site.sessions.has_password, running="")
    return {step.id: step.done for step in state.steps}


def save(browser, step, **values):
    return browser.post(f"/kom-igang/{step}", values, page="/kom-igang")


MUNICIPALITY = {"namn": "Eksjö kommun", "kontakt": "eu@eksjo.se", "adress": "https://eu.eksjo.se"}
SERVER = {
    "satt": "smtp",
    "server": "smtp.eksjo.se",
    "port": "587",
    "sakerhet": "starttls",
    "anvandare": "eu",
    "mejllosen": "hemligt-ord",
    "avsandarnamn": "EU-bevakningen",
    "avsandare": "eu@eksjo.se",
}


# Before there is a password.


def test_a_fresh_installation_opens_the_guide(visitor, fresh):
    code = fresh.sessions.offer_code()
    assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}", code)
    assert visitor.get("/").headers["location"] == "/kom-igang"
    page = visitor.get("/kom-igang")
    assert page.status_code == 200
    assert code not in page.text


def test_without_the_code_of_the_terminal_there_is_no_guide(visitor, fresh):
    assert visitor.get("/kom-igang").status_code == 403
    assert visitor.get("/").status_code == 200


@pytest.mark.parametrize(
    ("client", "headers"),
    [
        (("10.0.0.7", 1), {}),
        (("127.0.0.1", 1), {"x-forwarded-for": "10.0.0.7"}),
        (("127.0.0.1", 1), {"forwarded": "for=10.0.0.7"}),
        (("127.0.0.1", 1), {"host": "angripare.example.org:8001"}),
    ],
)
def test_it_answers_nobody_on_another_machine(fresh, client, headers):
    code = fresh.sessions.offer_code()
    own = Browser(fresh)
    known = token(own.get("/kom-igang").text)
    other = Browser(fresh, client=client)
    other._client.cookies.update(own.cookies)
    assert other.get("/kom-igang", headers=headers).status_code == 403
    values = {"kod": code, "losen": PASSWORD, "losen2": PASSWORD, "csrftoken": known}
    assert other.request("POST", "/kom-igang/losenord", data=values, headers=headers).status_code == 403
    assert not password_file(fresh.config.data_dir).exists()
    own.close()
    other.close()


def test_wrong_words_are_answered_beside_their_fields_and_the_code_stays(visitor, fresh):
    code = fresh.sessions.offer_code()
    for answer, sentence in (
        (first_password(visitor, "AAAA-AAAA"), "Koden stämmer inte."),
        (first_password(visitor, code, "kort"), "minst 12 tecken"),
        (first_password(visitor, code, again="ett annat lösenord"), "De två lösenorden är inte lika."),
    ):
        assert answer.status_code == 400
        assert sentence in answer.text
        assert PASSWORD not in answer.text
    assert not fresh.sessions.has_password
    assert first_password(visitor, code.lower().replace("-", " ")).status_code == 303
    assert fresh.sessions.has_password


def test_the_code_is_good_for_one_password(started, fresh):
    other = Browser(fresh)
    page = other.get("/logga-in")
    values = {"kod": "", "losen": "ett annat lösenord", "losen2": "ett annat lösenord", "csrftoken": token(page.text)}
    assert other.request("POST", "/kom-igang/losenord", data=values).status_code == 403
    assert other.get("/kom-igang").headers["location"] == "/logga-in?till=/kom-igang"
    assert fresh.sessions.offer_code() == ""
    other.close()


def test_guesses_of_the_code_make_the_next_ones_wait(visitor, fresh):
    fresh.sessions.offer_code()
    for _ in range(5):
        first_password(visitor, "AAAA-AAAA")
    assert fresh.sessions.throttle.wait_seconds("address 127.0.0.1") >= 1


# The steps.


def test_what_is_done_follows_from_settings_and_archive(started, fresh):
    assert done(fresh) == {
        "losenord": True,
        "kommun": False,
        "forvaltningar": False,
        "mottagare": False,
        "mejl": False,
        "kallor": False,
        "lasning": False,
        "forhandsvisning": False,
        "igang": False,
    }
    assert save(started, "kommun", **MUNICIPALITY).status_code == 303
    assert save(started, "forvaltningar", forvaltning="kultur-fritid").status_code == 303
    assert save(started, "mottagare", epost="kultur@eksjo.se", forvaltning="kultur-fritid").status_code == 303
    assert done(fresh)["forvaltningar"]
    assert not done(fresh)["mottagare"]
    assert save(started, "mottagare", gor="ta-bort", mottagare="kultur-fritid/kultur@example.se").status_code == 303
    assert save(started, "mejl", **SERVER).status_code == 303
    config = load_config(fresh.config.path)
    with open_archive(config.archive) as archive:
        begin_trial(archive.db, MAIL, mail_setting(config), NOW)
        end_trial(archive.db, MAIL, WELL, "", NOW)
    assert [step for step, well in done(fresh).items() if well] == ["losenord", "kommun", "forvaltningar", "mottagare", "mejl"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Anna Ek <anna@eksjo.se>", "anna@eksjo.se"),
        ('"Ek, Bo" <bo@eksjo.se>;', "bo@eksjo.se"),
        ("<cia@eksjo.se>", "cia@eksjo.se"),
        (" eu@xn--vxj-qla6g.se ", "eu@växjö.se"),
        ("eu@växjö.se", "eu@växjö.se"),
    ],
)
def test_a_recipient_is_taken_as_it_was_pasted_and_once(started, typed, kept):
    assert save(started, "mottagare", epost=typed, forvaltning="kultur-fritid").status_code == 303
    assert f"{kept}, " in started.get("/kom-igang").text
    again = save(started, "mottagare", epost=typed, forvaltning="kultur-fritid")
    assert again.status_code == 400
    assert f"{kept} får redan mejlen för" in again.text


def test_what_is_left_of_the_recipients_is_the_example(started, fresh):
    save(started, "mottagare", epost="anna@eksjo.se", forvaltning="kultur-fritid")
    page = started.get("/kom-igang").text
    assert "1 mottagare. Kvar: ta bort exemplet kultur@example.se, som aldrig får något mejl." in page
    save(started, "mottagare", gor="ta-bort", mottagare="kultur-fritid/kultur@example.se")
    assert "Kvar: ta bort" not in started.get("/kom-igang").text


def test_settings_are_written_with_their_comments_and_the_password_is_kept_apart(started, fresh):
    save(started, "kommun", **MUNICIPALITY)
    save(started, "mejl", **SERVER)
    path = fresh.config.path
    text = path.read_text("utf-8")
    assert "# där arkivet nås i webbläsaren; länkarna i mejlen går hit" in text
    assert "hemligt-ord" not in text
    config = load_config(path)
    assert (config.municipality.name, config.mail.host, config.mail.port) == ("Eksjö kommun", "smtp.eksjo.se", 587)
    assert config.mail.sender == "EU-bevakningen <eu@eksjo.se>"
    secret = fresh.config.data_dir / "smtp-password"
    assert config.mail.password_file == str(secret)
    assert secret.read_text() == "hemligt-ord"
    assert stat.S_IMODE(secret.stat().st_mode) == stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "hemligt-ord" not in started.get("/kom-igang").text
    save(started, "mejl", **{**SERVER, "mejllosen": ""})
    assert secret.read_text() == "hemligt-ord"


def test_a_test_mail_counts_for_the_server_it_was_sent_by(started, fresh):
    save(started, "mejl", **SERVER)
    config = load_config(fresh.config.path)
    with open_archive(config.archive) as archive:
        begin_trial(archive.db, MAIL, mail_setting(config), NOW)
        end_trial(archive.db, MAIL, WELL, "", NOW)
    assert done(fresh)["mejl"]
    save(started, "mejl", **{**SERVER, "server": "smtp2.eksjo.se"})
    assert not done(fresh)["mejl"]


def test_work_that_the_end_of_the_program_broke_off_can_be_begun_again(started, fresh):
    source = next(source for source in fresh.config.sources if source.enabled)
    with open_archive(fresh.config.archive) as archive:
        begin_trial(archive.db, f"source:{source.id}", source.url, NOW)
    assert "Avbröts innan det var klart." in started.get("/kom-igang").text
    assert save(started, "kallor").status_code == 303
    assert fresh.jobs.works == ["sources"]


def test_a_source_that_fails_is_named_with_its_reason(started, fresh):
    source = next(source for source in fresh.config.sources if source.enabled)
    with open_archive(fresh.config.archive) as archive:
        begin_trial(archive.db, f"source:{source.id}", source.url, NOW)
        end_trial(archive.db, f"source:{source.id}", FAILED, "Servern svarar inte.", NOW)
    page = started.get("/kom-igang").text
    assert "Servern svarar inte." in page
    assert "1 gick inte att läsa." in page


@pytest.mark.parametrize(
    ("step", "values", "sentence"),
    [
        ("kommun", {**MUNICIPALITY, "namn": " "}, "Skriv kommunens namn."),
        ("kommun", {**MUNICIPALITY, "kontakt": "eu"}, "Skriv en e-postadress"),
        ("kommun", {**MUNICIPALITY, "adress": "eu.eksjo.se"}, "Skriv en adress som börjar med https://"),
        ("mejl", {**SERVER, "port": "många"}, "Skriv ett tal mellan 1 och 65535"),
        ("mejl", {**SERVER, "server": "två ord"}, "Skriv mejlserverns namn"),
        ("mejl", {**SERVER, "avsandare": "eu@@"}, "Skriv en e-postadress"),
        ("mejl", {**SERVER, "avsandarnamn": "x>\r\nBcc: y"}, "utan &lt; och &gt;"),
        ("mottagare", {"epost": "kultur", "forvaltning": "kultur-fritid"}, "Skriv en e-postadress"),
        ("mottagare", {"epost": "kultur@eksjo.se", "forvaltning": "finns-inte"}, "Välj en förvaltning."),
        ("forvaltningar", {"forvaltning": "finns-inte"}, "Välj minst en."),
    ],
)
def test_wrong_input_changes_nothing_and_is_answered_beside_the_field(started, fresh, step, values, sentence):
    before = fresh.config.path.read_text("utf-8")
    answer = save(started, step, **values)
    assert answer.status_code == 400
    assert sentence.replace("&lt;", "<").replace("&gt;", ">") in answer.text or sentence in answer.text
    assert 'class="field-problem"' in answer.text
    typed = next((text for name, text in values.items() if name in ("kontakt", "server", "epost") and " " not in text), "")
    assert f'value="{typed}"' in answer.text
    assert fresh.config.path.read_text("utf-8") == before


def test_steps_are_the_coordinators_alone(visitor, fresh):
    fresh.sessions.offer_code()
    known = token(visitor.get("/kom-igang").text)
    for step in ("kommun", "mottagare", "mejl", "kallor", "lasning", "igang"):
        assert visitor.request("POST", f"/kom-igang/{step}", data={"csrftoken": known, **MUNICIPALITY}).status_code == 403
    assert fresh.jobs.works == []


def test_a_step_that_does_not_exist_is_not_found(started):
    assert save(started, "finns").status_code == 404


def test_doctor_and_the_guide_refuse_the_same_addresses(started, fresh):
    save(started, "mejl", **{**SERVER, "avsandare": "eu@example.se", "mejllosen": ""})
    config = load_config(fresh.config.path)
    found = [finding.text for finding in check_addresses(config) if not finding.well]
    assert len(found) == 2
    with open_archive(config.archive) as archive:
        obstacles = [text for text, _ in find_obstacles(config, archive.db)]
    assert [text for text in obstacles if text in found] == found
    page = started.get("/kom-igang").text
    assert "Installationen är inte klar för riktiga mottagare" in page


def test_progress_is_asked_for_again_only_while_something_runs(started):
    answer = started.get("/kom-igang/lage")
    assert "refresh" not in answer.headers
    assert "Klart." in answer.text
