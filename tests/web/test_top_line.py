"""The line at the top of mails has a history with an undo; cards of a search say who may apply; an empty search offers a way on."""

from monitor.archive import open_archive
from monitor.archive.overrides import list_mail_notes
from tests.web.conftest import rows

HISTORY = "/samordna/installningar/historik"


def line(site):
    with open_archive(site.config.archive) as archive:
        weeks = [row[0] for row in archive.db.execute("SELECT DISTINCT week FROM desk_lines WHERE source = ''")]
        return [row["text"] for week in weeks for row in list_mail_notes(archive.db, week) if not row["source"]]


def test_the_line_is_among_the_changes_and_can_be_taken_back_until_it_is_changed_again(coordinator, site):
    page = "/samordna/mejl/kultur-fritid"
    coordinator.post(f"{page}/andra", {"gor": "rad", "rad": "Glad sommar"}, page=page)
    coordinator.post(f"{page}/andra", {"gor": "rad", "rad": "Trevlig sommar"}, page=page)
    first, second = (row[0] for row in rows(site, "setting_changes"))
    shown = coordinator.get(HISTORY).text
    assert "Egen rad överst vecka" in shown
    assert "<del>Glad sommar</del> blir <ins>Trevlig sommar</ins>" in shown
    refused = coordinator.post(HISTORY, {"andring": str(first)}, page=HISTORY)
    assert refused.status_code == 400
    assert line(site) == ["Trevlig sommar"]
    assert coordinator.post(HISTORY, {"andring": str(second)}, page=HISTORY).status_code == 303
    assert line(site) == ["Glad sommar"]


def test_an_emptied_line_is_said_to_be_gone(coordinator):
    page = "/samordna"
    assert coordinator.post("/samordna/rad", {"forvaltning": "", "rad": "Hej"}, page=page).headers["location"].endswith("=rad")
    answer = coordinator.post("/samordna/rad", {"forvaltning": "", "rad": " "}, page=page)
    assert "Raden är borttagen." in coordinator.get(answer.headers["location"]).text


def test_cards_say_who_may_apply_and_which_subject_and_an_empty_search_offers_a_way_on(coordinator):
    found = coordinator.get("/sok?q=bibliotek").text
    card = found.partition('<li class="card">')[2].partition("</li>")[0]
    assert "Kan vi söka" in card
    assert 'href="/sok?tema=kultur">' in card
    empty = coordinator.get("/sok?q=bibliotek&kalla=finns-inte").text
    assert "Sök utan finns-inte</a>" in empty
    none = coordinator.get("/sok?q=kvantfysikinstitutet").text
    assert "/regler/utkast/ny?ord=kvantfysikinstitutet" in none
