"""A list whose pages lose their texts is degraded, whatever its items count as then, until a person accepts it."""

import pytest

from tests.commands import Installation
from tests.publishers import Answer, serve

HTML = {"Content-Type": "text/html; charset=utf-8"}
WORDS = (
    "Barn och utbildning",
    "Bygga, bo och miljö",
    "Kultur och fritid",
    "Omsorg och stöd",
    "Kalender",
    "Nyheter",
    "{}",
    "Om oss",
)
TEXT = (
    "<p>Kommuner kan söka stöd för insatser som gör vardagen bättre för invånarna. Stödet täcker högst hälften av kostnaden och betalas"
    " ut i efterskott när arbetet är redovisat.</p><p>Projekten får pågå i två år och ska redovisas efter varje år. En kommun kan söka"
    " ensam eller tillsammans med andra, och föreningar kan vara med som samarbetspartner. Beslut fattas inom tre månader från det att"
    " ansökan har kommit in, och pengarna betalas ut när projektet har startat.</p><p>Ansökan ska beskriva mål, arbetssätt och budget."
    " Den som har fått stöd tidigare kan söka igen för nya insatser.</p>"
)
DAY = "<p>Sista ansökningsdag är den {} mars 2027.</p>"


class Publisher:
    """Serve a list of eight calls, each with its text until `after` is given: the markup that they then have instead."""

    def __init__(self, menu):
        links = "".join(f'<li><a href="/m{number}/">{text.format(menu)}</a></li>' for number, text in enumerate(WORDS))
        self.menu = f"<header><nav><ul>{links}</ul></nav></header>"
        self.after = None

    def respond(self, request):
        if request.path == "/l/":
            links = "".join(f'<li><h2><a href="/l/b{number}">Bidrag {number}</a></h2></li>' for number in range(8))
            return self.page("Bidrag", f"<ul>{links}</ul>")
        if not request.path.startswith("/l/b"):
            return Answer(status=404)
        number = int(request.path.removeprefix("/l/b"))
        return self.page(f"Bidrag {number} till kommuner", (self.after or TEXT + DAY).format(number + 10))

    def page(self, title, body):
        whole = f"<html><head><title>{title}</title></head><body>{self.menu}<main><h1>{title}</h1>{body}</main></body></html>"
        return Answer(whole.encode(), headers=HTML)


@pytest.mark.parametrize(
    ("menu", "after", "words"),
    [
        ("Lediga jobb", DAY, "Texterna har blivit korta"),
        ("E-tjänster", DAY, "Texterna har blivit korta"),
        ("Lediga jobb", "<p>Sidan uppdateras.</p>", "Ingen av 8 poster har längre sista ansökningsdag"),
        ("E-tjänster", f"<p>Vi söker en handläggare. Anställningsform: tillsvidare. Lön enligt avtal.</p>{TEXT}{DAY}", "Alla 8 poster lämnas utanför"),
    ],
)  # fmt: skip
def test_a_list_that_has_lost_its_texts_is_degraded_until_a_person_accepts_it(tmp_path, menu, after, words):
    place, publisher = Installation(tmp_path), Publisher(menu)
    with serve(publisher.respond) as served:
        row = f'[[source]]\nid = "l"\nkind = "page"\nname = "L"\nurl = "{served.url}/l/"\nlinks = "/l/b"\nexpected = 1\nlanguage = "sv"\n'
        place.configure(f"[network]\nallow_loopback = true\ndelay = 0\nretries = 0\n{row}")

        def crawl(day):
            return place.fork("crawl", "l", "--json", now=f"2026-11-{day:02}T08:00").json["sources"][0]

        for day in range(11, 14):
            assert (crawl(day)["state"], listed(place)["current"]) == ("accepted", 8)
        publisher.after = after
        for day in (14, 24):
            report = crawl(day)
            assert report["state"] != "accepted"
            assert words in report["reason"]
            assert listed(place)["health"] == "fields"
        assert place.fork("sources", "accept", "l", now="2026-11-24T09:00").code == 0
        assert crawl(25)["state"] == "accepted"


def listed(place):
    rows = place.fork("sources", "--json", now="2026-11-25T08:00").json["sources"]
    return next(row for row in rows if row["id"] == "l")
