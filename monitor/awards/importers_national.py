"""Importers of national publishers, of LIFE's own database and of exports of the portal's statistics."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from monitor.awards.fields import amount, country, day, organisation_number, pic, plain, text, year_of
from monitor.awards.importers import (
    CORDIS_ORGANISATION,
    CORDIS_PARTS,
    CORDIS_PROJECT,
    CORDIS_SUBJECTS,
    CORDIS_TOPICS,
    ERASMUS,
    INTERREG,
    KEEP_PARTNERS,
    KEEP_PROJECTS,
    PORTAL,
    Importer,
    items,
    read_cordis,
    read_erasmus,
    read_interreg,
    read_json_files,
    read_keep,
    read_portal,
    required,
)
from monitor.awards.importers_kohesio import KOHESIO, read_kohesio
from monitor.awards.model import Award, Item, Participant, PartnerRole
from monitor.awards.reading import Reading
from monitor.awards.tables import (
    DoubledRows,
    Record,
    Required,
    column,
    open_file,
    read_csv,
    read_json_value,
    read_quoted_csv,
    read_xlsx,
    require_columns,
)
from monitor.errors import RowError, SourceError

_LIFE: tuple[Required, ...] = (
    "projectId",
    ("title", "projectTitle"),
    "country",
    "startDate",
    "endDate",
    "totalBudget",
    "ecContribution",
    "themes",
    "keywords",
    "beneficiaryName",
    "participantNames",
    "participantTypes",
)


def read_life(files: Sequence[Path], reading: Reading) -> Iterator[Item]:
    """Read answers of the LIFE database's search (`dissemination/search/excel`, which answers with JSON), one file per page.

    Amounts have commas between thousands. Names of participants are one text parted by commas, and a name may hold a comma: when
    there are more names than types, only the coordinator, who comes first by `beneficiaryName`, is kept.
    """
    totals = {int(total) for path in files if (total := read_json_value(path, "total")) is not None}
    if len(totals) != 1:
        raise SourceError(files[0].name, "sidorna säger inte ett och samma antal projekt; hämta dem igen")
    reading.stated_projects = totals.pop()
    yield from read_json_files(files, reading, _LIFE, _life, place="data.item")


def _life(row: Record) -> Iterator[Item]:
    key = required(row, "projectId")
    reference = text(row.get("reference")) or text(row.get("projectReference"))
    starts = day(row["startDate"], "startDate")
    yield Award(
        key=key,
        programme="LIFE",
        title=required(row, "title", "projectTitle", "acronym"),
        acronym=text(row.get("acronym")),
        call=reference,
        summary=plain(", ".join(filter(None, (text(row.get("themes")), text(row.get("keywords")))))),
        starts=starts,
        ends=day(row["endDate"], "endDate"),
        year=year_of(starts),
        total=amount(text(row["totalBudget"]).replace(",", ""), "totalBudget"),
        granted=amount(text(row["ecContribution"]).replace(",", ""), "ecContribution"),
        url=f"https://webgate.ec.europa.eu/life/publicWebsite/project/{reference or key}",
    )
    names = [name.strip() for name in text(row["participantNames"]).split(",") if name.strip()]
    kinds = [kind.strip().casefold() for kind in text(row["participantTypes"]).split(",") if kind.strip()]
    leader = text(row.get("beneficiaryName"))
    if len(names) != len(kinds):
        names, kinds = ([leader], ["coordinator"]) if leader else ([], [])
    for name, kind in zip(names, kinds, strict=True):
        is_leader = kind == "coordinator"
        yield Participant(
            project=key,
            name=name,
            role=PartnerRole.COORDINATOR if is_leader else PartnerRole.PARTNER,
            country=country(row["country"]) if is_leader else "",
        )


_ESF = {
    "number": "Diarienummer / Operation ID",
    "owner": "Stödmottagare / Beneficiary",
    "organisation": "Projektägare organisationsnummer / Beneficiary ID",
    "place": "Projektägare ort / Beneficiary city",
    "country": "Stödmottagarens land / Beneficiary country",
    "title": "Namn på insatsen / Operation Name",
    "objective": "Specifikt mål / Specific objective concerned",
    "total": "Total projektbudget / Total budget SEK",
    "granted": "EU-stöd i SEK / EU contribution SEK",
    "summary": "Sammanfattning / Summary",
    "starts": "Startdatum / Start date",
    "ends": "Slutdatum / End date",
    "fund": "EU-fond / EU fund",
}


def read_esf(files: Sequence[Path], reading: Reading) -> Iterator[Item]:
    """Read the CSV export of the ESF council's project bank: `;`, quoted, line breaks inside fields; owners only.

    `granted` is the EU's part. The bank's page shows another amount, with the national co-financing.
    """
    for path in files:
        with open_file(path) as file:
            rows = read_csv(file, path.name, tuple(_ESF.values()), ";")
            yield from items(reading.each(path.name, rows, _esf))


def _esf(row: Record) -> Iterator[Item]:
    cells = {name: row[column(title)] for name, title in _ESF.items()}
    key = required(cells, "number")
    starts = day(cells["starts"], "Startdatum")
    yield Award(
        key=key,
        programme=text(cells["fund"]) or "ESF+",
        title=required(cells, "title"),
        topic=text(cells["objective"]),
        summary=plain(cells["summary"]),
        starts=starts,
        ends=day(cells["ends"], "Slutdatum"),
        year=year_of(starts),
        total=amount(cells["total"], "Total projektbudget"),
        granted=amount(cells["granted"], "EU-stöd i SEK"),
        currency="SEK",
        url=f"https://www.esf.se/resultat/projektbanken/projekt/?dnr={key}",
    )
    yield Participant(
        project=key,
        name=text(cells["owner"]),
        role=PartnerRole.COORDINATOR,
        country=country(cells["country"]) or "SE",
        place=text(cells["place"]),
        number=organisation_number(cells["organisation"]),
        granted=amount(cells["granted"], "EU-stöd i SEK"),
    )


_PROJEKTBANK: tuple[Required, ...] = (
    "ärende-id",
    "stödmottagare",
    "beviljat_belopp_sek",
    "projektnamn",
    "projektbeskrivning",
    "insatsområde",
    "projekt_starttid",
    "projekt_sluttid",
    "kommuner",
    "område",
)


_LOST_SPACE = re.compile(r"(?<=[a-zåäö])(?=[A-ZÅÄÖ])")
"""Place of a space that the list has lost: "UpplandsVäsby"."""


def read_projektbank(files: Sequence[Path], reading: Reading) -> Iterator[Item]:
    """Read a saved list of Tillväxtverket's project bank (regional fund 2014–2020).

    `kommuner` is the area of effect, up to all 290 municipalities, and not who got the money. Names, phones and mail addresses of
    project leaders are left out.
    """
    yield from read_json_files(files, reading, _PROJEKTBANK, _projektbank)


def _projektbank(row: Record) -> Iterator[Item]:
    key = required(row, "ärende-id")
    starts = day(row["projekt_starttid"], "projekt_starttid")
    granted = amount(row["beviljat_belopp_sek"], "beviljat_belopp_sek")
    yield Award(
        key=key,
        programme=f"Regionalfonden, {text(row['område'])}",
        title=required(row, "projektnamn"),
        topic=text(row.get("insatsområde")),
        summary=plain(row.get("projektbeskrivning")),
        starts=starts,
        ends=day(row["projekt_sluttid"], "projekt_sluttid"),
        year=year_of(starts),
        granted=granted,
        currency="SEK",
        area=_LOST_SPACE.sub(" ", text(row["kommuner"])),
    )
    yield Participant(project=key, name=text(row["stödmottagare"]), role=PartnerRole.COORDINATOR, country="SE", granted=granted)


_VINNOVA: tuple[Required, ...] = (
    "Diarienummer",
    "Ärenderubrik",
    "MalSvenska",
    "BeviljatBidrag",
    "ProjektStart",
    "ProjektSlut",
    "KoordinatorOrg",
    "DiarienummerUtlysning",
    "DiarienummerAnsokningsomgang",
)


def read_vinnova(files: Sequence[Path], reading: Reading) -> Iterator[Item]:
    """Read answers of https://data.vinnova.se/api/projekt: a list of projects with one coordinator each and no partners."""
    yield from read_json_files(files, reading, _VINNOVA, _vinnova)


def _vinnova(row: Record) -> Iterator[Item]:
    key = required(row, "Diarienummer")
    starts = day(row["ProjektStart"], "ProjektStart")
    granted = amount(row["BeviljatBidrag"], "BeviljatBidrag")
    yield Award(
        key=key,
        programme="Vinnova",
        title=required(row, "Ärenderubrik"),
        call=text(row["DiarienummerUtlysning"]),
        topic=text(row.get("DiarienummerAnsokningsomgang")),
        summary=plain(row.get("MalSvenska")),
        starts=starts,
        ends=day(row["ProjektSlut"], "ProjektSlut"),
        year=year_of(starts, key),
        granted=granted or None,
        currency="SEK",
        url=f"https://www.vinnova.se/p/{key}",
    )
    if name := text(row["KoordinatorOrg"]):
        yield Participant(project=key, name=name, role=PartnerRole.COORDINATOR, country="SE")


_DASHBOARD_PROJECTS = (
    "ACRONYM",
    "TITLE",
    "Project id",
    "Project Start Date",
    "Project End Date",
    "Total budget (euro)",
    "EU financial contribution (euro)",
    "Funding programme",
    "TOPIC_CODE",
)
_DASHBOARD_PARTICIPANTS = (
    "Participations",
    "Legal Name",
    "Participant Identification Code",
    "Participant Type",
    "NET EU financial contribution (euro)",
    "Funding programme",
    "Country/Territory",
    "CITY",
    "NUTS 3 Name",
)
_DASHBOARD_BOTH = ("Funding programme",)
_IS_PARTICIPANT = "participations"
_DASHBOARD_PROGRAMMES = {"HORIZON": "Horizon Europe"}


def read_dashboard(files: Sequence[Path], reading: Reading) -> Iterator[Item]:
    """Read exports of the portal's statistics as XLSX or CSV: lists of projects, and of participants with their sums.

    A list of participants names no projects: an organisation has one row per programme, and the rows are added, not overwritten.
    """
    doubled = DoubledRows()
    for path in files:
        sums: dict[str, str] = {}
        read_participant = _dashboard_participant(path.stem, sums)

        def build(row: Record, read_participant: Callable[[Record], Iterator[Item]] = read_participant) -> Iterator[Item]:
            return read_participant(row) if _IS_PARTICIPANT in row else _dashboard_project(row)

        yield from items(reading.each(path.name, doubled.watch(path.name, _dashboard_rows(path)), build))


def _dashboard_rows(path: Path) -> Iterator[Record]:
    """Yield the rows of a list of projects or of participants; raises SourceError when the list lacks a column of its kind."""
    if path.suffix.casefold() == ".xlsx":
        yield from _checked_dashboard(path.name, read_xlsx(path, _DASHBOARD_BOTH))
        return
    with open_file(path) as file:
        yield from _checked_dashboard(path.name, read_quoted_csv(file, path.name, _DASHBOARD_BOTH))


def _checked_dashboard(where: str, rows: Iterator[Record]) -> Iterator[Record]:
    for number, row in enumerate(rows):
        if number == 0:
            # By the most of its columns, so that the column that was renamed is named, and not one of the other list.
            kinds = (_DASHBOARD_PARTICIPANTS, _DASHBOARD_PROJECTS)
            require_columns(where, row, max(kinds, key=lambda names: sum(column(name) in row for name in names)))
        yield row


def _dashboard_project(row: Record) -> Iterator[Award]:
    key = required(row, "project id").rpartition("/")[2]
    programme, topic = text(row.get("funding programme")), text(row.get("topic_code"))
    starts = day(row["project start date"], "Project Start Date")
    yield Award(
        key=key,
        programme=_DASHBOARD_PROGRAMMES.get(programme.upper(), programme) or "EU",
        title=required(row, "title", "acronym"),
        acronym=text(row["acronym"]),
        topic=topic,
        starts=starts,
        ends=day(row["project end date"], "Project End Date"),
        year=year_of(topic, starts),
        total=amount(row["total budget (euro)"], "Total budget (euro)"),
        granted=amount(row.get("eu financial contribution (euro)"), "EU financial contribution (euro)"),
        url=f"https://cordis.europa.eu/project/id/{key}",
    )


def _dashboard_participant(name: str, sums: dict[str, str]) -> Callable[[Record], Iterator[Item]]:
    """Return a reader of rows of participants; `sums` has the keys of the sums that were begun, by programme."""

    def build(row: Record) -> Iterator[Item]:
        code = text(row["funding programme"])
        programme = _DASHBOARD_PROGRAMMES.get(code.upper(), code) or "EU"
        granted = amount(row["net eu financial contribution (euro)"], "NET EU financial contribution (euro)")
        found = pic(row["participant identification code"])
        if not found:
            raise RowError("saknar Participant Identification Code")
        if programme not in sums:
            sums[programme] = f"{name}|{programme}"
            yield Award(key=sums[programme], programme=programme, title=f"{programme}: {name}", is_sum=True)
        yield Participant(
            project=sums[programme],
            name=required(row, "legal name"),
            country=country(row.get("country/territory")),
            place=text(row.get("city")),
            region=text(row.get("nuts 3 name")),
            kind=text(row.get("participant type")),
            pic=found,
            granted=granted,
        )

    return build


IMPORTERS: Mapping[str, Importer] = {
    "cordis-horizon": read_cordis,
    "cordis-h2020": read_cordis,
    "kohesio": read_kohesio,
    "keep": read_keep,
    "interreg": read_interreg,
    "erasmus": read_erasmus,
    "portal": read_portal,
    "dashboard": read_dashboard,
    "life": read_life,
    "esf": read_esf,
    "projektbank": read_projektbank,
    "vinnova": read_vinnova,
}
"""Importer of each source, by id."""
_CORDIS: Mapping[str, tuple[Required, ...]] = {
    "project.csv": CORDIS_PROJECT,
    "organization.csv": CORDIS_ORGANISATION,
    "topics.csv": CORDIS_TOPICS,
    "legalBasis.csv": CORDIS_PARTS,
    "euroSciVoc.csv": CORDIS_SUBJECTS,
}
EXPECTED: Mapping[str, Mapping[str, tuple[Required, ...]]] = {
    "cordis-horizon": _CORDIS,
    "cordis-h2020": _CORDIS,
    "kohesio": {"": KOHESIO},
    "keep": {"Projects": KEEP_PROJECTS, "Partners": KEEP_PARTNERS},
    "interreg": {"": INTERREG},
    "erasmus": {"": ERASMUS},
    "portal": {"": PORTAL},
    "dashboard": {"projects": _DASHBOARD_PROJECTS, "participants": _DASHBOARD_PARTICIPANTS},
    "life": {"": _LIFE},
    "esf": {"": tuple(_ESF.values())},
    "projektbank": {"": _PROJEKTBANK},
    "vinnova": {"": _VINNOVA},
}
"""Columns and fields that each source's files must have, by the source's id and the table; "" where there is one table."""
