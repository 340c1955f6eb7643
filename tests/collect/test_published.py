"""Day of publication: read where it is marked, in the forms of publishers' systems, and nowhere else."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.article import describe_item, read_article
from monitor.collect.published import parse_moment
from monitor.sources import Source

STOCKHOLM = ZoneInfo("Europe/Stockholm")
FIRST, LAST = datetime.fromisoformat("2000-01-02"), datetime.fromisoformat("2099-12-30")
NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)
SOURCE = Source.model_validate(
    {"id": "x", "kind": "page", "name": "X", "url": "https://x.se/", "language": "sv", "publishes": ["call"]}
)
TEXT = "<p>Kommuner kan söka bidrag till projekt som utvecklar orten tillsammans med föreningar. Ansök senast 15 april.</p>"


def page(head="", body=""):
    return f"<!DOCTYPE html><html><head><title>Bidrag till orten</title>{head}</head><body><main><h1>Bidrag till orten</h1>{body}{TEXT}</main></body></html>"


def read(head="", body=""):
    article = read_article(page(head, body), "https://x.se/bidrag", STOCKHOLM)
    described = describe_item(article, source=SOURCE, call_id="1", url="https://x.se/bidrag", now=NOW)
    days = [deadline.at.date().isoformat() for deadline in described.call.deadlines]
    return article.published and article.published.date().isoformat(), days


@pytest.mark.parametrize(
    "body",
    [
        "<p>Förordningen gäller från 2017-01-01.</p>",
        "<p>Uppdaterad <time datetime='2025-12-16'>16 december</time></p>",
        "<ul><li>2019-03-04 Mötet</li><li>2020-01-02 Beslutet</li></ul>",
        "<img src='/bilder/2018-05-06/a.jpg' alt='x'><p>Diarienummer 2018-05-06.</p>",
        "<aside><p>Publicerad <time datetime='2015-01-01'>2015</time></p></aside>",
        '<script>var published = "2016-02-03";</script>',
        '<script type="application/ld+json">{"@type": "Comment", "datePublished": "2016-02-03"}</script>',
        '<script type="application/ld+json">{"@type": "ItemList", "itemListElement": [{"@type": "Article", "datePublished": "2016-02-03"}]}</script>',
        '<script type="application/ld+json">{"@type": "JobPosting", "datePosted": "2016-02-03", "validThrough": "2016-03-03"}</script>',
    ],
)
def test_a_date_that_is_not_marked_as_publication_is_none(body):
    assert read(body=body) == (None, ["2027-04-15"])


def test_the_time_of_a_last_day_is_no_publication_and_keeps_its_own_year():
    body = "<p>Sista dag: <time datetime='2025-12-16'>16 december</time> för annonsen.</p>"
    assert read(body=body) == (None, ["2025-12-16", "2027-04-15"])


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<meta property="article:published_time" content="2026-03-01T08:00:00+01:00">', ""),
        ('<meta name="DC.Date.Issued" content="2026-03-01">', ""),
        ('<meta itemprop="datePublished" content="2026-03-01">', ""),
        ('<meta name="date" content="1 mars 2026">', ""),
        ('<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2026-03-01T08:00"}</script>', ""),
        ('<script type="application/ld+json">{"@graph": [{"@type": "WebPage", "dateCreated": "2026-03-01"}]}</script>', ""),
        ('<script type="application/ld+json">[{"@type": "WebPage", "datePublished": "2020-01-01"}, {"@type": ["Article"], "datePublished": "2026-03-01",\n "headline": "en\nrad"}]</script>', ""),
        ("", "<p>Publicerad: <time datetime='2026-03-01T10:00'>i mars</time></p>"),
        ("", "<dl><dt>Publicerad</dt><dd><time>1 mars 2026</time></dd></dl>"),
        ("", "<p>Published on <!-- x --><time datetime='2026-03-01'>1 March</time></p>"),
        ("", "<time pubdate datetime='2026-03-01'>1 mars</time>"),
        ("", "<time class='entry-date published' datetime='2026-03-01T09:00:00+01:00'>1 mars</time>"),
        ("", "<span itemprop='datePublished' content='2026-03-01'>1/3</span>"),
        ("", "<span property='dc:date dc:created' content='2026-03-01T00:00:00+01:00'>1/3</span>"),
    ],
)  # fmt: skip
def test_the_day_of_publication_where_it_is_marked(head, body):
    assert read(head, body + "<p>Förordningen gäller från 2017-01-01.</p>") == ("2026-03-01", ["2026-04-15"])


@pytest.mark.parametrize(
    "content", ["förra veckan", "1520932969", "0001-01-01T00:00:00", "9999-12-31", "05/03/2021", "2031-01-01"]
)
def test_no_year_is_counted_where_the_stated_day_cannot_be_read_or_believed(content):
    _, days = read(f'<meta property="article:published_time" content="{content}">')
    assert days == []


def test_a_publication_a_few_hours_ahead_is_of_today():
    _, days = read('<meta property="article:published_time" content="2026-11-28T23:00:00+01:00">')
    assert days == ["2027-04-15"]


MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "en-short": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    "sv": [
        "januari",
        "februari",
        "mars",
        "april",
        "maj",
        "juni",
        "juli",
        "augusti",
        "september",
        "oktober",
        "november",
        "december",
    ],
    "sv-short": ["jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec"],
    "da": [
        "januar",
        "februar",
        "marts",
        "april",
        "maj",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "december",
    ],
    "nb": ["januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november", "desember"],
}
WEEKDAYS = {
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    "en-short": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    "sv": ["måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"],
    "sv-short": ["mån", "tis", "ons", "tors", "fre", "lör", "sön"],
    "da": ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"],
    "nb": ["man.", "tir.", "ons.", "tor.", "fre.", "lør.", "søn."],
}  # fmt: skip
FORMS = [
    "{weekday}, {day:02} {month} {year} {hour:02}:{minute:02}:00 +0200",
    "{weekday} {day}. {month} {year} {hour}.{minute:02} +02:00",
    "{day} {month} {year} kl. {hour:02}.{minute:02} +0200",
    "{weekday} den {day} {month} {year} klockan {hour:02}:{minute:02} +02:00",
    "{month} {day}, {year} {hour:02}:{minute:02} GMT+2",
    "{day:02}-{month}-{year} {hour:02}:{minute:02} +0200",
    "{weekday} {month} {day} {year} {hour:02}:{minute:02}:00 GMT+0200 (CEST)",
    "{year}-{number:02}-{day:02}T{hour:02}:{minute:02}:00.123+02:00",
    "{year}-{number}-{day} {hour:02}:{minute:02} +0200",
    "{year}/{number:02}/{day:02} - {hour:02}:{minute:02} CEST",
    "{year}{number:02}{day:02}T{hour:02}{minute:02}00+0200",
]


@given(
    st.datetimes(FIRST, LAST), st.sampled_from(FORMS), st.sampled_from(sorted(MONTHS)), st.booleans()
)  # fmt: skip
def test_every_moment_is_read_as_it_was_written(moment, form, language, capitals):
    written = form.format(
        weekday=WEEKDAYS[language][moment.weekday()], month=MONTHS[language][moment.month - 1], number=moment.month,
        year=moment.year, day=moment.day, hour=moment.hour, minute=moment.minute,
    )  # fmt: skip
    found = parse_moment(written.title() if capitals else written, STOCKHOLM)
    assert found is not None, written
    assert (found.replace(tzinfo=None), found.utcoffset().total_seconds()) == (moment.replace(second=0, microsecond=0), 7200), (
        written
    )


@given(st.datetimes(FIRST, LAST), st.booleans())
def test_of_two_figures_the_weekday_tells_which_is_the_month(moment, american):
    first, second = (moment.month, moment.day) if american else (moment.day, moment.month)
    found = parse_moment(f"{moment:%a}, {first:02}/{second:02}/{moment.year} - 10:00", STOCKHOLM)
    assert found is None or found.date() == moment.date()
    if moment.day > 12:
        assert found is not None


@given(st.text(st.one_of(st.sampled_from("0123456789-/:. TZ+mars"), st.characters()), max_size=40))
def test_no_words_break_the_reader_and_no_year_is_beyond_belief(text):
    found = parse_moment(text, STOCKHOLM)
    assert found is None or (found.tzinfo and 2000 <= found.astimezone(UTC).year <= 2099)
