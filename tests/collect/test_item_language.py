"""The language of an item: its source's, unless its own text is clearly in another. The texts are ours."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.collect.article import describe_event
from monitor.collect.events import CalendarEvent
from monitor.collect.feeds import parse_feed
from monitor.sources import Source

NOW = datetime(2026, 5, 20, 8, tzinfo=UTC)
ENGLISH = (
    "Towns by the coast and their schools can apply for money to plan a path along the shore. The deadline is 1 October 2026, "
    "and the applications are to be sent from the portal of the fund."
)
SWEDISH = (
    "Kommuner vid kusten och deras skolor kan söka medel för att planera en led längs stranden. Sista dag är den 1 oktober 2026, "
    "och ansökningarna ska skickas från fondens portal."
)
DANISH = (
    "Kommuner ved kysten og deres skoler kan søge midler til at planlægge en sti langs stranden. Ansøgningerne skal sendes af "
    "kommunen efter sommerferien, og der er ikke noget krav om egen betaling; støtten findes også for byer inden for regionen, hvad enten de er store eller små, og alle mellem dem."
)
NORWEGIAN = (
    "Kommuner ved kysten og skolene deres kan søke midler til å planlegge en sti langs stranda. Søknaden må sendes etter "
    "sommerferien av kommunen, og det er ikke noe krav om egenandel; støtten finnes også for byer innen regionen, hva dere enn gjør."
)
FINNISH = (
    "Kunnat ja koulut voivat hakea tukea, kun ne suunnittelevat polkua. Hakemus on jätettävä ennen kesää, mutta se ei ole "
    "sitova, jos hanke on jo alkanut tai jos sen tuki on myönnetty. Tämä koskee myös yhdistyksiä, jotka ovat mukana."
)
TEXTS = {"sv": SWEDISH, "en": ENGLISH, "da": DANISH, "nb": NORWEGIAN, "fi": FINNISH}


def source(language: str) -> Source:
    row = {
        "id": "x",
        "kind": "feed",
        "name": "X",
        "url": "https://x.se/feed",
        "language": language,
        "publishes": ["news", "call"],
    }
    return Source.model_validate(row)


def languages(usual: str, *items: tuple[str, str]) -> list[str]:
    entries = "".join(
        f"<item><title>{title}</title><link>https://x.se/{number}</link><description>{text}</description></item>"
        for number, (title, text) in enumerate(items)
    )
    body = f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>X</title>{entries}</channel></rss>'
    feed = parse_feed(body.encode(), {"Content-Type": "application/rss+xml"}, "https://x.se/feed", source(usual), NOW)
    return [call.language for call in sorted(feed.calls, key=lambda call: call.url)]


def test_each_item_of_a_mixed_feed_has_its_own_language():
    items = [
        ("Paths along the shore", ENGLISH),
        ("Leder längs stranden", SWEDISH),
        ("Stier langs stranden", DANISH),
        ("Polkuja rannalle", FINNISH),
    ]
    assert languages("sv", *items) == ["en", "sv", "da", "fi"]
    assert languages("en", *items) == ["en", "sv", "da", "fi"]


@pytest.mark.parametrize("usual", TEXTS)
@pytest.mark.parametrize("language", TEXTS)
def test_a_text_has_its_own_language_whatever_its_source_has(usual, language):
    assert languages(usual, ("Strand 2026", TEXTS[language])) == [language]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "nb",
            "Foreninger kan søke om støtte til brygger og stier, og kommuner kan ikke søke. Det er en frist i mars, og den er for alle.",
        ),
        (
            "da",
            "Foreninger kan søge om støtte til broer og stier, og kommuner kan ikke søge. Det er en frist i marts, og den er for alle.",
        ),
    ],
)
def test_danish_and_norwegian_are_told_by_their_spelling(language, text):
    assert languages("sv", ("Strand 2026", text)) == [language]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Open call for paths along the shore", "Apply here."),  # a title is too short
        ("Open call: Shore Paths and the Sea", "Sök medel till en led längs stranden."),
        ("The Future of the Shore and How to Plan for It", SWEDISH),  # an English name over a Swedish text
        ("Nya leder och vad de kostar att sköta", ENGLISH),  # a Swedish title over an English text
        ("Leder", f"{SWEDISH} Projektet heter ”Paths to the Sea for All of Us”, och det leds från Visby."),
        ("Leder", f"{SWEDISH} {ENGLISH}"),  # both: neither is clear
        ("Strandwege", "Die Städte an der Küste können sich für das Programm bewerben, und die Frist ist der 1. Oktober 2026."),
        ("Lista", "Anna Berg, Nils Holm, Eva Lind, Karin Ask, Per Ek, Ida Ros, Olle Sjö, Lena Dal, Bo Kvist, Siv Gren"),
    ],
)
def test_what_is_not_clearly_in_another_language_stays_with_its_source(title, text):
    assert languages("sv", (title, text)) == ["sv"]


def test_an_event_of_a_calendar_has_its_own_language():
    event = CalendarEvent(key="1", title="Shore day", starts=NOW, text=ENGLISH)
    call = describe_event(source=source("sv"), call_id="1", url="https://x.se/1", event=event)
    assert call.language == "en"
    short = describe_event(
        source=source("sv"), call_id="2", url="https://x.se/2", event=CalendarEvent(key="2", title="Shore day", starts=NOW)
    )
    assert short.language == "sv"
