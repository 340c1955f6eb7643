"""The coordinator's changes: withheld and added calls, lines, corrections, stories, answers; each checked in the next mails."""

from datetime import timedelta

import pytest

from monitor.archive import open_archive
from monitor.archive.digests import mail_body
from monitor.archive.outbox import stop_recipient
from monitor.jobs.digest import build_digests, build_previews
from monitor.web.search_index import search_index_of
from tests.web.conftest import BASE, page_of, rows, token
from tests.web.sample import NOW


def build(site):
    """Build the week's mails and return the text of the mail to the department of culture."""
    with open_archive(site.config.archive) as archive:
        report = build_digests(site.config, archive, NOW + timedelta(minutes=1), rules=site.rules)
        assert {one.state for one in report.digests} <= {"waiting", "no-recipient", "silent"}
        body = mail_body(archive.db, "2026-W21-kultur-fritid", "sv")
        items = archive.db.execute("SELECT DISTINCT source, call_id FROM digest_items WHERE digest = '2026-W21-kultur-fritid'")
        return body.rendering.text, {tuple(row) for row in items}


def planned(site):
    return {
        item.key: item for plan in site.jobs.planned(site.rules, NOW) if plan.department == "kultur-fritid" for item in plan.items
    }


def test_the_desk_shows_what_will_go_to_whom_and_the_mail_keeps_to_it(coordinator, site):
    html = coordinator.get("/samordna").text
    assert "Kultur- och fritidsförvaltningen: " in html
    wanted = set(planned(site))
    assert wanted
    _, told = build(site)
    assert told == wanted


def test_the_coordinators_copy_of_a_mail_is_named_wherever_mails_are_listed(coordinator, site):
    preview = site.config.digest.model_copy(update={"preview": "eu@example.se"})
    with open_archive(site.config.archive) as archive:
        build_previews(site.config.model_copy(update={"digest": preview}), archive, NOW, rules=site.rules)
    pages = [coordinator.get(path) for path in ("/samordna", "/samordna/utkorg", "/utskick/2026-W21-kultur-fritid-preview")]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert all("Förhandsvisning" in page.text for page in pages)


def test_what_is_held_back_is_not_told_until_it_is_let_go(coordinator, site):
    key = next(key for key, item in planned(site).items() if not item.told)
    path = f"/utlysning/{key[0]}/{key[1]}"
    answer = coordinator.post(
        f"{path}/styr", {"forvaltning": "kultur-fritid", "val": "hold", "tillbaka": "samordna"}, page="/samordna"
    )
    assert answer.headers["location"] == "/samordna?klart=styrt"
    assert key not in planned(site)
    assert "Hålls tillbaka" in coordinator.get("/samordna").text
    _, told = build(site)
    assert key not in told
    coordinator.post(f"{path}/styr", {"forvaltning": "kultur-fritid", "val": ""}, page=path)
    assert key in planned(site)


def test_a_change_of_what_was_told_is_a_promise_though_held_back_and_a_reminder_is_not(coordinator, site):
    def items():
        plans = site.jobs.planned(site.rules, NOW)
        return {(plan.department, item.section, item.key) for plan in plans for item in plan.items if item.told}

    before = items()
    assert {section for _, section, _ in before} == {"changed", "closing"}
    for department, _, key in before:
        path = f"/utlysning/{key[0]}/{key[1]}"
        coordinator.post(f"{path}/styr", {"forvaltning": department, "val": "hold"}, page=path)
    assert items() == {one for one in before if one[1] == "changed"}


def test_what_is_added_is_told_though_no_rule_asks_for_it(coordinator, site):
    key = next((one[0], one[1]) for one in rows(site, "calls") if one[5] == "open" and "Energi" in one[6])
    assert key not in planned(site)
    answer = coordinator.post(
        "/samordna/lagg-till", {"forvaltning": "kultur-fritid", "utlysning": "/".join(key)}, page="/samordna"
    )
    assert answer.headers["location"] == "/samordna?klart=lagd"
    assert planned(site)[key].themes == ("tillagd av samordnaren",)
    text, told = build(site)
    assert key in told
    assert "tillagd av samordnaren" in text


def test_lines_of_ones_own_stand_in_the_mail(coordinator, site):
    key = next(iter(planned(site)))
    path = f"/utlysning/{key[0]}/{key[1]}"
    coordinator.post(f"{path}/rad", {"forvaltning": "kultur-fritid", "rad": "Vi  sökte\nden här <i>förra</i> året."}, page=path)
    coordinator.post("/samordna/rad", {"forvaltning": "", "rad": "Till alla."}, page="/samordna")
    coordinator.post("/samordna/rad", {"forvaltning": "kultur-fritid", "rad": "Hör av er före midsommar."}, page="/samordna")
    assert "Hör av er före midsommar." in coordinator.get("/samordna").text
    text, _ = build(site)
    flat = " ".join(text.split())
    assert "Samordnaren skriver: Vi sökte den här <i>förra</i> året." in flat
    assert "Samordnaren skriver: Hör av er före midsommar." in flat
    assert "Till alla." not in flat
    coordinator.post("/samordna/rad", {"forvaltning": "kultur-fritid", "rad": ""}, page="/samordna")
    assert "Hör av er" not in coordinator.get("/samordna").text


def test_once_the_weeks_mails_are_built_the_desk_is_about_the_next_ones(coordinator, site):
    build(site)
    assert {plan.week for plan in site.jobs.planned(site.rules, NOW)} == {"2026-W22"}
    assert "(vecka 22)" in coordinator.get("/samordna").text
    coordinator.post("/samordna/rad", {"forvaltning": "", "rad": "Till alla nästa vecka."}, page="/samordna")
    coordinator.post("/samordna/rad", {"forvaltning": "kultur-fritid", "rad": "Till er nästa vecka."}, page="/samordna")
    assert {(row[1], row[4]) for row in rows(site, "desk_lines")} == {
        ("2026-W22", "Till alla nästa vecka."),
        ("2026-W22", "Till er nästa vecka."),
    }
    later = NOW + timedelta(weeks=1)
    with open_archive(site.config.archive) as archive:
        build_digests(site.config, archive, later, rules=site.rules)
        assert "Till er nästa vecka." in " ".join(mail_body(archive.db, "2026-W22-kultur-fritid", "sv").rendering.text.split())
        assert "Till alla nästa vecka." in " ".join(mail_body(archive.db, "2026-W22-miljo-bygg", "sv").rendering.text.split())


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("title", "Bättre rubrik", "Bättre rubrik"),
        ("deadlines", "2026-12-03 17:00\n2027-01-15", "3 december kl. 17.00"),
        ("opens", "2026-06-01", "1 juni"),
        ("kind", "news", "Nyhet"),
        ("place", "Jönköpings län\nKalmar län", "Jönköpings län, Kalmar län"),
    ],
)
def test_a_field_is_corrected_by_hand_with_who_and_when(coordinator, site, field, value, shown):
    path = "/utlysning/norden/norden-002"
    answer = coordinator.post(f"{path}/ratta", {field: value}, page=path)
    assert answer.status_code == 303
    html = coordinator.get(path).text.replace("\u00a0", " ")
    assert shown in html
    assert "Rättat av kommunen" in html
    assert "samordnaren" in html
    assert site.jobs.rematched == 1


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("1 februari 2027", "2027-02-01T23:59:59+01:00"),
        ("1 februari 2027 kl. 17.00", "2027-02-01T17:00:00+01:00"),
        ("2027-02-01 17:00", "2027-02-01T17:00:00+01:00"),
        ("2027-02-01", "2027-02-01T23:59:59+01:00"),
    ],
)
def test_a_day_is_understood_as_the_pages_write_it(coordinator, site, typed, stored):
    path = "/utlysning/norden/norden-001"
    assert coordinator.post(f"{path}/ratta", {"deadlines": typed}, page=path).status_code == 303
    assert stored in rows(site, "corrections")[0][3]


@pytest.mark.parametrize("typed", ["1 februari", "februari 2027", "31 februari 2027", "snart", "2027-02-30", "1-3 februari 2027"])
def test_a_day_that_is_not_understood_is_answered_beside_the_field_with_the_typed_text(coordinator, site, typed):
    path = "/utlysning/norden/norden-001"
    answer = coordinator.post(f"{path}/ratta", {"deadlines": typed}, page=path)
    assert answer.status_code == 400
    assert f"Vi förstod inte datumet ”{typed}”" in answer.text
    field = answer.text.partition('<textarea id="ratta-deadlines"')[2].partition("</textarea>")[0]
    assert field.rpartition(">")[2].strip() == typed
    assert 'aria-invalid="true"' in field
    assert 'id="ratta-deadlines-fel"' in answer.text
    assert rows(site, "corrections") == []


def test_what_was_corrected_is_found_by_its_new_words_at_once(coordinator, site):
    path = "/utlysning/norden/norden-002"

    def found(word):
        return [hit["page"].removeprefix(BASE) for hit in coordinator.get("/sok.json", params={"q": word}).json()["hits"]]

    assert found("svampodling") == []
    coordinator.post(f"{path}/ratta", {"title": "Stöd till svampodlingar"}, page=path)
    assert found("svampodling") == [page_of(site, "norden", "norden-002")]
    assert "<mark>svampodlingar</mark>" in coordinator.get("/sok", params={"q": "svampodling"}).text
    coordinator.post(f"{path}/ratta", {"falt": "title", "tabort": "1"}, page=path)
    assert found("svampodling") == []


def test_a_correction_is_found_at_once_in_a_large_archive_too(coordinator, site, monkeypatch):
    """Search with the previous facet index, while the next one is built, and find the corrected words."""
    path = "/utlysning/norden/norden-002"
    assert "svampodling" not in coordinator.get("/sok", params={"q": "svampodling"}).text.partition("<ol")[2]
    monkeypatch.setattr(search_index_of(site), "_build_seconds", 10.0)
    coordinator.post(f"{path}/ratta", {"title": "Stöd till svampodlingar"}, page=path)
    assert f'href="{page_of(site, "norden", "norden-002")}"' in coordinator.get("/sok", params={"q": "svampodling"}).text


def test_a_correction_can_be_taken_back(coordinator, site):
    path = "/utlysning/norden/norden-002"
    before = coordinator.get(path).text.partition("<h1")[2].partition("</h1>")[0]
    coordinator.post(f"{path}/ratta", {"title": "Fel rubrik"}, page=path)
    coordinator.post(f"{path}/ratta", {"falt": "title", "tabort": "1"}, page=path)
    assert coordinator.get(path).text.partition("<h1")[2].partition("</h1>")[0] == before
    assert rows(site, "corrections") == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", " "),
        ("deadlines", "i morgon"),
        ("deadlines", "2026-13-01"),
        ("opens", "05.06.2026"),
        ("kind", "bidrag"),
        ("url", "javascript:alert(1)"),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused_in_words(coordinator, site, field, value):
    path = "/utlysning/norden/norden-002"
    answer = coordinator.post(f"{path}/ratta", {field: value}, page=path)
    assert answer.status_code == 400
    assert rows(site, "corrections") == []


def test_stories_are_joined_and_parted(coordinator, site):
    path = "/utlysning/ungdom/ungdom-000"
    answer = coordinator.post(f"{path}/foga", {"med": "norden/norden-000"}, page=path)
    assert answer.status_code == 303
    assert "Finns också hos" in coordinator.get(path).text
    lead = coordinator.get("/utlysning/norden/norden-000").text
    assert "Finns också hos" in lead
    assert "Ungdomsstyrelsen" in lead
    coordinator.post(f"{path}/skilj", page="/utlysning/norden/norden-000")
    assert "Finns också hos" not in coordinator.get(path).text
    assert [row[4] for row in rows(site, "story_decisions")] == ["apart"]


def test_a_call_is_not_joined_with_itself_or_with_nothing(coordinator, site):
    path = "/utlysning/ungdom/ungdom-000"
    for other in ("ungdom/ungdom-000", "finns/inte", ""):
        assert coordinator.post(f"{path}/foga", {"med": other}, page=path).status_code == 400
    assert rows(site, "story_decisions") == []


def test_answers_wait_in_the_inbox_until_they_are_seen_to(coordinator, site):
    html = coordinator.get("/samordna").text
    assert "Vi pratar med Eksjö." in html
    numbers = [row[0] for row in rows(site, "feedback")]
    coordinator.post(f"/samordna/svar/{numbers[0]}", {"gor": "klar"}, page="/samordna")
    coordinator.post(f"/samordna/svar/{numbers[1]}", {"gor": "exempel"}, page="/samordna")
    assert site.jobs.examples == [numbers[1]]
    assert site.jobs.rematched == 1
    assert "Vi pratar med Eksjö." not in coordinator.get("/samordna").text


def test_the_coordinator_notes_a_state_for_a_department(coordinator, site):
    page = "/forvaltning/kultur-fritid"
    values = {"utlysning": "NORDEN-2026-003", "lage": "avslag", "anteckning": "För få partner."}
    assert coordinator.post(f"{page}/lage", values, page=page).status_code == 303
    assert "För få partner." in coordinator.get(page).text
    assert coordinator.post(f"{page}/lage", {**values, "utlysning": "okänd"}, page=page).status_code == 400


def test_an_original_is_the_coordinators_to_keep_and_never_a_page(browser, site):
    number = rows(site, "fetches")[0][0]
    assert browser.get(f"/original/{number}").status_code == 302
    browser.log_in()
    answer = browser.get(f"/original/{number}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "attachment" in answer.headers["content-disposition"]
    assert b"<script>" in answer.content
    assert browser.get("/original/999999").status_code == 404


def test_the_token_of_one_visitor_is_of_no_use_to_another(coordinator, site):
    stolen = token(coordinator.get("/samordna").text)
    coordinator.cookies.delete("ds_csrftoken")
    answer = coordinator.request("POST", "/samordna/rad", data={"csrftoken": stolen, "rad": "x", "forvaltning": ""})
    assert answer.status_code == 403
    assert rows(site, "desk_lines") == []


def test_who_gets_no_mails_is_shown_with_who_and_when(coordinator, site):
    assert "Får inga mejl" not in coordinator.get("/samordna").text
    with open_archive(site.config.archive) as archive:
        stop_recipient(archive.db, "kultur-fritid", "kultur-fritid@example.se", "avslutad av mottagaren", NOW)
    html = coordinator.get("/samordna").text
    assert "Kultur- och fritidsförvaltningen får inget mejl: kultur-fritid@example.se slutade själv få mejlen 2026-05-20." in html
    assert "Får inga mejl" in html
