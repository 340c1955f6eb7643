"""Funded projects of one installation: where their file is, whose municipality is at home, and what is known of a call."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from monitor.archive.award_decisions import list_award_decisions, notices_about_proposals, round_openings
from monitor.archive.connection import Database
from monitor.awards.chances import Competition, distinct_competitions
from monitor.awards.families import code_family, code_programme
from monitor.awards.history import EarlierRounds, earlier_rounds
from monitor.awards.model import ORIGINS
from monitor.awards.municipal import SURE, OwnProject, partner_places, projects_by_municipality
from monitor.awards.organisations import Decision, find_municipality
from monitor.awards.rounds import stored_rounds
from monitor.awards.seasons import Round, Seasons
from monitor.awards.similar import CallSubject, SimilarProject, similar_projects
from monitor.awards.store import FILE, list_imports, open_awards
from monitor.awards.updates import updates_of
from monitor.config import Config
from monitor.errors import ArchiveError
from monitor.language.analyser import analyser

logger = logging.getLogger(__name__)


def awards_path(config: Config) -> Path:
    """Return the file of funded projects; a member uses that of the installation which reads the sources."""
    return (config.shared_archive or config.archive).parent / FILE


def read_decisions(db: Database) -> list[Decision]:
    """Return people's decisions about organisations, from the archive, the earliest first."""
    return [Decision(*row) for row in list_award_decisions(db)]


def home_municipality(config: Config) -> str:
    """Return the name of the installation's municipality in the register, "" when its name is no municipality's."""
    found = find_municipality(config.municipality.name)
    return found.name if found else ""


def rounds_before(config: Config, archive: Database, code: str) -> EarlierRounds | None:
    """Return the earlier rounds of a call, None when none is known, nothing was ever imported, or the file is damaged."""
    path = awards_path(config)
    if not path.is_file() or not code:
        return None
    try:
        with open_awards(path, read_only=True) as db:
            return earlier_rounds(db, code, home_municipality(config), read_decisions(archive))
    except ArchiveError as error:
        logger.warning("earlier_rounds_unread reason=%s", error)
        return None


def funded_like(config: Config, code: str, subject: CallSubject, language: str = "sv") -> list[SimilarProject]:
    """Return the funded projects that are likest to a call; none when nothing was imported or the file is damaged.

    Args:
        config: Settings of the installation.
        code: Code of the call, whose own earlier rounds are left out.
        subject: Concepts and words of the call.
        language: Language of the concepts' words.
    """
    path = awards_path(config)
    if not path.is_file():
        return []
    try:
        with open_awards(path, read_only=True) as db:
            home = home_municipality(config)
            return similar_projects(db, subject, analyser(), home=home, language=language, family=code_family(code))
    except ArchiveError as error:
        logger.warning("similar_projects_unread reason=%s", error)
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalHistory:
    """Projects of municipalities, and the lists that they were read from."""

    home: str
    """Name of the own municipality in the register, "" when its name is no municipality's."""
    projects: Mapping[str, Sequence[OwnProject]]
    """By name of the municipality."""
    imports: tuple[tuple[str, str, int], ...]
    """Publisher, day and number of projects of each list that was read."""


def municipal_history(config: Config, archive: Database) -> MunicipalHistory:
    """Return the projects of all municipalities; empty when nothing was imported or the file is damaged."""
    path, home = awards_path(config), home_municipality(config)
    if path.is_file():
        try:
            with open_awards(path, read_only=True) as db:
                projects = projects_by_municipality(db, read_decisions(archive), home)
                own = [
                    replace(one, partners=partner_places(db, one)) if one.sureness in SURE else one
                    for one in projects.get(home, ())
                ]
                imports = tuple(
                    (ORIGINS[row["source"]].name, row["at"][:10], row["projects"])
                    for row in list_imports(db)
                    if row["at"] and row["source"] in ORIGINS
                )
                return MunicipalHistory(home=home, projects={**projects, home: own} if own else projects, imports=imports)
        except ArchiveError as error:
            logger.warning("municipal_history_unread reason=%s", error)
    return MunicipalHistory(home=home, projects={}, imports=())


def load_seasons(config: Config, archive: Database) -> Seasons:
    """Return the families of calls of all years: those of the archive, and those of imported lists of closed calls."""
    path = awards_path(config)
    closed: list[Round] = []
    if path.is_file():
        try:
            with open_awards(path, read_only=True) as db:
                closed = stored_rounds(db)
        except ArchiveError as error:
            logger.warning("rounds_unread reason=%s", error)
    return Seasons([*closed, *(Round(*row) for row in round_openings(archive))])


def chances_before(config: Config, archive: Database, code: str) -> list[tuple[str, Competition]]:
    """Return how many applied for money in the rounds of a call's family, by the updates kept of them; the latest first."""
    family = code_family(code)
    if not family:
        return []

    def is_wanted(other: str) -> bool:
        return code_family(other) == family

    programme, path = code_programme(code), awards_path(config)
    texts = notices_about_proposals(archive, programme, is_wanted)
    if path.is_file():
        try:
            with open_awards(path, read_only=True) as db:
                texts += updates_of(db, programme, is_wanted)
        except ArchiveError as error:
            logger.warning("updates_unread reason=%s", error)
    found = [(other, competition) for other, competition in distinct_competitions(texts) if not competition.is_label]
    return sorted(found, key=lambda pair: (pair[0], pair[1].closed or date.min, pair[1].nth or 0), reverse=True)
