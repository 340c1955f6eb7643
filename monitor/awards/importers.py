"""Importers of one publisher each: the original file as a stream of projects and participants.

Columns, keys and traps were taken from the publishers' files and from readers of them; each importer names its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from monitor.awards.fields import amount, country, day, organisation_number, pic, plain, text, vat_number, year_of
from monitor.awards.model import FETCHED_PREFIX, LEFT_OUT, Award, Item, Participant, PartnerRole
from monitor.awards.reading import Reading
from monitor.awards.tables import (
    DoubledRows,
    ExpectedFields,
    Record,
    Required,
    has_member,
    open_file,
    read_json,
    read_json_value,
    read_quoted_csv,
    read_xlsx,
    refuse_doubled,
)
from monitor.errors import RowError, SourceError

Importer = Callable[[Sequence[Path], Reading], Iterator[Item]]
"""Function that reads the files of one source.

Raises:
    SourceError: A file cannot be read, or is not what the publisher sends; nothing of it is to be kept.
"""
CORDIS_PROJECT: tuple[Required, ...] = (
    "id",
    "acronym",
    "title",
    "startDate",
    "endDate",
    "totalCost",
    "ecMaxContribution",
    "topics",
    "masterCall",
    "subCall",
    "legalBasis",
    "objective",
)
CORDIS_ORGANISATION: tuple[Required, ...] = (
    "projectID",
    "organisationID",
    "name",
    "vatNumber",
    "activityType",
    "city",
    "country",
    "nutsCode",
    "role",
    "ecContribution",
    "totalCost",
)
CORDIS_TOPICS = ("projectID", "topic")
CORDIS_PARTS = ("projectID", "legalBasis", "uniqueProgrammePart")
CORDIS_SUBJECTS = ("projectID", "euroSciVocTitle")
_CORDIS_ROLES = {
    "coordinator": PartnerRole.COORDINATOR,
    "participant": PartnerRole.PARTNER,
    "partner": PartnerRole.PARTNER,
    "thirdparty": PartnerRole.THIRD_PARTY,
    "internationalpartner": PartnerRole.ASSOCIATED,
    "associatedpartner": PartnerRole.ASSOCIATED,
}


_CORDIS_REPEATED = 0.001
"""Share of CORDIS' rows that may stand twice: a file put together from two has more, and each row has a number of its own."""
_LAST_YEAR = re.compile(r"(?<=[A-Z]{3})20\d\d\Z")
"""Last year of the period in the portal's names of programmes: LIFE2027. H2020 has its year in the name itself."""


def items(rows: Iterable[object]) -> Iterator[Item]:
    """Return what `Reading.each` yields, typed: importers build projects and participants alone."""
    return cast("Iterator[Item]", iter(rows))


def required(row: Record, *names: str) -> str:
    """Return the first value among columns that is not empty.

    Raises:
        RowError: All are empty; the text names the first column.
    """
    for name in names:
        if value := text(row.get(name)):
            return value
    raise RowError(f"saknar {names[0]}")


def read_cordis(files: Sequence[Path], reading: Reading) -> Iterator[Item]:
    """Read CORDIS' ZIP file, or its project.csv and organization.csv laid beside each other.

    Monthly files of https://cordis.europa.eu/data: `;`, all fields quoted; decimal commas and points in one column. Its files of
    topics, programme parts and subjects are read as well where they are there.
    """
    facts = _cordis_facts(files)
    programme = "H2020" if any("h2020" in path.name.casefold() for path in files) else "Horizon Europe"
    for member, columns, build in (
        ("project.csv", CORDIS_PROJECT, lambda row: _cordis_project(row, programme, facts)),
        ("organization.csv", CORDIS_ORGANISATION, _cordis_organisation),
    ):
        path, inside = _find_member(files, member)
        with open_file(path, inside) as file:
            rows = refuse_doubled(member, read_quoted_csv(file, member, columns), _CORDIS_REPEATED)
            yield from items(reading.each(member, rows, build))


def _find_member(files: Sequence[Path], member: str) -> tuple[Path, str]:
    """Return the file with this content, and the name inside it when it is a ZIP file.

    Raises:
        SourceError: No file has it.
    """
    for path in files:
        if path.name.casefold().endswith(member):
            return path, ""
    for path in files:
        if path.suffix.casefold() == ".zip":
            return path, member
    raise SourceError(files[0].name, f"det behövs en ZIP-fil från CORDIS, eller {member}")


@dataclass(frozen=True, slots=True)
class _CordisFacts:
    """Facts about projects from CORDIS' smaller files, by id of the project."""

    topics: Mapping[str, str]
    parts: Mapping[str, str]
    """Code of the one programme part that a project belongs to."""
    subjects: Mapping[str, Sequence[str]]
    """Titles of the European Science Vocabulary."""


def _cordis_facts(files: Sequence[Path]) -> _CordisFacts:
    topics: dict[str, str] = {}
    parts: dict[str, str] = {}
    subjects: dict[str, list[str]] = {}
    for row in _cordis_rows(files, "topics", CORDIS_TOPICS):
        topics.setdefault(text(row["projectid"]), text(row["topic"]))
    for row in _cordis_rows(files, "legalBasis", CORDIS_PARTS):
        if text(row["uniqueprogrammepart"]).casefold() == "true":
            parts[text(row["projectid"])] = text(row["legalbasis"])
    for row in _cordis_rows(files, "euroSciVoc", CORDIS_SUBJECTS):
        subjects.setdefault(text(row["projectid"]), []).append(text(row["euroscivoctitle"]))
    return _CordisFacts(topics, parts, subjects)


def _cordis_rows(files: Sequence[Path], stem: str, columns: Collection[Required]) -> Iterator[Record]:
    """Yield the rows of one of CORDIS' smaller files, in a ZIP file or by itself; none where it is missing."""
    for path in files:
        is_packed = path.suffix.casefold() == ".zip"
        if has_member(path, f"{stem}.csv") if is_packed else stem.casefold() in path.stem.casefold():
            with open_file(path, f"{stem}.csv" if is_packed else "") as file:
                yield from read_quoted_csv(file, path.name, columns)


def _cordis_project(row: Record, programme: str, facts: _CordisFacts) -> Iterator[Award]:
    key = required(row, "id")
    topic = text(row["topics"]) or facts.topics.get(key, "")
    part = facts.parts.get(key) or text(row.get("legalbasis"))
    starts = day(row["startdate"], "startDate")
    yield Award(
        key=key,
        programme="Euratom" if part.upper().startswith("EURATOM") else programme,
        title=required(row, "title", "acronym"),
        acronym=text(row["acronym"]),
        call=text(row.get("mastercall")) or text(row.get("subcall")),
        topic=topic,
        summary=plain(". ".join(filter(None, (", ".join(facts.subjects.get(key, ())), str(row["objective"] or ""))))),
        starts=starts,
        ends=day(row["enddate"], "endDate"),
        year=year_of(topic, starts),
        total=amount(row["totalcost"], "totalCost"),
        granted=amount(row["ecmaxcontribution"], "ecMaxContribution"),
        url=f"https://cordis.europa.eu/project/id/{key}",
    )


def _cordis_organisation(row: Record) -> Iterator[Participant]:
    role = _CORDIS_ROLES.get(text(row["role"]).casefold())
    if role is None:
        raise RowError(f"har rollen ”{text(row['role'])[:40]}”, som är okänd")
    yield Participant(
        project=required(row, "projectid"),
        name=text(row["name"]),
        role=role,
        country=country(row["country"]),
        place=text(row["city"]),
        region=text(row.get("nutscode")),
        kind=text(row.get("activitytype")),
        pic=pic(row["organisationid"]),
        number=organisation_number(row["vatnumber"]) if country(row["country"]) == "SE" else "",
        vat=vat_number(row["vatnumber"]),
        granted=amount(row["eccontribution"], "ecContribution"),
        budget=amount(row.get("totalcost"), "totalCost"),
    )


KEEP_PROJECTS: tuple[Required, ...] = (
    "Programme",
    "Project acronym",
    "Project ID (2021-2027 only)",
    "Project name in English",
    "Description in English",
    "Project start",
    "Project end",
    ("Project's total budget / expenditure", "Project's total budget"),
    ("Project's EU funding (EUR)", "Project's EU funding"),
)
KEEP_PARTNERS: tuple[Required, ...] = (
    "Programme",
    "Project acronym",
    "Project ID (2021-2027 only)",
    "Lead partner",
    "Organisation in English",
    "Country code",
    "Town",
    "NUTS3 code (or equivalent)",
    "Type of Organisation",
    "Participant Identification Code",
    "Partner's ID if not PIC",
    "ERDF contribution (2014-2020 only)",
    "Partner's programme co-financing (EUR) (2021-2027 only)",
    "Partner's total eligible budget / expenditure",
)


_KEEP_REPEATED = 0.01
"""Share of rows of a sheet that may stand twice: two departments of a partner may have one name and no amounts."""


def read_keep(files: Sequence[Path], reading: Reading) -> Iterator[Item]:
    """Read the Excel export of https://keep.eu with its sheets of projects and partners.

    They share no key: a partner's project is found by programme and project id, in older periods by programme and acronym.
    """
    for path in files:
        for sheet, columns, build in (
            ("project", KEEP_PROJECTS, _keep_project),
            ("partner", KEEP_PARTNERS, _keep_partner),
        ):
            rows = DoubledRows(_KEEP_REPEATED).watch(path.name, read_xlsx(path, columns, sheet))
            yield from items(reading.each(f"{path.name} {sheet}", rows, build))


def _keep_key(row: Record) -> str:
    name = text(row.get("project id (2021-2027 only)")) or required(row, "project acronym")
    return f"{required(row, 'programme')}|{name}".casefold()


def _keep_project(row: Record) -> Iterator[Award]:
    starts = day(row.get("project start"), "Project start")
    yield Award(
        key=_keep_key(row),
        programme=required(row, "programme"),
        title=text(row.get("project name in english")) or required(row, "project acronym"),
        acronym=text(row.get("project acronym")),
        summary=plain(row.get("description in english")),
        starts=starts,
        ends=day(row.get("project end"), "Project end"),
        year=year_of(starts),
        total=amount(
            row.get("project's total budget / expenditure") or row.get("project's total budget"), "Project's total budget"
        ),
        granted=amount(row.get("project's eu funding (eur)") or row.get("project's eu funding"), "Project's EU funding"),
        url="https://keep.eu/projects/",
    )


def _keep_partner(row: Record) -> Iterator[Participant]:
    code = country(row.get("country code"))
    number = row.get("partner's id if not pic")
    yield Participant(
        project=_keep_key(row),
        name=text(row.get("organisation in english")) or text(row.get("organisation in language 2")),
        role=PartnerRole.COORDINATOR if text(row.get("lead partner")).casefold() == "yes" else PartnerRole.PARTNER,
        country=code,
        place=text(row.get("town")),
        region=text(row.get("nuts3 code (or equivalent)")),
        kind=text(row.get("type of organisation")),
        pic=pic(row.get("participant identification code")),
        number=organisation_number(number) if code == "SE" else "",
        granted=amount(
            row.get("erdf contribution (2014-2020 only)") or row.get("partner's programme co-financing (eur) (2021-2027 only)"),
            "Partner's programme co-financing",
        ),
        budget=amount(row.get("partner's total eligible budget / expenditure"), "Partner's total eligible budget"),
    )


INTERREG: tuple[Required, ...] = (
    "program",
    "projektnamn",
    "organisationsnamn",
    "organisationsroll",
    "organisationstyp",
    "startdatum",
    "slutdatum",
    "partnerbudget",
    "specifiktmal",
    "nuts3",
    "land",
)
_INTERREG_REPEATED = 0.002
"""Share of rows that may be alike but for `id`, which is no key: partners without a name are (one of 1,196 rows is)."""
_INTERREG_ROLES = {"LP": PartnerRole.COORDINATOR, "PP": PartnerRole.PARTNER, "AP": PartnerRole.ASSOCIATED}


def read_interreg(files: Sequence[Path], reading: Reading) -> Iterator[Item]:
    """Read the list of Swedish partners of Interreg 2021–2027: one row per partner and project, ids not unique.

    The budget is the partner's whole budget, not the EU's part; 0 means "not stated". `nuts3` is where the partner's office is.
    """
    seen: set[str] = set()
    doubled = (DoubledRows(), DoubledRows(_INTERREG_REPEATED, ignored="id"))
    yield from read_json_files(files, reading, INTERREG, lambda row: _interreg(row, seen), doubled=doubled)


def read_json_files(
    files: Sequence[Path],
    reading: Reading,
    required: Collection[Required],
    build: Callable[[Record], Iterable[object]],
    *,
    place: str = "item",
    doubled: Sequence[DoubledRows] = (),
) -> Iterator[Item]:
    """Read the objects of JSON files.

    Args:
        files: All files of the source.
        reading: Counts of the import.
        required: Fields that some object of each file must have.
        build: Maker of projects and participants from an object.
        place: ijson's name of the list's items.
        doubled: Checks of objects without keys.

    Raises:
        SourceError: A file cannot be read or is doubled, or no object has a required field.
    """
    fields = ExpectedFields(required)
    for path in files:
        with open_file(path) as file:
            rows = fields.watch(path.name, read_json(file, path.name, place))
            for check in doubled:
                rows = check.watch(path.name, rows)
            yield from items(reading.each(path.name, rows, build))
    fields.require()


def _interreg(row: Record, seen: set[str]) -> Iterator[Item]:
    programme, title = required(row, "program"), required(row, "projektnamn")
    key = f"{programme}|{title}"
    role = _INTERREG_ROLES.get(text(row["organisationsroll"]))
    if role is None:
        raise RowError(f"har rollen ”{row['organisationsroll']}”, som är okänd")
    budget = amount(row["partnerbudget"], "partnerbudget")
    if key not in seen:
        starts = day(row["startdatum"], "startdatum")
        yield Award(
            key=key,
            programme=programme,
            title=title,
            topic=text(row.get("specifiktmal")),
            starts=starts,
            ends=day(row["slutdatum"], "slutdatum"),
            year=year_of(starts),
        )
        seen.add(key)
    yield Participant(
        project=key,
        name=text(row["organisationsnamn"]),
        role=role,
        country=country(row.get("land")) or "SE",
        region=text(row["nuts3"]),
        kind=text(row.get("organisationstyp")),
        budget=budget or None,
    )


ERASMUS: tuple[Required, ...] = (
    "projectName",
    "projectTitle",
    "projectDescription",
    "projectCallYear",
    "projectLevel2Label",
    "projectGrantedEuAmount",
    "projectStartDate",
    "projectEndDate",
    "organisations",
    "organisations.organisationName",
    "organisations.organisationPIC",
    "organisations.organisationRole",
    "organisations.organisationCountry",
    "organisations.organisationCity",
    "organisations.organisationType",
)


def read_erasmus(files: Sequence[Path], reading: Reading) -> Iterator[Item]:
    """Read answers of the search for Erasmus+ projects, one file per page, in any order.

    Each answer names the number of all projects of its query (`total`), which must be reached. The name of a page that the
    program fetched begins with its query and a `.`; the others are one search. A fetched page holds the projects with a Nordic
    organisation and says how many others were left out. The grant is the whole project's, never a partner's; a school stands
    under its own name.
    """

    def query_of(name: str) -> str:
        return name.partition(".")[0] if name.startswith(FETCHED_PREFIX) else ""

    reading.stated_projects = _add_totals(files, "total", query_of)
    _check_years(files, reading)
    for path in files:
        reading.ignored += int(read_json_value(path, LEFT_OUT) or 0)
    yield from read_json_files(files, reading, ERASMUS, _erasmus, place="projectDocuments.item")


def _check_years(files: Sequence[Path], reading: Reading) -> None:
    """Raise SourceError when the publisher's numbers by year do not sum to its number of all projects."""
    years = read_json_value(files[0], "aggregations.callYear")
    if years and reading.stated_projects is not None:
        found = sum(int(year["total"]) for year in years)
        if found != reading.stated_projects:
            raise SourceError(files[0].name, f"åren har tillsammans {found} projekt, men totalen är {reading.stated_projects}")


def _erasmus(row: Record) -> Iterator[Item]:
    key = required(row, "projectName")
    starts = day(text(row.get("projectStartDate"))[:10], "projectStartDate")
    action = text(row.get("projectLevel2Label"))
    yield Award(
        key=key,
        programme="ESC" if "-ESC" in key else "Erasmus+",
        title=required(row, "projectTitle", "projectName"),
        topic=action,
        call=_action_code(key),
        summary=plain(row.get("projectDescription")),
        starts=starts,
        ends=day(text(row.get("projectEndDate"))[:10], "projectEndDate"),
        year=year_of(text(row.get("projectCallYear")), key),
        granted=amount(row.get("projectGrantedEuAmount"), "projectGrantedEuAmount"),
        url=f"https://erasmus-plus.ec.europa.eu/projects/search/details/{key}",
    )
    for organisation in row["organisations"] or ():
        is_leader = "coordinator" in text(organisation.get("organisationRole")).casefold()
        yield Participant(
            project=key,
            name=text(organisation.get("organisationName")),
            role=PartnerRole.COORDINATOR if is_leader else PartnerRole.PARTNER,
            country=country(organisation.get("organisationCountry")),
            place=text(organisation.get("organisationCity")),
            kind=text(organisation.get("organisationType")),
            pic=pic(organisation.get("organisationPIC")),
        )


def _action_code(number: str) -> str:
    """Return the key action and sector of a project's number: `KA220-SCH` of `2021-1-DE01-KA220-SCH-000024914`."""
    match = re.search(r"-([A-Z]+\d+-[A-Z]+)-", number)
    return match[1] if match else ""


PORTAL: tuple[Required, ...] = (
    "metadata.projectId",
    "metadata.title",
    "metadata.acronym",
    "metadata.objective",
    "metadata.programId",
    "metadata.programAbbreviation",
    "metadata.callIdentifier",
    "metadata.topicAbbreviation",
    "metadata.startDate",
    "metadata.endDate",
    "metadata.overallBudget",
    "metadata.euContributionAmount",
    "metadata.participants",
    "metadata.participants.pic",
    "metadata.participants.legalName",
    "metadata.participants.eucontribution",
    "metadata.participants.city",
    ("metadata.participants.country", "metadata.participants.countryCode"),
)


def read_portal(files: Sequence[Path], reading: Reading) -> Iterator[Item]:
    """Read answers of the portal's search for funded projects, one file per page (in the API's own envelope).

    A query answers at most 10,000 rows, so that there are several queries, each with its own `totalResults`: the name of a file
    begins with the query and a `.`, and the totals of the queries are added.
    """
    reading.stated_projects = _add_totals(files, "totalResults", lambda name: name.partition(".")[0])
    yield from read_json_files(files, reading, PORTAL, _portal, place="results.item")


def _add_totals(files: Sequence[Path], field: str, query_of: Callable[[str], str]) -> int:
    """Return the number of rows of all queries together, by the number that the pages of each query state.

    Args:
        files: All pages.
        field: Field with the number of rows of the query.
        query_of: Query that a page belongs to, by the name of its file.

    Raises:
        SourceError: A page states no number, or another than the pages of its query before it.
    """
    totals: dict[str, int] = {}
    for path in files:
        total = read_json_value(path, field)
        if total is None:
            raise SourceError(path.name, f"fältet ”{field}” saknas; utgivaren kan ha bytt namn på det")
        query = query_of(path.name)
        if totals.setdefault(query, int(total)) != int(total):
            raise SourceError(path.name, "sidorna har olika totalsummor, så de hör till olika sökningar; hämta dem igen")
    return sum(totals.values())


def _first(values: Any) -> Any:
    return values[0] if isinstance(values, list) and values else None if isinstance(values, list) else values


def _portal(row: Record) -> Iterator[Item]:
    fields = {name: _first(value) for name, value in row["metadata"].items()}
    key = required(fields, "projectId")
    topic, starts = text(fields.get("topicAbbreviation")), day(fields.get("startDate"), "startDate")
    call = text(fields.get("callIdentifier"))
    yield Award(
        key=key,
        programme=_LAST_YEAR.sub("", text(fields.get("programAbbreviation"))) or topic.partition("-")[0],
        title=required(fields, "title", "acronym"),
        acronym=text(fields.get("acronym")),
        call=call,
        topic=topic,
        summary=plain(fields.get("objective")),
        starts=starts,
        ends=day(fields.get("endDate"), "endDate"),
        year=year_of(topic, call, starts),
        total=amount(fields.get("overallBudget"), "overallBudget"),
        granted=amount(fields.get("euContributionAmount"), "euContributionAmount"),
        url=(
            "https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/opportunities/projects-details"
            f"/{text(fields.get('programId'))}/{key}"
        ),
    )
    participants = json.loads(fields.get("participants") or "[]")
    seen: set[tuple[object, ...]] = set()
    for number, participant in enumerate(participants):
        role = text(participant.get("role")).casefold()
        made = Participant(
            project=key,
            name=text(participant.get("legalName")),
            role=_CORDIS_ROLES.get(role, PartnerRole.COORDINATOR if number == 0 and not role else PartnerRole.PARTNER),
            country=country(participant.get("country") or participant.get("countryCode")),
            place=text(participant.get("city")),
            pic=pic(participant.get("pic")),
            vat=vat_number(participant.get("vat")),
            number=organisation_number(participant.get("vat")),
            granted=amount(participant.get("eucontribution"), "eucontribution"),
        )
        # The same part of the same organisation, however its name is written, counts once; another role, town or share stays.
        mark = (
            made.pic or (made.name.casefold(), made.vat, made.number),
            made.country,
            made.place.casefold(),
            role,
            made.granted,
        )
        if mark not in seen:
            seen.add(mark)
            yield made
