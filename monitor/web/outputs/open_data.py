"""The archive as open data for a data portal: DCAT-AP-SE 3, https://docs.dataportal.se/dcat/3.0.1/sv/, as RDF/XML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasette import Response

from monitor.web.framework.request import Visit
from monitor.web.framework.route import Route

if TYPE_CHECKING:
    from rdflib import Graph, URIRef
    from rdflib.graph import _ObjectType

_EU = "http://publications.europa.eu/resource/authority/"
_THEMES = (("GOVE", "Government and public sector"), ("ECON", "Economy and finance"))
_MEDIA = "https://www.iana.org/assignments/media-types/"
_DISTRIBUTIONS = (
    ("arkiv.json", "JSON Feed 1.1", "Alla utlysningar, de senast ändrade först, sida för sida.", "application/feed+json"),
    ("arkiv.atom", "Atom", "Alla utlysningar, de senast ändrade först, sida för sida.", "application/atom+xml"),
    ("common-grants/opportunities", "CommonGrants 0.4", "Utlysningar att söka, sida för sida.", "application/json"),
)
"""Path, title, description and media type of each form in which the calls are given out."""


def catalogue(visit: Visit) -> Graph:
    """Return the catalogue of the installation: one data set, the calls, in several forms."""
    from rdflib import DCAT, DCTERMS, FOAF, RDF, SKOS, XSD, Graph, Literal, Namespace, URIRef

    config = visit.site.config
    base = config.municipality.base_url.rstrip("/")
    vcard = Namespace("http://www.w3.org/2006/vcard/ns#")
    graph = Graph()
    for prefix, namespace in (("dcat", DCAT), ("dcterms", DCTERMS), ("foaf", FOAF), ("vcard", vcard)):
        graph.bind(prefix, namespace)

    def add(subject: URIRef, *pairs: tuple[URIRef, _ObjectType]) -> None:
        for predicate, value in pairs:
            graph.add((subject, predicate, value))

    def both(swedish: str, english: str, predicate: URIRef) -> tuple[tuple[URIRef, Literal], tuple[URIRef, Literal]]:
        return (predicate, Literal(swedish, lang="sv")), (predicate, Literal(english, lang="en"))

    name = config.municipality.name
    portal, calls = URIRef(f"{base}/dcat.rdf#katalog"), URIRef(f"{base}/dcat.rdf#utlysningar")
    contact = URIRef(f"{base}/dcat.rdf#kontakt")
    publisher = URIRef(config.open_data.publisher or f"{base}/dcat.rdf#utgivare")

    def named(address: str, kind: URIRef) -> URIRef:
        """Return a value of a common vocabulary with its class, so that the catalogue can be checked without the vocabulary."""
        add(value := URIRef(address), (RDF.type, kind))
        return value

    def concept(address: str, label: str) -> URIRef:
        add(value := named(address, SKOS.Concept), (SKOS.prefLabel, Literal(label, lang="en")))
        return value

    languages = [(DCTERMS.language, named(f"{_EU}language/{code}", DCTERMS.LinguisticSystem)) for code in ("SWE", "ENG")]
    add(
        publisher,
        (RDF.type, FOAF.Agent),
        (FOAF.name, Literal(name, lang="sv")),
        (DCTERMS.type, concept("http://purl.org/adms/publishertype/LocalAuthority", "Local Authority")),
    )
    add(
        contact,
        (RDF.type, vcard.Organization),
        (RDF.type, vcard.Kind),
        (vcard.fn, Literal(name)),
        (vcard.hasEmail, URIRef(f"mailto:{config.municipality.contact}")),
    )
    add(
        portal,
        (RDF.type, DCAT.Catalog),
        *both(f"EU-bevakningen, {name}", f"Calls followed by {name}", DCTERMS.title),
        *both("Utlysningar som kommunen bevakar.", "Calls for funding that the municipality follows.", DCTERMS.description),
        (DCTERMS.publisher, publisher),
        (FOAF.homepage, URIRef(f"{base}/")),
        (DCAT.dataset, calls),
        *languages,
    )
    add(
        calls,
        (RDF.type, DCAT.Dataset),
        *both("Utlysningar av bidrag från EU och Sverige", "Calls for grants of the EU and Sweden", DCTERMS.title),
        *both(
            "Utlysningar, evenemang och nyheter om bidrag, lästa varje dag från utgivarnas webbplatser, med dagar, belopp och vem"
            " som får söka.",
            "Calls, events and news about grants, read every day from their publishers, with dates, amounts and who may apply.",
            DCTERMS.description,
        ),
        (DCTERMS.publisher, publisher),
        (DCAT.contactPoint, contact),
        (DCTERMS.accessRights, named(f"{_EU}access-right/PUBLIC", DCTERMS.RightsStatement)),
        (DCTERMS.accrualPeriodicity, named(f"{_EU}frequency/DAILY", DCTERMS.Frequency)),
        (DCTERMS.spatial, named("http://www.geonames.org/2661886/", DCTERMS.Location)),
        *((DCAT.theme, concept(f"{_EU}data-theme/{code}", label)) for code, label in _THEMES),
        *((DCAT.keyword, Literal(word, lang="sv")) for word in ("utlysningar", "bidrag", "EU-stöd")),
        (DCAT.landingPage, URIRef(f"{base}/sok")),
        *languages,
    )
    add(URIRef(f"{base}/"), (RDF.type, FOAF.Document))
    add(URIRef(f"{base}/sok"), (RDF.type, FOAF.Document))
    for path, title, description, media in _DISTRIBUTIONS:
        form, address = URIRef(f"{base}/dcat.rdf#{path.replace('/', '-')}"), URIRef(f"{base}/{path}")
        add(calls, (DCAT.distribution, form))
        add(
            form,
            (RDF.type, DCAT.Distribution),
            (DCTERMS.title, Literal(title, lang="sv")),
            (DCTERMS.description, Literal(description, lang="sv")),
            (DCAT.accessURL, address),
            (DCAT.mediaType, named(_MEDIA + media, DCTERMS.MediaType)),
        )
        if config.open_data.licence:
            add(form, (DCTERMS.license, named(config.open_data.licence, DCTERMS.LicenseDocument)))
    add(calls, (DCTERMS.modified, Literal(visit.now.date().isoformat(), datatype=XSD.date)))
    return graph


def dcat(visit: Visit) -> Response:
    """Answer with the catalogue for a data portal to harvest."""
    return Response(catalogue(visit).serialize(format="pretty-xml"), content_type="application/rdf+xml; charset=utf-8")


ROUTES = (Route(r"^/dcat\.rdf$", dcat),)
