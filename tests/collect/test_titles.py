"""Parts of a page around its article: the site's name in its title, cookie banners, table borders."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.article import Article, describe_item, read_article
from monitor.collect.noise import flatten_table_rows, remove_banner_text
from monitor.collect.titles import remove_site_name
from monitor.sources import Source

STOCKHOLM = ZoneInfo("Europe/Stockholm")
WORDS = (
    "<p>Kommuner kan söka bidrag till projekt som utvecklar orten tillsammans med föreningar och företag i hela länet.</p>" * 4
)


def read(title, head="", before="", main=WORDS):
    markup = f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{before}<main>{main}</main></body></html>"
    return read_article(markup, "https://www.exempelkommun.se/bidrag/", STOCKHOLM)


@pytest.mark.parametrize("separator", [" - ", " – ", " — ", " | ", "|", " » ", " › ", " · ", " • ", " :: ", " / ", " : "])
@pytest.mark.parametrize(
    "head",
    [
        '<meta property="og:site_name" content="Exempel kommun">',
        '<meta name="application-name" content="Exempel Kommun">',
        '<script type="application/ld+json">{"@type": "WebPage", "publisher": {"@type": "Organization", "name": "Exempel kommun"}}</script>',
        '<script type="application/ld+json">{"@graph": [{"@type": "WebSite", "name": "Exempel kommun"}]}</script>',
    ],
)
def test_the_name_of_the_site_is_no_part_of_a_title(separator, head):
    assert read(f"Bidrag till byar{separator}Exempel kommun", head).title == "Bidrag till byar"
    assert read(f"Bidrag till byar{separator}Exempel kommun{separator}Exempelkommun.se", head).title == "Bidrag till byar"


def test_the_name_is_also_told_by_the_heading_the_logotype_and_the_source():
    assert read("Bidrag — Byar i siffror", main=f"<h1>Bidrag</h1><h1>Annat</h1>{WORDS}").title == "Bidrag"
    logotype = "<header><a href='/'><img src='l.png' alt='Byarnas förbund'></a></header>"
    assert read("Bidrag till byar — Byarnas förbund", before=logotype).title == "Bidrag till byar"
    source = Source.model_validate(
        {"id": "x", "kind": "feed", "name": "Exempelverket", "url": "https://x.se/", "publishes": ["news"]}
    )
    call, *_ = describe_item(
        Article(title="Ny rapport om byar | Exempelverket", text="Rapporten är här."),
        source=source,
        call_id="1",
        url="https://x.se/1",
        now=datetime(2026, 5, 20, tzinfo=UTC),
    )
    assert call.title == "Ny rapport om byar"


def test_other_parts_of_a_title_stay():
    names = ("Exempel kommun",)
    for title in (
        "Bidrag - steg 2",
        "EU | Exempel kommuns stöd",
        "Exempel kommun",
        "Sök: stöd",
        "A-B",
    ):
        assert remove_site_name(title, names) == title


@given(st.text(st.one_of(st.sampled_from(" -–|:»Xx"), st.characters(exclude_categories=["Cs"])), max_size=40), st.lists(st.text(max_size=5), max_size=3))  # fmt: skip
def test_a_title_never_becomes_empty_and_is_not_made_up(title, names):
    found = remove_site_name(title, names, names)
    assert found in title
    assert bool(found.strip()) == bool(title.strip())


BANNER = "<div id='CookieBanner' class='c'><h2>Vi använder kakor</h2><p>Vi använder kakor (cookies) för att webbplatsen ska fungera.</p><button>Godkänn alla</button></div>"


@pytest.mark.parametrize(
    "banner",
    [
        BANNER,
        BANNER.replace("CookieBanner", "onetrust-consent-sdk"),
        BANNER.replace(" id='CookieBanner' class='c'", ""),
        "<p>This website uses cookies to give you the best experience. Accept cookies</p><p>Cookie settings</p>",
    ],
)
def test_a_cookie_banner_is_never_the_beginning_of_a_text(banner):
    for before, main in ((banner, WORDS), ("", banner + WORDS)):
        article = read("Bidrag till byar", before=before, main=main)
        assert article.text.startswith("Kommuner kan söka")
        assert "kies" not in article.text


def test_a_banner_below_the_headings_goes_and_the_headings_stay():
    article = read(
        "Bidrag till byar", main=f"<h1>Bidrag till byar</h1><h2>Om stödet</h2>{BANNER.replace('CookieBanner', 'x')}{WORDS}"
    )
    assert article.text.startswith("Bidrag till byar\nOm stödet\nKommuner kan söka")


def test_a_page_that_is_a_cookie_banner_has_no_text():
    assert read("Bidrag till byar", main=BANNER * 3) is None


def test_a_page_about_cookies_and_a_page_in_a_part_named_for_consent_are_read():
    text = (
        "<p>Vi använder kakor på våra webbplatser. Så kan du godkänna eller neka kakor i din webbläsare, steg för steg.</p>" * 4
    )
    assert "godkänna eller neka" in read("Om kakor", main=text).text
    assert "Kommuner kan" in read("Bidrag", main=f"<div class='page has-cookie-consent'>{WORDS}</div>").text


def test_a_short_line_with_a_day_ends_a_banner():
    text = "Vi använder kakor\nGodkänn kakor\nAvvisa\nSista dag: 3 mars\nMer om bidraget"
    assert remove_banner_text(text, "Bidrag") == "Sista dag: 3 mars\nMer om bidraget"
    assert remove_banner_text("Bidrag\nVi använder kakor", "Bidrag") == ""
    later = "Kommuner kan söka bidrag till projekt som utvecklar orten under året.\nVi använder kakor"
    assert remove_banner_text(later, "Bidrag") == later


def test_tables_are_plain_lines_with_their_cells_apart():
    table = "<table><tr><th>Högst</th><td>500 000</td><td>600 000 kr</td></tr><tr><th>Budget</th><td>5 miljoner kronor</td></tr></table>"
    assert read("Bidrag", main=WORDS + table).text.endswith("Högst | 500 000 | 600 000 kr\nBudget: 5 miljoner kronor")
    assert flatten_table_rows("|---|---|\n| a | b |\n|\na | b") == "a: b\n|\na | b"
