"""Twelve sites of different systems for `sources find`: pages written by us in the structure that each system gives its pages.

The first page of each has what such pages have: a menu with pages that are no articles, a footer, and marks of the system.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from tests.publishers import Answer, Asked

HTML, XML = "text/html; charset=utf-8", "application/xml; charset=utf-8"
SUBJECTS = ("lekplatser", "badplatser", "laddstolpar", "naturreservat", "skolbibliotek")


@dataclass
class SitePages:
    """A site: its answers by path with query, and the row that is right for it."""

    name: str
    pages: dict[str, tuple[str, str]]
    right: dict[str, str] | None
    """Kind, path and query of the address, and links of the right row; None where nothing can be read."""
    said: str = ""
    """Words of the reason where nothing can be read."""
    special: dict[str, Answer] = field(default_factory=dict)

    def respond(self, asked: Asked) -> Answer:
        """Return the answer to a request."""
        query = "&".join(f"{name}={value}" for name, values in asked.query.items() for value in values)
        address = f"{asked.path}?{query}" if query else asked.path
        if address in self.special:
            return self.special[address]
        body, kind = self.pages.get(address, ("", ""))
        if not body:
            return Answer(b"<!doctype html><title>404</title><h1>Sidan finns inte</h1>", 404, {"Content-Type": HTML})
        return Answer(body.replace("{host}", asked.headers["Host"]).encode(), headers={"Content-Type": kind})


def page(title, main, *, head="", menu="", lang="sv", foot=""):
    return (
        f'<!doctype html><html lang="{lang}"><head><title>{title}</title>{head}</head><body><header><nav><ul>{menu}'
        '<li><a href="/om-oss/organisation">Organisation</a><li><a href="/om-oss/jobba-hos-oss">Jobba hos oss</a>'
        '<li><a href="/om-oss/styrelse">Styrelse</a><li><a href="/om-oss/historia">Historia</a></ul></nav></header>'
        f'<main id="content"><h1>{title}</h1>{main}</main><footer><a href="/om-webbplatsen/kakor">Kakor</a>'
        f'<a href="/kontakt">Kontakt</a>{foot}</footer></body></html>'
    ), HTML


def call_page(subject, number, *, head=""):
    return page(
        f"Stöd till {subject}",
        f"<p>Kommuner kan söka bidrag till {subject} i hela landet. Sista ansökningsdag är den {number} augusti 2026, och ansökan "
        "görs på webben.</p><p>Bidraget är högst 200 000 kronor per projekt, och projekten får pågå i två år. Kommunen betalar minst "
        "hälften själv och redovisar vad pengarna har gått till.</p>",
        head=head,
    )


def news_text(subject):
    return (
        f"Myndigheten har sammanställt hur kommunerna arbetar med {subject}. Rapporten bygger på svar från 210 kommuner och visar "
        "att de flesta har en plan, men att få har följt upp den. Resultaten presenteras i en rapport som går att ladda ned, och "
        "arbetet fortsätter under året tillsammans med länsstyrelserna och regionerna."
    )


def call_text(subject, number):
    return (
        f"Kommuner kan söka bidrag till {subject} i hela landet. Sista ansökningsdag är den {number} augusti 2026. Bidraget är högst "
        "200 000 kronor per projekt, och projekten får pågå i två år. Ansökan görs på webben, och beslut fattas inom tre månader."
    )


def rss(title, items):
    entries = "".join(
        f"<item><title>{name}</title><link>http://{{host}}{path}</link><guid>http://{{host}}{path}</guid>"
        f"<pubDate>{10 + number} May 2026 08:00:00 +0200</pubDate><description>{text}</description></item>"
        for number, (name, path, text) in enumerate(items)
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{title}</title><link>http://{{host}}/</link>'
        f"<description>{title}</description>{entries}</channel></rss>"
    ), "application/rss+xml; charset=utf-8"


def listed(links):
    return "<ul>" + "".join(f'<li><h2><a href="{path}">{text}</a></h2></li>' for path, text in links) + "</ul>"


def calls_below(folder, end=""):
    """Return the pages of a list of calls, and the list."""
    pages = {f"{folder}{subject}{end}": call_page(subject, 10 + number) for number, subject in enumerate(SUBJECTS)}
    return pages, listed((path, f"Stöd till {subject}") for path, subject in zip(pages, SUBJECTS, strict=True))


def sitevision():
    feed = "/4.3f2a1c8b17a2.html/12.5a1b9c.portlet?state=rss&sv.contenttype=text/xml;charset=UTF-8"
    marks = '<link rel="stylesheet" href="/sitevision/system-resource/css/portlets.css">'
    news = listed(
        (f"/aktuellt/nyheter/2026-05-1{n}-{subject}.html", f"Kommunerna och {subject}") for n, subject in enumerate(SUBJECTS)
    )
    articles = {
        f"/aktuellt/nyheter/2026-05-1{n}-{subject}.html": page(
            f"Kommunerna och {subject}", f"<p>{news_text(subject)}</p>", head=marks
        )
        for n, subject in enumerate(SUBJECTS)
    }
    return SitePages(
        "Sitevision",
        {
            "/": page("Myndigheten", '<div class="sv-portlet sv-text-portlet"><p>Välkommen.</p></div>', head=marks,
                      menu='<li><a href="/aktuellt/nyheter.html">Nyheter</a>'),
            "/aktuellt/nyheter.html": page("Nyheter", f'<div class="sv-archive-portlet sv-portlet">{news}</div><p><a href="{feed.replace("&", "&amp;")}">Prenumerera</a></p>', head=marks),
            feed.replace(";charset", ";charset"): rss("Nyheter", [(f"Kommunerna och {subject}", f"/aktuellt/nyheter/2026-05-1{n}-{subject}.html", news_text(subject)) for n, subject in enumerate(SUBJECTS)]),
            **articles,
        },
        {"kind": "feed", "address": feed, "links": ""},
    )  # fmt: skip


def episerver():
    pages, grants = calls_below("/statsbidrag/medel-att-soka/", "/")
    marks = (
        '<link rel="stylesheet" href="/static/css/main.css"><meta property="og:image" content="/globalassets/bilder/logga.png">'
    )
    news = rss("Nyhetsarkiv", [(f"Rapport om {subject}", f"/nyheter/{subject}/", news_text(subject)) for subject in SUBJECTS])
    return SitePages(
        "EPiServer/Optimizely",
        {
            "/": page("Myndigheten", '<div class="epi-block"><p>Välkommen.</p></div>', head=marks,
                      menu='<li><a href="/statsbidrag/medel-att-soka/">Bidrag att söka</a><li><a href="/nyheter/">Nyhetsarkiv</a>'),
            "/statsbidrag/medel-att-soka/": page("Medel att söka", grants, head=marks),
            "/nyheter/": page("Nyhetsarkiv", "<p>Sök bland nyheterna.</p>", head=marks),
            "/nyheter/?syndication=rss": news,
            **pages,
        },
        {"kind": "page", "address": "/statsbidrag/medel-att-soka/", "links": r"/statsbidrag/medel\-att\-soka/[^/?#]+"},
    )  # fmt: skip


def drupal():
    marks = (
        '<meta name="Generator" content="Drupal 10 (https://www.drupal.org)"><link rel="shortlink" href="http://{host}/node/1">'
    )
    return SitePages(
        "Drupal",
        {
            "/": page("Myndigheten", '<div data-drupal-messages-fallback></div><p>Välkommen.</p>', head=marks),
            "/rss.xml": rss("Myndigheten", [(f"Stöd till {s}", f"/bidrag/{s}", call_text(s, 10 + n)) for n, s in enumerate(SUBJECTS)]),
        },
        {"kind": "feed", "address": "/rss.xml", "links": ""},
    )  # fmt: skip


def commission_drupal():
    marks = (
        '<meta name="Generator" content="Drupal 11 (https://www.drupal.org)"><link rel="shortlink" href="https://{host}/node/2">'
        '<link rel="stylesheet" href="/themes/contrib/oe_theme/dist/ec/styles/oe-ec.css">'
    )
    subjects = ("playgrounds", "charging points", "nature reserves")
    paths = [f"/news-events/news/call-{subject.replace(' ', '-')}-2026-05-1{n}_en" for n, subject in enumerate(subjects)]
    text = (
        "<p>The call for proposals on {} is open. Municipalities and regions can apply for a grant of up to EUR 500 000 per "
        "project. The deadline for submission of applications is 15 September 2026 at 17:00 Brussels time.</p><p>Proposals are "
        "submitted through the portal, and the results are known in the spring.</p>"
    )
    articles = {
        path: page(f"Call on {s}", text.format(s), head=marks, lang="en") for path, s in zip(paths, subjects, strict=True)
    }
    return SitePages(
        "EC Drupal",
        {
            "/": page("Executive Agency", '<div class="ecl-banner"><p>Welcome.</p></div>', head=marks, lang="en"),
            "/node/2/rss_en": rss(
                "Agency news", [(f"Call on {s}", path, f"Call on {s}") for s, path in zip(subjects, paths, strict=True)]
            ),
            **articles,
        },
        {"kind": "feed", "address": "/node/2/rss_en", "links": ""},
    )


def wordpress():
    marks = (
        '<link rel="alternate" type="application/rss+xml" title="Flöde" href="http://{host}/feed/">'
        '<link rel="alternate" type="application/rss+xml" title="Kommentarer" href="http://{host}/comments/feed/">'
        '<link rel="https://api.w.org/" href="http://{host}/wp-json/"><link rel="stylesheet" href="/wp-content/themes/x/style.css">'
    )
    types = {
        name: {"name": label, "slug": name, "rest_base": base, "rest_namespace": "wp/v2", "hierarchical": False, "taxonomies": []}
        for name, label, base in (
            ("post", "Inlägg", "posts"), ("page", "Sidor", "pages"), ("attachment", "Media", "media"), ("nav_menu_item", "Menyval", "menu-items"),
            ("wp_block", "Mönster", "blocks"), ("wp_template", "Mallar", "templates"), ("artikel", "Artiklar", "artikel"),
        )
    }  # fmt: skip
    items = [(f"Stöd till {s}", f"/artikel/{s}/", call_text(s, 10 + n)) for n, s in enumerate(SUBJECTS)]
    return SitePages(
        "WordPress with post types",
        {
            "/": page("Centrumet", "<p>Välkommen.</p>", head=marks),
            "/feed/": rss("Centrumet", []),
            "/comments/feed/": rss("Kommentarer", [("Kommentar", "/x", "Bra skrivet om bidrag till kommuner!")]),
            "/wp-json/wp/v2/types": (json.dumps(types), "application/json; charset=UTF-8"),
            "/feed/?post_type=artikel": rss("Artiklar", items),
        },
        {"kind": "feed", "address": "/feed/?post_type=artikel", "links": ""},
    )


def umbraco():
    pages, calls = calls_below("/stod/utlysningar/")
    marks = '<meta name="generator" content="Umbraco"><link rel="stylesheet" href="/css/umbraco-starterkit-style.css">'
    return SitePages(
        "Umbraco",
        {
            "/": page("Fonden", "<p>Välkommen.</p>", head=marks, menu='<li><a href="/stod/utlysningar">Utlysningar</a><li><a href="/stod/fragor">Frågor</a>'),
            "/stod/utlysningar": page("Utlysningar", calls, head=marks),
            **pages,
        },
        {"kind": "page", "address": "/stod/utlysningar", "links": "/stod/utlysningar/[^/?#]+"},
    )  # fmt: skip


def static():
    pages, calls = calls_below("/calls/2026/", ".html")
    return SitePages(
        "static",
        {
            "/": page("Stiftelsen", "<p>Välkommen.</p>", menu='<li><a href="/calls/index.html">Utlysningar</a>'),
            "/calls/index.html": page("Utlysningar", calls),
            **pages,
        },
        {"kind": "page", "address": "/calls/index.html", "links": r"/calls/\d+/[^/?#]+"},
    )


def scripted():
    shell = (
        '<!doctype html><html lang="sv"><head><title>Portalen</title><script src="/assets/index-4f2a.js" type="module"></script></head>'
        '<body><div id="root"></div><noscript>Slå på JavaScript.</noscript></body></html>'
    )
    # Such a site answers every address with its shell, so well-known addresses "exist".
    return SitePages(
        "script-made", dict.fromkeys(("/", "/feed/", "/rss.xml", "/feed.xml", "/sitemap.xml"), (shell, HTML)), None, "skript"
    )


def hidden_feed():
    names = [(f"/aktuellt/{s}", f"Kommunerna och {s}") for s in SUBJECTS]
    articles = {path: page(title, f"<p>{news_text(title)}</p>") for path, title in names}
    return SitePages(
        "feed hidden in a folder",
        {
            "/": page("Förbundet", "<p>Välkommen.</p>", menu='<li><a href="/aktuellt/">Aktuellt</a>'),
            "/aktuellt/": page("Aktuellt", listed(names)),
            "/aktuellt/feed.xml": rss("Aktuellt", [(title, path, news_text(title)) for path, title in names]),
            **articles,
        },
        {"kind": "feed", "address": "/aktuellt/feed.xml", "links": ""},
    )


def sitemap_only():
    pages, _ = calls_below("/vi-erbjuder/bidrag/")
    urls = "".join(f"<url><loc>http://{{host}}{path}</loc><lastmod>2026-05-1{n}</lastmod></url>" for n, path in enumerate(pages))
    others = "".join(
        f"<url><loc>http://{{host}}/om-oss/{name}</loc></url>" for name in ("styrelse", "historia", "organisation", "kakor")
    )
    start = '<?xml version="1.0" encoding="UTF-8"?>'
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    return SitePages(
        "sitemap only",
        {
            "/": page("Stiftelsen", '<form action="/sok"><input name="q"></form><p>Sök på webbplatsen.</p>'),
            "/robots.txt": ("User-agent: *\nAllow: /\nSitemap: http://{host}/karta/index.xml\n", "text/plain"),
            "/karta/index.xml": (f"{start}<sitemapindex {space}><sitemap><loc>http://{{host}}/karta/sidor.xml</loc></sitemap></sitemapindex>", XML),
            "/karta/sidor.xml": (f"{start}<urlset {space}>{others}{urls}</urlset>", XML),
            **{f"/om-oss/{name}": page(name.capitalize(), "<p>Om stiftelsen.</p>") for name in ("styrelse", "historia", "organisation", "kakor")},
            **pages,
        },
        {"kind": "page", "address": "/karta/sidor.xml", "links": r"/vi\-erbjuder/bidrag/[^/?#]+"},
    )  # fmt: skip


def walled():
    challenge = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><script>window._cf_chl_opt={}</script></body></html>"
    return SitePages(
        "walled",
        {},
        None,
        "spärr",
        {"/": Answer(challenge, 403, {"Content-Type": HTML, "cf-mitigated": "challenge", "Server": "cloudflare"})},
    )


def moved_to(address):
    """Return a site whose first page leads to that of another host for good."""
    return SitePages("moved", {}, None, special={"/": Answer(b"", 301, {"Location": address})})


def finished():
    """Return a site whose calls all have closed."""
    pages = {
        f"/calls/{subject}": page(f"Call on {subject}", "<p>Municipalities can apply for grants of up to EUR 500 000. The deadline for "
        f"applications was {10 + n} March 2023. All funds have been committed, and no further calls are planned.</p>", lang="en")
        for n, subject in enumerate(SUBJECTS)
    }  # fmt: skip
    calls = listed((path, f"Call on {subject}") for path, subject in zip(pages, SUBJECTS, strict=True))
    home = page("Programme", "<p>Welcome.</p>", menu='<li><a href="/calls">Calls for projects</a>', lang="en")
    return SitePages("finished", {"/": home, "/calls": page("Calls for projects", calls, lang="en"), **pages}, None)


def menus():
    """Return a site that has nothing but pages about itself."""
    names = ("uppdrag", "ledning", "lokaler", "foreningar", "medlemskap")
    pages = {f"/stod-och-bidrag/{name}": page(name.capitalize(), f"<p>Läs om {name} hos oss.</p>") for name in names}
    listing = listed((path, path.rpartition("/")[2].capitalize()) for path in pages)
    home = page("Föreningen", "<p>Välkommen.</p>", menu='<li><a href="/stod-och-bidrag">Stöd och bidrag</a>')
    return SitePages("menus", {"/": home, "/stod-och-bidrag": page("Stöd och bidrag", listing), **pages}, None)
