"""Pages and their parts: bot challenges, lists, links, noise, programmes, events, advice."""

from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from zoneinfo import ZoneInfo

import pytest
import trafilatura.external
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.http import HtmlResponse

from monitor.archive.runs import Document
from monitor.calls import Call, Deadline, DeadlineModel
from monitor.collect.advice import advise
from monitor.collect.article import Article, describe_item, first_sentences, read_article
from monitor.collect.bot_challenges import find_bot_challenge
from monitor.collect.events import find_page_events, read_calendar
from monitor.collect.links import find_external_links, find_feeds, read_listing
from monitor.collect.noise import join_labels_to_amounts, remove_boilerplate
from monitor.collect.programmes import Programmes, find_identifiers
from monitor.collect.quality import Quality, assess
from monitor.collect.reading import Problem, ProblemKind, SourceReading
from monitor.collect.verdicts import judge_verdict
from monitor.sources import Source
from monitor.vocabulary import Kind, Verdict

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 5, 20, 8, tzinfo=UTC)
WORDS = "Kommuner kan söka bidrag till projekt som utvecklar orten tillsammans med föreningar och företag. " * 12


def source(**fields):
    return Source.model_validate(
        {"id": "x", "kind": "page", "name": "X", "url": "https://x.se/bidrag/", "links": "/bidrag/[a-z]+$", **fields}
    )


def html(body, head=""):
    return f"<!DOCTYPE html><html><head><title>X</title>{head}</head><body>{body}</body></html>"


def response(body):
    return HtmlResponse("https://x.se/bidrag/", body=html(body).encode())


def item(title, text, **fields):
    row = source(language="sv", **fields.pop("row", {}))
    article = Article(title=title, text=text, **fields)
    described = describe_item(article, source=row, call_id="1", url="https://x.se/1", now=NOW)
    return described.call, described.reason


@pytest.mark.parametrize(
    "script",
    [
        "https://www.google.com/recaptcha/api.js?g-recaptcha",
        "/cdn-cgi/challenge-platform/scripts/jsd/main.js",
        "https://js.hcaptcha.com/1/api.js",
    ],
)
def test_an_ordinary_page_that_loads_such_a_script_is_no_challenge(script):
    page = html(f"<main><h1>Bidrag</h1><p>{WORDS}</p></main><script src='{script}'></script>").encode()
    assert find_bot_challenge(page, {}) == ""
    assert find_bot_challenge(html(f"<script src='{script}'></script><p>Vänta</p>").encode(), {})


def test_an_article_about_robots_is_no_challenge():
    assert find_bot_challenge(html(f"<p>Så visar du att du inte är en robot.</p><p>{WORDS}</p>").encode(), {}) == ""
    assert find_bot_challenge(b'{"text": "Just a moment..."}', {}) == ""
    assert find_bot_challenge(b"", {"CF-Mitigated": "challenge"}) == "Cloudflare"


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", {"X-Amzn-Waf-Action": "challenge"}, 202),
        (b"", {"x-amzn-waf-action": "captcha"}, 405),
        (b"", {}, 202),
        (b"<!DOCTYPE html><html><script src='/x.js'></script><body></body></html>", {}, 202),
    ],
)
def test_the_challenge_before_the_parliament_and_eur_lex(body, headers, status):
    assert find_bot_challenge(body, headers, status) == "AWS WAF"
    assert find_bot_challenge(b"<rss></rss>", {"x-amzn-waf-action": "count"}, 200) == ""


def test_content_answered_with_202_is_no_challenge():
    assert find_bot_challenge(html(f"<p>{WORDS}</p>").encode(), {}, 202) == ""
    assert find_bot_challenge(b"<rss version='2.0'></rss>", {}, 202) == ""
    assert find_bot_challenge(b"", {}, 200) == ""


@pytest.mark.parametrize(
    ("body", "addresses", "empty", "trouble"),
    [
        ("<a href='/bidrag/bad'>Bad</a><a href='/om'>Om</a>", 1, False, ""),
        ("<p>Det finns för närvarande inga utlysningar.</p><a href='/om'>Om</a>", 0, True, ""),
        ("<p>There are currently no open calls.</p>", 0, True, ""),
        (f"<p>{WORDS}</p><a href='/annat/bad'>Bad</a>", 0, False, "gjorts om"),
        ("<div id='app'></div><script>var a</script>", 0, False, "skript"),
        ("<script>AppRegistry.registerInitialState('12.a', {\"items\":[{\"URI\":\"/bidrag/bad\"},{\"URI\":\"/om\"}],\"hitCount\":2});</script>", 1, False, ""),
        ("<script>AppRegistry.registerInitialState('12.a', {broken</script>" + WORDS, 0, False, "fylls av skript"),
        (f"<nav><a href='/om'>Om</a></nav><main><h1>Utlysningar</h1><p>{WORDS}</p><div id='lista'></div></main><script src='/app.js'></script>", 0, False, "fylls av skript"),
        (f"<nav><a href='/om'>Om</a></nav><main><h1>Utlysningar</h1><p>{WORDS}</p><a href='#topp'>Upp</a><a href='https://y.se/'>Y</a></main><script>a</script>", 0, False, "fylls av skript"),
        (f"<nav><a href='/om'>Om</a></nav><main><h1>Utlysningar</h1><p>{WORDS}</p><a href='/annat/bad'>Bad</a></main><script>a</script>", 0, False, "gjorts om"),
        (f"<nav><a href='/om'>Om</a></nav><main><h1>Utlysningar</h1><p>{WORDS}</p></main>", 0, False, "gjorts om"),
    ],
    ids=["links", "empty-sv", "empty-en", "redesign", "scripted", "sitevision-state", "broken-state", "list-of-scripts", "no-own-links", "other-links", "no-scripts"],
)  # fmt: skip
def test_lists(body, addresses, empty, trouble):
    listing = read_listing(response(body), source())
    assert (len(listing.addresses), listing.empty) == (addresses, empty)
    assert trouble in listing.trouble
    assert bool(listing.trouble) == bool(trouble)
    assert listing.scripted == ("skript" in trouble)


def test_a_list_inside_a_part_of_the_page():
    row = source(within="ul.lista")
    page = "<nav><a href='/bidrag/meny'>Meny</a></nav><ul class='lista'>{}</ul><p>" + WORDS
    assert read_listing(response(page.format("<li><a href='/bidrag/bad'>Bad</a></li>")), row).addresses == (
        "https://x.se/bidrag/bad",
    )
    assert read_listing(response(page.format("")), row).empty
    assert "ul.lista" in read_listing(response(page.replace("lista", "annat")), row).trouble


def test_links_to_other_publishers_without_menus_and_social_media():
    body = (
        "<nav><a href='https://other.se/menu/a'>x</a></nav><p><a href='https://ec.europa.eu/topic/1'>EU:s <b>portal</b></a> "
        "<a href='https://www.x.se/egen'>egen</a> <a href='https://www.facebook.com/x/y'>f</a> <a href='javascript:x'>j</a> <a href='https://[bad/'>b</a></p>"
    )
    assert [(link.title, link.url) for link in find_external_links(html(body), "https://x.se/1")] == [
        ("EU:s portal", "https://ec.europa.eu/topic/1")
    ]


@pytest.mark.parametrize(
    ("page", "link", "is_external"),
    [
        ("https://www.fund.gov.uk/news", "https://www.council.gov.uk/a", True),
        ("https://fund.co.uk/news", "https://council.co.uk/a", True),
        ("https://www.fund.gov.uk/news", "https://apply.fund.gov.uk/a", False),
        ("https://www.x.se/1", "https://www.y.se/a", True),
        ("https://www.x.se/1", "https://kalender.x.se/a", False),
        ("http://127.0.0.1:8000/1", "http://127.0.0.1:9000/a", False),
        ("http://127.0.0.1/1", "http://10.0.0.1/a", True),
    ],
)
def test_a_publisher_is_the_domain_that_it_has_registered(monkeypatch, page, link, is_external):
    monkeypatch.setattr("socket.getaddrinfo", lambda *_: pytest.fail("the list of public suffixes is fetched"))
    found = find_external_links(html(f"<p><a href='{link}'>länk</a></p>"), page)
    assert [address.url for address in found] == ([link] if is_external else [])


def test_the_stop_words_of_a_hundred_languages_are_not_loaded_to_find_an_article(monkeypatch):
    """All stop words take 33 MB in every process that reads a page; those of the languages of our sources take one."""
    monkeypatch.setattr(trafilatura.external, "jt_stoplist_init", lambda: pytest.fail("all languages are loaded"))
    asked = []
    search = trafilatura.external.try_justext
    monkeypatch.setattr(trafilatura.external, "try_justext", lambda *given: asked.append(given) or search(*given))
    assert read_article(html(""), "https://x.se/bidrag/a", STOCKHOLM) is None
    assert asked, "trafilatura asks jusText where its own search finds nothing"
    words = set(trafilatura.external.JT_STOPLIST)
    assert len(words) < 20_000
    assert words >= {"och", "the", "ikke", "ikkje", "että", "und", "est"}


def test_noise_goes_and_text_stays():
    kept = "Bidraget är högst 5 000 kronor.\nSista ansökningsdag är den 1 oktober 2026.\n20 maj 2027"
    noise = "I dag är det onsdag 20 maj 2026\nLyssna\n1 234 visningar\nSidan har visats 812 gånger.\nPublicerad: för 3 dagar sedan\nSenast uppdaterad: 19 maj 2026\n14:03:22"
    assert remove_boilerplate(f"{noise}\n{kept}") == kept
    assert remove_boilerplate("Läs hos EU (Länk till annan webbplats, öppnas i nytt fönster.) idag") == "Läs hos EU idag"


def test_labels_join_with_sums_and_never_with_days():
    assert join_labels_to_amounts("Utlysta medel\n50 miljoner kronor") == "Utlysta medel: 50 miljoner kronor"
    assert join_labels_to_amounts("- Budget :\n- EUR 60 million") == "Budget: EUR 60 million"
    assert join_labels_to_amounts("EU-pengar till miljöprojekt\n3 april") == "EU-pengar till miljöprojekt\n3 april"


def test_hostile_text_is_read_to_its_end():
    """Runs in a child process: a pattern with exponential time on such a text would block the other tests for days."""
    process = get_context("spawn").Process(target=_read_hostile_text)
    process.start()
    process.join(240)
    process.kill()
    assert process.exitcode == 0


def _read_hostile_text():
    for text in (
        "a\n" * 100_000,
        " \n- " * 100_000,
        "1 " * 100_000,
        "Budget\n" * 50_000,
        "senast " * 50_000,
        "1 maj, " * 20_000,
        "Skåne, " * 20_000,
    ):
        item("Bidrag att söka", text)
    read_article(html("<div>" * 20_000 + "x"), "https://x.se/1", STOCKHOLM)


def test_a_consultation_has_its_last_day_to_answer():
    text = "Regeringen remitterar promemorian om klimatanpassning. Remissvaren ska ha kommit in senast den 14 oktober 2026. Remissinstanserna får yttra sig."
    made = item("Remiss av promemorian Klimatanpassning i kommuner", text, row={"publishes": ["policy"]})[0]
    assert made.kind is Kind.POLICY
    assert [one.at.isoformat() for one in made.deadlines] == ["2026-10-14T23:59:59+02:00"]
    assert made.deadline_model is DeadlineModel.SINGLE


def test_a_year_counted_from_the_day_of_reading_is_a_guess():
    text = f"Utlysningen är öppen för ansökan. {WORDS} Sista ansökningsdag är den 15 september."
    (guess,) = item("Ny utlysning: bidrag att söka", text)[0].deadlines
    row = source(language="sv")
    known = describe_item(
        Article(title="Ny utlysning: bidrag att söka", text=text, published=NOW),
        source=row,
        call_id="1",
        url="https://x.se/1",
        now=NOW,
    ).call
    assert (guess.year_guessed, known.deadlines[0].year_guessed) == (True, False)
    assert guess.at == known.deadlines[0].at


def test_programmes_by_code_and_by_name():
    rows = [
        {"id": "life", "name": "LIFE-programmet", "codes": ["43252405"], "prefixes": ["LIFE"]},
        {"id": "cerv", "name": "Medborgare, jämlikhet, rättigheter och värden (CERV)", "prefixes": ["CERV"]},
        {"id": "esf", "name": "Europeiska socialfonden (ESF+)", "prefixes": []},
    ]
    known = Programmes(rows)
    assert known.of_code("43252405") == "life"
    assert known.of_code("999") == "999"
    assert known.named("Nu öppnar LIFE") == "life"
    assert known.named("Livet: a lifelong life") == ""
    assert known.named("LIFE och CERV öppnar", "LIFE") == ""
    assert known.named("Nyheter", "Sök från CERV") == "cerv"
    assert known.named("Europeiska socialfonden söker") == "esf"
    assert Programmes().named("LIFE") == ""


def test_identifiers():
    text = "CERV-2026-CITIZENS-TOWN-TT och HORIZON-CL5-2026-02-D3-01, inte COM-2026 eller 2026-00812 eller EU-2030-agendan"
    assert find_identifiers(text) == ("CERV-2026-CITIZENS-TOWN-TT", "HORIZON-CL5-2026-02-D3-01")


def test_what_cannot_be_worked_out_is_empty_and_named():
    call, _ = item("Bidrag till bad", "Kommuner kan söka bidrag till badplatser. Vem kan söka? Alla kommuner.")
    assert (call.kind, call.deadlines, call.unread) == (Kind.CALL, (), ("deadlines", "budget"))
    assert call.budget.total is None


def test_a_day_without_year_counts_from_the_reading_and_a_future_publication_is_none():
    call, _ = item("Bidrag till bad", "Kommuner kan söka bidrag. Sista ansökningsdag är 3 mars.")
    assert call.deadlines[0].at.year == 2027
    row = source(language="sv")
    later = describe_item(
        Article(title="T", text="Nyhet.", published=datetime(2027, 1, 1, tzinfo=UTC)),
        source=row,
        call_id="1",
        url="https://x.se/1",
        now=NOW,
    )
    assert later.call is None or later.call.published is None


def test_a_place_limits_calls_and_not_what_happens_there():
    text = "Kommuner i Skåne län kan söka bidrag. Sista ansökningsdag är 3 oktober 2026."
    assert item("Bidrag till kommuner i Skåne län", text)[0].place == ("Skåne län",)
    event, _ = item(
        "Välkommen till konferens",
        "Vi bjuder in till konferens i Stockholm den 3 oktober 2026 kl. 9.00.",
        row={"publishes": ["event"]},
    )
    assert (event.kind, event.place) == (Kind.EVENT, ())


def test_a_title_of_a_megabyte_and_a_text_without_end_are_cut_before_they_are_read():
    call, _ = item("Bidrag " + "till byar " * 100_000, "Kommuner kan söka bidrag. " * 100_000)
    assert len(call.title) == 500
    assert len(call.body) <= 200_000


def test_summary_ends_at_a_sentence():
    assert first_sentences(WORDS).endswith("företag.")
    assert len(first_sentences(WORDS)) <= 400
    assert first_sentences("x" * 900).endswith("…")


def calendar(*lines):
    return "\r\n".join(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//x//x//SV",
            "BEGIN:VEVENT",
            "UID:1",
            "SUMMARY:Träff",
            *lines,
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
    ).encode()


@pytest.mark.parametrize(
    ("lines", "starts", "ends"),
    [
        (["DTSTART:20260601T090000", "DTEND:20260601T100000"], "2026-06-01T09:00:00+02:00", "2026-06-01T10:00:00+02:00"),
        (["DTSTART:20260601T070000Z", "DURATION:PT30M"], "2026-06-01T07:00:00+00:00", "2026-06-01T07:30:00+00:00"),
        (["DTSTART;VALUE=DATE:20260601", "DTEND;VALUE=DATE:20260603"], "2026-06-01T00:00:00+02:00", "2026-06-02T23:59:59+02:00"),
        (["DTSTART:20260601T090000"], "2026-06-01T09:00:00+02:00", None),
        (["DTSTART:20200106T090000", "DTEND:20200106T100000", "RRULE:FREQ=WEEKLY;BYDAY=MO"], "2026-05-25T09:00:00+02:00", "2026-05-25T10:00:00+02:00"),
        (["DTSTART:20200106T090000", "RRULE:FREQ=SECONDLY"], "2020-01-06T09:00:00+01:00", None),
    ],
    ids=["local", "utc-duration", "whole-days", "no-end", "weekly", "every-second"],
)  # fmt: skip
def test_calendar_times(lines, starts, ends):
    [found], unread = read_calendar(calendar(*lines), STOCKHOLM, NOW)
    assert not unread
    assert (found.starts.isoformat(), found.ends and found.ends.isoformat()) == (starts, ends)


def test_a_broken_event_stops_no_other():
    body = calendar("DTSTART:20260601T090000").replace(
        b"END:VCALENDAR", b"BEGIN:VEVENT\r\nUID:2\r\nSUMMARY:Utan tid\r\nEND:VEVENT\r\nEND:VCALENDAR"
    )
    found, unread = read_calendar(body, STOCKHOLM, NOW)
    assert [event.key for event in found] == ["1"]
    assert list(unread) == ["2"]
    with pytest.raises(ValueError, match="kalender"):
        read_calendar(b"<html></html>", STOCKHOLM, NOW)


@settings(max_examples=40, deadline=None)
@given(
    st.recursive(
        st.none() | st.text(max_size=8) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["@type", "@graph", "name", "startDate", "location", "url"]), inner, max_size=4)
        ),
        max_leaves=12,
    )
)
def test_no_markup_of_events_breaks_the_reader(data):
    import json

    markup = html("", f'<script type="application/ld+json">{json.dumps(data)}</script>')
    assert all(event.starts.tzinfo for event in find_page_events(markup, "https://x.se/", STOCKHOLM))


def document(body, kind="text/html"):
    return Document(
        url="https://x.se/bidrag/", request="", status=200, headers="{}", content_type=kind, body=body.encode(), fetched=NOW
    )


def test_advice():
    reading = SourceReading(moved="https://x.se/nytt/")
    assert advise(source(), reading, [], [], NOW)[0] == 'Sidan har flyttat. Ändra till url = "https://x.se/nytt/"'
    feed = html("", '<link rel="alternate" type="application/rss+xml" href="/feed">')
    gone = [Problem(ProblemKind.NOT_A_FEED, "")]
    assert advise(source(kind="feed"), SourceReading(), gone, [document(feed)], NOW) == [
        'Sidan anger ett flöde. Pröva url = "https://x.se/feed"'
    ]
    assert 'kind = "feed"' in advise(source(), SourceReading(), [], [document(feed)], NOW)[0]
    layout = [Problem(ProblemKind.LAYOUT, "")]
    assert (
        "links = '/stod/[^?#]+'"
        in advise(source(), SourceReading(), layout, [document(html("<a href='/stod/bad'>Bad</a>"))], NOW)[0]
    )
    assert "robots" not in " ".join(advise(source(), SourceReading(), [Problem(ProblemKind.GONE, "")], [], NOW))


def test_the_feeds_of_a_page_are_those_of_its_articles():
    links = "".join(
        f'<link rel="alternate" type="application/{kind}" href="{address}">'
        for kind, address in (
            ("rss+xml", "/feed/"),
            ("rss+xml", "/comments/feed/"),
            ("feed+json", "/feed.json"),
            ("ld+json", "/x"),
        )
    )
    assert find_feeds(html("", links), "https://x.se/") == ["https://x.se/feed/", "https://x.se/feed.json"]


def stored(**values):
    return Call(source="x", call_id="1", title="T", url="https://x.se/1", **{"published": NOW, **values})


def deadline(days):
    return {"deadlines": (Deadline(at=NOW + timedelta(days=days)),), "deadline_model": DeadlineModel.SINGLE}


TEXT = "Kommuner kan söka bidrag till badplatser vid sjöar. " * 6


@pytest.mark.parametrize(
    ("publishes", "call", "confirmed"),
    [
        (Kind.CALL, stored(summary=TEXT, **deadline(9)), True),
        (Kind.CALL, stored(**deadline(9)), True),
        (Kind.CALL, stored(deadline_model=DeadlineModel.ROLLING), True),
        (Kind.CALL, stored(**deadline(-9)), False),
        (Kind.CALL, stored(), False),
        (Kind.CALL, stored(kind=Kind.NEWS, summary=TEXT), False),
        (Kind.EVENT, stored(kind=Kind.EVENT, starts=NOW + timedelta(days=3)), True),
        (Kind.EVENT, stored(kind=Kind.EVENT), False),
        (Kind.NEWS, stored(kind=Kind.NEWS, summary=TEXT), True),
        (Kind.NEWS, stored(kind=Kind.NEWS, summary=TEXT, published=None), True),
        (Kind.NEWS, stored(kind=Kind.NEWS, summary=TEXT, published=NOW - timedelta(days=900)), False),
        (Kind.NEWS, stored(kind=Kind.NEWS, summary="Meny"), False),
    ],
)
def test_an_address_is_confirmed_only_when_it_gives_what_it_promises(publishes, call, confirmed):
    advice = advise(source(publishes=(publishes,)), SourceReading(calls={"1": call}), [], [], NOW)
    assert ('Adressen fungerar. Sätt address = "confirmed"' in advice) == confirmed
    assert any("Är det rätt sida?" in line for line in advice) != confirmed
    verdict = judge_verdict(source(publishes=(publishes,)), SourceReading(calls={"1": call}), [], NOW)
    assert (verdict is Verdict.WORKS) == confirmed, "the table and the advice say the same"


@pytest.mark.parametrize(
    ("row", "call", "verdict"),
    [
        ({"kind": "rounds", "links": ""}, stored(summary="Sök: 15 januari", **deadline(9)), Verdict.WORKS),
        ({"kind": "rounds"}, stored(summary="Sök: 15 januari", **deadline(9)), Verdict.WORKS),
        ({"kind": "rounds", "links": ""}, stored(summary="Sök: 15 januari", **deadline(-9)), Verdict.THIN),
        ({"kind": "calendar", "links": "", "publishes": ("event",)}, stored(kind=Kind.EVENT, starts=NOW + timedelta(days=3)), Verdict.WORKS),
        ({"kind": "calendar", "publishes": ("event",)}, stored(kind=Kind.EVENT, starts=NOW + timedelta(days=3)), Verdict.WORKS),
        ({"kind": "cellar", "links": "", "publishes": ("policy",)}, stored(kind=Kind.POLICY), Verdict.WORKS),
        ({"kind": "feed", "links": "", "publishes": ("policy",)}, stored(kind=Kind.POLICY), Verdict.THIN),
    ],
)  # fmt: skip
def test_only_items_that_are_pages_or_entries_of_their_own_need_a_text(row, call, verdict):
    assert judge_verdict(source(**row), SourceReading(calls={"1": call}), [], NOW) is verdict


def test_what_a_row_lacks_is_told_as_it_is():
    feed = source(kind="feed", links="", publishes=("news", "call"))
    ahead = {str(n): stored(summary="Kort.", **deadline(9)) for n in range(3)}
    assert not any("Är det rätt sida?" in line for line in advise(feed, SourceReading(calls=ahead), [], [], NOW))
    calls = {str(n): stored(kind=Kind.NEWS, summary="Kort.") for n in range(3)}
    [lacks] = [line for line in advise(feed, SourceReading(calls=calls), [], [], NOW) if "Är det rätt sida?" in line]
    assert lacks.startswith("Sidan svarade, men 3 av 3 poster har nästan ingen text.")
    old = SourceReading(calls={"1": stored(kind=Kind.NEWS, summary=TEXT, published=NOW - timedelta(days=900))})
    assert any("mer än ett år gammalt." in line for line in advise(feed, old, [], [], NOW))
    other = SourceReading(calls={"1": stored(summary=TEXT)})
    assert any("ingen post är av det slag" in line for line in advise(feed, other, [], [], NOW))


def test_what_was_read_is_counted():
    menu = Call(source="x", call_id="3", title="Kontakt", url="https://x.se/3", summary="Ring oss.")
    reading = SourceReading(
        calls={"1": stored(summary=TEXT, **deadline(9)), "2": stored(published=NOW - timedelta(days=30), **deadline(-9))},
        left_out={"3": "inga tydliga ord", "4": "inga tydliga ord"},
        left_out_calls={"3": menu, "4": menu},
    )
    assert assess(source(), reading, NOW) == Quality(items=2, ahead=1, newest=NOW.date(), thin=1, menus=2)
    assert not any("menyer" in line for line in advise(source(), reading, [], [], NOW))
    del reading.calls["2"]
    assert any("2 av sidorna ser ut som menyer" in line for line in advise(source(), reading, [], [], NOW))


@pytest.mark.parametrize(
    ("language", "title", "text", "day"),
    [
        ("sv", "Konferens om vatten", "Konferensen hålls i Kalmar den 13–14 april 2027. Tidigt pris gäller till 1 mars. Boka hotell före 20 mars.", "2027-04-13"),
        ("en", "Info day: LIFE", "Join us on 14 January 2027, 10:00–12:00 CET. Registration closes on 12 January.", "2027-01-14"),
        ("en", "Rural Week 2027", "Save the date: the week is back in Ghent from 4 to 6 May 2027. Participation is free.", "2027-05-04"),
        ("da", "Temadag om vand", "Kom til temadag tirsdag den 9. februar 2027 kl. 9-15. Tilmeldingsfrist 29. januar.", "2027-02-09"),
        ("nb", "Søkerseminar: Nordplus", "Vi inviterer til søkerseminar torsdag 14. januar kl. 10. Påmelding innen 11. januar.", "2027-01-14"),
        ("sv", "Kurs i upphandling", "Välkommen till kurs i Växjö.\nDatum: 9–10 mars 2027\nVid avbokning efter den 1 mars tas en avgift ut.", "2027-03-09"),
        ("da", "Kursus i udbud", "Velkommen til kursus i Odense.\nDato: 9. marts 2027\nVed afbud efter den 1. marts betales et gebyr.", "2027-03-09"),
        ("en", "Training on procurement", "Training in Lund on 9 March 2027. Cancellation after 1 March costs EUR 50.", "2027-03-09"),
    ],
)  # fmt: skip
def test_the_day_to_register_by_is_not_the_day_of_the_event(language, title, text, day):
    source = Source(id="any", kind="page", name="Any", url="https://x.se/", language=language, publishes=(Kind.EVENT, Kind.CALL))
    call = describe_item(
        Article(title=title, text=text, published=datetime(2026, 11, 20, tzinfo=UTC)),
        source=source,
        call_id="1",
        url="https://x.se/1",
        now=datetime(2026, 11, 28, tzinfo=UTC),
    ).call
    assert call is not None
    assert call.kind is Kind.EVENT
    assert call.starts is not None
    assert call.starts.date().isoformat() == day


def test_who_may_apply_is_told_by_the_row_where_the_text_does_not_say():
    row = {"applicants": "Kommuner och regioner", "publishes": ["call", "news"]}
    silent, _ = item("Stöd till torg", "Ansök senast 1 oktober 2026. Stödet är högst 500 000 kronor.", row=row)
    assert silent.applicants == ("Kommuner och regioner",)
    stated, _ = item("Stöd till torg", "Kommuner kan inte söka. Föreningar kan söka senast 1 oktober 2026.", row=row)
    assert stated.applicants == ()
    news, _ = item("Tio torg får stöd", "Boverket har beviljat stöd till tio torg.", row=row)
    assert news.applicants == ()


def test_a_partner_search_is_open_though_its_project_begins_later():
    text = "We look for partners from Sweden. Deadline for this partner request: 15 July 2026. It is open from 1 March 2027."
    call, _ = item("Partner search: water and music", text, row={"publishes": ["partner-search"]})
    assert (call.kind, call.opens) == (Kind.PARTNER_SEARCH, None)


def test_nothing_is_left_out_of_a_source_that_has_policy_alone():
    title, text = "Vanliga frågor om promemorian", "Här svarar vi på vanliga frågor. Sista dag att svara är den 8 januari 2027."
    assert item(title, text, row={"publishes": ["call", "news"]})[0] is None
    call, _ = item(title, text, row={"publishes": ["policy"]})
    assert call.kind is Kind.POLICY
