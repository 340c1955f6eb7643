"""A call's links are sorted into documents, pages and doubles, and each document is told by its address or its words."""

import json
from collections import Counter

import pytest

from monitor.calls import Link
from monitor.collect.portal.sections import parse_links
from monitor.documents.links import DocumentRole, sort_links

DOCS = "https://ec.example/docs/2021-2027/life"


@pytest.mark.shared
def test_the_links_of_83_calls(shared):
    """210 addresses as written, two of them with a blank before; 45 call documents, one of those with the blank."""
    [file] = (shared / "data" / "open" / "call-documents").glob("*.jsonl")
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    links = [Link(title=item["label"], url=item["url"]) for row in rows for item in row["documents"]]
    assert (len(rows), len(links), len({link.url for link in links})) == (83, 1241, 210)
    assert len({link.url for link in links if "call-fiche" in link.url}) == 45
    found = sort_links(links)
    assert len(found.documents) + len(found.pages) + len(found.broken) == 210 - 2
    assert len(found.documents) + len(found.pages) + len(found.broken) + found.doubles == 1241
    roles = Counter(document.role for document in found.documents)
    assert roles[DocumentRole.CALL] == 45 - 1
    assert roles[DocumentRole.PROGRAMME] == 4
    files = {
        item["url"].strip() for row in rows for item in row["documents"] if item["ext"] in (".pdf", ".docx", ".xlsx", ".xlsm")
    }
    by_query = {document.url for document in found.documents} - files
    assert files <= {document.url for document in found.documents}
    assert all("?filename=" in url for url in by_query)
    assert len(by_query) == 3
    without = [row["call"] for row in rows if not any("call-fiche" in item["url"] for item in row["documents"])]
    assert set(without) >= {"ERASMUS-EDU-2026-PEX-COVE", "SMP-FOOD-2026-FW-FEBA-PJ-IBA"}


def test_each_address_once_and_named_by_its_best_words():
    fiche = f"{DOCS}/wp-call/2026/call-fiche_life-2026-taa_en.pdf"
    found = sort_links(
        [
            Link(title=".", url=f" {fiche}"),
            Link(title="call document", url=fiche),
            Link(title="Form", url=f"{DOCS}/temp-form/af/af_life_en.docx#x"),
            Link(title="Form", url=f"{DOCS}/temp-form/af/af_life_en.docx"),
            Link(title="Programme", url="https://a.example/get?filename=WP_2026.PDF"),
            Link(title="Page", url="https://a.example/page.html"),
            Link(title="Here", url="call document"),
            Link(title="Script", url="javascript:alert(1)"),
        ]
    )
    assert [(one.title, one.role.value) for one in found.documents] == [
        ("call document", "call"),
        ("Form", "form"),
        ("Programme", "other"),
    ]
    assert found.pages == ("https://a.example/page.html",)
    assert (found.doubles, found.broken) == (2, ("call document", "javascript:alert(1)"))


@pytest.mark.parametrize(
    ("title", "role"),
    [("Utlysningstext (pdf)", "call"), ("Arbetsprogram 2026", "programme"), ("Ansökningsblankett", "form"), ("Mall för budget", "form"),
     ("Förordning 2021/783", "law"), ("Handledning för sökande", "guide"), ("Bilaga 1", "other")],
)  # fmt: skip
def test_elsewhere_the_words_tell(title, role):
    [document] = sort_links([Link(title=title, url="https://myndighet.example/f/1.pdf")]).documents
    assert document.role == role


def test_links_of_the_portals_conditions_are_kept():
    """The markup of the portal: an open tag that is broken, links in <u>, a full stop that is a link, an entity in an address."""
    markup = (
        '<div class="eui-u-mt-l>"><h4>Conditions</h4><p>see the <u><a href="https://a.example/call-fiche_x.pdf" rel="noopener">call '
        'document</a></u><a href=" https://a.example/call-fiche_x.pdf">.</a> and <a target="_blank" href="https://a.example/?a=1&amp;b=2">'
        'more</a> <a href="javascript:alert(1)">no</a> <a name="x">no</a></p>'
    )
    assert parse_links(markup) == (
        Link(title="call document", url="https://a.example/call-fiche_x.pdf"),
        Link(title=".", url="https://a.example/call-fiche_x.pdf"),
        Link(title="more", url="https://a.example/?a=1&b=2"),
    )
    for hostile in ('<a href="', "<a>", '<a href="x">', "<a "):
        assert parse_links(hostile * 20_000) == ()
