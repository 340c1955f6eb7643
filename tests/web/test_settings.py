"""Settings in the browser: present values, check and review before saving, history with undo, and values changed meanwhile."""

import html
import re
import tomllib

import pytest

from monitor.config import load_config
from tests.web.conftest import rows

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


@pytest.mark.parametrize("table", ["municipality", "digest", "money", "subscription", "schedule", "keep"])
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
    undone = coordinator.post(HISTORY, {"andring": rows(site, "setting_changes")[0][0]}, page=HISTORY)
    assert undone.status_code == 303
    assert load_config(file_of(site)).schedule == load_config(file_of(site)).schedule.__class__()
    assert tomllib.loads(file_of(site).read_text("utf-8")).get("schedule", {}) == {}
    assert file_of(site).read_text("utf-8").startswith(before.rstrip("\n"))
    assert "Ångrar ändringen" in coordinator.get(HISTORY).text
