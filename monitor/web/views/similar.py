"""Funded projects that are like a call, for the call's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.awards.installation import funded_like
from monitor.awards.model import ORIGINS
from monitor.awards.similar import CallSubject, SimilarProject
from monitor.calls import Call
from monitor.vocabulary import Kind
from monitor.web.framework.request import Visit
from monitor.web.search_index import vocabulary_of


@dataclass(frozen=True, slots=True)
class ShownProject:
    """Similar project with the language that its title is read in."""

    project: SimilarProject
    language: str
    publisher: str
    """Name of the publisher whose list has the project."""


def similar_view(visit: Visit, call: Call, zones: Mapping[str, str] | None) -> Sequence[ShownProject]:
    """Return the funded projects that are likest to a call; none for what is no call, and before a call is indexed."""
    if call.kind is not Kind.CALL or not zones:
        return []
    subject = CallSubject(zones, vocabulary_of(visit.site).concepts, visit.site.rules.generic)
    found = funded_like(visit.site.config, call.identifier or "", subject, visit.language)
    return [ShownProject(one, ORIGINS[one.publisher].language, ORIGINS[one.publisher].name) for one in found]
