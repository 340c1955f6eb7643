"""Pages of a line or two: their text is theirs alone, without the words of the site around it, and with the days in it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.collect.article import describe_item, read_article
from monitor.sources import Source

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)
SOURCE = Source.model_validate(
    {"id": "x", "kind": "page", "name": "X", "url": "https://x.se/", "language": "sv", "publishes": ["call"]}
)
LINKS = "".join(
    f'<li><a href="/{number}/">{text}</a></li>'
    for number, text in enumerate(("Barn och utbildning", "Bygga, bo och miljö", "Kultur och fritid", "Lediga jobb", "Om oss"))
)
LINE = "Sista ansökningsdag är den 10 mars 2027."
LONG = (
    "<p>Kommuner kan söka stöd för insatser som gör vardagen bättre för invånarna. Stödet täcker högst hälften av kostnaden och "
    "betalas ut i efterskott när arbetet är redovisat.</p>"
)


def article(body, menu=""):
    page = f"<html><head><title>Bidrag till badplatser</title></head><body>{menu}<main><h1>Bidrag till badplatser</h1>{body}</main></body></html>"
    return read_article(page, "https://x.se/bidrag", STOCKHOLM)


@pytest.mark.parametrize(
    "menu",
    [
        f"<header><nav><ul>{LINKS}</ul></nav></header>",
        f"<header><a href='/'>X</a><ul>{LINKS}</ul></header>",
        f"<nav>{LINKS} Välj</nav>",
        f"<div class='main-menu'><ul>{LINKS}</ul></div>",
        f"<ul id='huvudmeny'>{LINKS}</ul>",
        f"<div role='navigation'><ul>{LINKS}</ul></div>",
    ],
)
def test_the_menu_is_no_text_of_an_article_of_one_line(menu):
    found = article(f"<p>{LINE}</p>", menu)
    assert (found.text, found.title) == (article(f"<p>{LINE}</p>").text, "Bidrag till badplatser")
    described = describe_item(found, source=SOURCE, call_id="1", url="https://x.se/bidrag", now=NOW)
    assert described.call is not None, "a menu with vacancies made it a vacancy"


@pytest.mark.parametrize(
    "body",
    [
        f"<header><p>{LINE}</p></header>",
        f"<div class='meny-ruta'><p>{LINE} <a href='/sok'>Sök</a></p></div>",
        f"<section class='navigation'><h2>Så söker du</h2><p>{LINE}</p><a href='/a'>A</a> <a href='/b'>B</a> <a href='/c'>C</a></section>",
    ],
)
def test_text_beside_links_is_no_menu(body):
    assert LINE in article(body).text


def test_a_menu_around_the_whole_page_is_none():
    page = f"<html><head><title>Bidrag</title></head><body><nav><h1>Bidrag</h1><p>{LINE}</p></nav></body></html>"
    assert LINE in read_article(page, "https://x.se/bidrag", STOCKHOLM).text


@pytest.mark.parametrize(
    "label",
    [
        'Publicerad <time datetime="2026-11-20">20 november 2026</time>',
        '<span>Publicerad:</span> <time datetime="2026-11-20">20 november 2026</time>',
        'Senast uppdaterad den <time datetime="2026-11-20">20 november 2026</time>',
        '<time class="published" datetime="2026-11-20">20 november 2026</time>',
    ],
)
def test_the_day_of_publication_leaves_no_label_behind(label):
    text = article(f"<p>{label}</p>{LONG}<p>{LINE}</p>").text
    assert text == article(f"{LONG}<p>{LINE}</p>").text


def test_words_before_the_label_of_publication_stay():
    assert (
        "Diarienummer: U2026/1" in article(f"<p>Diarienummer: U2026/1. Publicerad <time>20 november 2026</time></p>{LONG}").text
    )


@pytest.mark.parametrize(
    ("body", "day"),
    [
        ('<p>Sista ansökningsdag är <time datetime="2027-03-10">10 mars 2027</time>.</p>', "2027-03-10"),
        ('<dl><dt>Sista ansökningsdag</dt><dd><time datetime="2027-03-10">10 mars 2027</time></dd></dl>', "2027-03-10"),
        ('<p>Sista ansökningsdag är <time datetime="2028-03-10">den 10 mars</time>.</p>', "2028-03-10"),
        ('<p>Sista ansökningsdag: <strong><time datetime="2027-03-10T17:00">10 mars 2027</time></strong></p>', "2027-03-10"),
    ],
)
def test_a_last_day_that_is_marked_up_as_time_is_read(body, day):
    found = article(f"{LONG}{body}")
    described = describe_item(found, source=SOURCE, call_id="1", url="https://x.se/bidrag", now=NOW)
    assert [deadline.at.date().isoformat() for deadline in described.call.deadlines] == [day]
