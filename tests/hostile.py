"""Nine hostile publishers and a good one, in two rounds. Values only; tests and benchmarks serve them."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

from tests.portal_rows import page as portal_page
from tests.portal_rows import row
from tests.publishers import Answer, serve

HTML = {"Content-Type": "text/html; charset=utf-8"}
XML = {"Content-Type": "application/rss+xml"}
JSON = {"Content-Type": "application/json"}
GOOD = "Sista ansökningsdag är 1 oktober 2026."


def item(title, text=GOOD, number=1, more=""):
    return f"<item><title>{title}</title><link>https://example.se/{number}</link><description>{escape(text)}</description>{more}</item>"


def feed(*items):
    return Answer(f'<rss version="2.0"><channel><title>X</title>{"".join(items)}</channel></rss>'.encode(), headers=XML)


def html(body, head=""):
    return Answer(
        f"<!doctype html><html><head><title>Sidan</title>{head}</head><body>{body}</body></html>".encode(), headers=HTML
    )


def article(text):
    return html(f"<main><article><h1>Bidrag till bad</h1><p>{text}</p></article></main>")


def loop(asked):
    return Answer(status=302, headers={"Location": f"{asked.path}x"})


def dripping():
    while True:
        yield b"<p>"


def flood():
    return Answer(b"<rss/>", headers={f"X-{number}": "x" * 8000 for number in range(2000)})


def calendar(start):
    return Answer(
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:{start}\r\nSUMMARY:Lunch\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nUID:2\r\nDTSTART:20270101T120000Z\r\nSUMMARY:Frukost\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n".encode(),
        headers={"Content-Type": "text/calendar"},
    )


# name: kind, what it answers, whether it has a call that can be stored beside what is hostile
BAD_ROWS = {
    "surrogate": ("feed", lambda asked: feed(item("Sök stöd &#55357; för bibliotek"), item("Sök stöd för bad", number=2)), True),
    "long-title": ("feed", lambda asked: feed(item("Utlysning " + "A" * 1_000_000), item("Sök stöd för bad", number=2)), True),
    "long-word": (
        "feed",
        lambda asked: feed(item("Utlysning", "å" * 3_000_000 + GOOD), item("Sök stöd för bad", number=2)),
        True,
    ),
    "large-sum": (
        "feed",
        lambda asked: feed(
            item("Utlysning", f"{GOOD} Budget 10 000 000 000 000 000 000 EUR."), item("Sök stöd för bad", number=2)
        ),
        True,
    ),
    "odd-dates": (
        "feed",
        lambda asked: feed(
            item("Sök stöd", f"{GOOD} Sista dag 31 december 9999.", more="<pubDate>Fri, 31 Dec 99999 23:59:59 -1200</pubDate>"),
            item("Sök stöd för bad", number=2),
        ),
        True,
    ),
    "year-9999": ("calendar", lambda asked: calendar("99991231T233000"), True),
    "deep-html": ("page", lambda asked: article(f"{'<b>' * 200_000}{GOOD}"), False),
    "deep-json": ("page", lambda asked: html("", f"<script type='application/ld+json'>{'[' * 300_000}</script>"), False),
    "portal": (
        "portal",
        lambda asked: Answer(
            portal_page(
                [
                    row(1, budget=["1e30"], budgetOverview=None),
                    row(2, budget=["Infinity"]),
                    row(3, deadlines=("9999-12-31T23:59:59.000-1200",)),
                    row(4, title=["Half \ud83d of it"]),
                    row(5, latestInfos=["[" * 100_000]),
                    row(6, title=["T" * 1_000_000]),
                    row(7, identifier="X" * 3000),
                    row(8),
                ]
            ),
            headers=JSON,
        ),
        True,
    ),
}
BAD_ANSWERS = {
    "endless": ("feed", lambda asked: Answer(headers={**XML, "Content-Length": str(10**9)}, pieces=dripping())),
    "bomb": (
        "feed",
        lambda asked: Answer(gzip.compress(b"<rss>" + b" " * 30_000_000), headers={**XML, "Content-Encoding": "gzip"}),
    ),
    "loop": ("feed", loop),
    "header-flood": ("feed", lambda asked: flood()),
    "many-tags": ("page", lambda asked: html("<main>" + "<i>" * 1_000_000)),
    "anchors": ("page", lambda asked: html("<a " * 100_000)),
    "scripts": ("page", lambda asked: html("<script " * 200_000 + "<!--" * 200_000)),
    "thousand-million": ("portal", lambda asked: Answer(portal_page([row(1)], total=10**9), headers=JSON)),
    # The one way to be slow that no mended reader takes away: the row's own pattern, tried on an address made against it.
    "slow": ("page", lambda asked: html(f"<a href='/slow/{'a' * 60}!'>x</a>") if asked.path == "/slow" else Answer(status=404)),
}


def good(asked):
    return feed(*(item(f"Sök bidrag nummer {n}", number=n) for n in range(3)))


def settings(url, sources):
    rows = []
    for source, (kind, *_) in sources.items():
        links = "links = '/slow/(a+)+$'\n" if source == "slow" else ""
        rows.append(
            f'[[source]]\nid = "{source}"\nkind = "{kind}"\nname = "Källan {source}"\nurl = "{url}/{source}"\nlanguage = "sv"\n{links}'
        )
    network = "allow_loopback = true\ndelay = 0\nretries = 0\ntimeout = 10\nsource_timeout = 60\nparse_timeout = 8"
    return f"[network]\n{network}\n" + "\n".join(rows)


ROUNDS = {"bad rows": BAD_ROWS, "bad answers": BAD_ANSWERS}


@contextmanager
def serve_round(name: str) -> Iterator[tuple[str, list[str]]]:
    """Serve nine hostile sources and the good one; gives the settings that read them and their ids."""
    sources = {**ROUNDS[name], "good": ("feed", good)}

    def respond(asked):
        source = asked.path.strip("/").split("/")[0].rstrip("x")
        return sources[source][1](asked) if source in sources else Answer(status=404)

    with serve(respond) as publisher:
        yield settings(publisher.url, sources), list(sources)
