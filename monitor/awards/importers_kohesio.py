"""Importer of Kohesio: projects of the EU's funds with their owners, in the form of today and in the older one without names."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from monitor.awards.fields import amount, country, day, organisation_number, plain, text, year_of
from monitor.awards.importers import items, required
from monitor.awards.model import Award, Item, Participant, PartnerRole
from monitor.awards.reading import Reading
from monitor.awards.tables import Record, Required, column, open_file, read_csv, refusing
from monitor.errors import SourceError

_PROJECT: tuple[Required, ...] = (
    "Operation_Unique_Identifier",
    "Operation_Local_Identifier",
    "Operation_Name_English",
    "Operation_Name_Programme_Language",
    "Operation_Summary_Programme_Language",
    "Operation_Start_Date",
    "Operation_End_Date",
    "Total_Eligible_Expenditure_amount",
    "Total_Eligible_Expenditure_Currency",
    "Project_EU_Budget",
    "Category_Of_Intervention",
    "Programme_Name",
    ("CountryCode", "Country"),
)
KOHESIO: tuple[Required, ...] = (*_PROJECT, "Beneficiary_Name", "Beneficiary_Local_Identifier", "NUTS3_Label")
KOHESIO_OLDER: tuple[Required, ...] = (*_PROJECT, "Beneficiary_Unique_Identifier", "NUTS3_Code")
"""Columns of older files, which have the owner's address in the place of its name."""
KOHESIO_OWNERS = ("Beneficiary", "BeneficiaryLabel")
"""Columns of the list of beneficiaries that are read."""
_MAX_UNKNOWN = 0.01
"""Share of owners that may be missing from the list of beneficiaries: more mean that it is of another country or cut."""


class _Owners:
    """Names of owners by their addresses, from Kohesio's list of beneficiaries."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.asked = self.unknown = 0

    def find(self, address: str) -> str:
        """Return the name of an owner, "" when it is not known."""
        name = self.names.get(address, "")
        self.asked += bool(address)
        self.unknown += bool(address) and not name
        return name


def read_kohesio(files: Sequence[Path], reading: Reading) -> Iterator[Item]:
    """Read Kohesio's files latest_<country>.csv: one beneficiary a row, who owns the project; partners are not there.

    The files are of https://kohesio.ec.europa.eu/data/projects/. Older ones have no names of owners; these are taken from the
    file of the same name under data/beneficiaries/, laid beside them under any name. Swedish amounts are kronor turned into
    euro: never to be added to the kronor of the ESF council's project bank.
    """
    owners = _Owners()
    lists = [path for path in files if column("BeneficiaryLabel") in _header(path)]
    for path in lists:
        with open_file(path) as file:
            rows = read_csv(file, path.name, KOHESIO_OWNERS)
            owners.names |= {text(row["beneficiary"]): text(row["beneficiarylabel"]) for row in rows}
    for path in files:
        if path in lists:
            continue
        columns = KOHESIO_OLDER if _is_older(path, has_owners=bool(lists)) else KOHESIO
        with open_file(path) as file:
            yield from items(reading.each(path.name, read_csv(file, path.name, columns), lambda row: _kohesio(row, owners)))
    if lists and owners.unknown > max(1, _MAX_UNKNOWN * owners.asked):
        raise SourceError(
            lists[0].name, f"{owners.unknown} av {owners.asked} projektägare saknas i listan över stödmottagare; hämta båda igen"
        )


def _header(path: Path) -> list[str]:
    with open_file(path) as file, refusing(path.name):
        line = file.readline(10_000).decode("utf-8-sig", "replace").rstrip("\r\n")
    return [column(name) for name in next(csv.reader([line]), [])]


def _is_older(path: Path, *, has_owners: bool) -> bool:
    """Return whether a file is of the older form; raises SourceError when the list that it needs is not there."""
    names = _header(path)
    if column("Beneficiary_Name") in names or column("Beneficiary_Unique_Identifier") not in names:
        return False
    if not has_owners:
        raise SourceError(
            path.name,
            "kolumnen ”Beneficiary_Name” saknas fast den väntades; utgivaren kan ha bytt namn på den."
            " Är filen av äldre slag: lägg Kohesios lista över stödmottagare (beneficiaries) bredvid",
        )
    return True


def _kohesio(row: Record, owners: _Owners) -> Iterator[Item]:
    key = required(row, "operation_unique_identifier").rpartition("/")[2]
    starts = day(row["operation_start_date"], "Operation_Start_Date")
    local = text(row.get("operation_local_identifier"))
    yield Award(
        key=key,
        programme=text(row.get("programme_name")) or text(row.get("fund_name")) or text(row.get("fund_code")) or "Kohesio",
        title=required(row, "operation_name_programme_language", "operation_name_english"),
        call=local.rpartition("_")[2],
        topic=text(row.get("category_of_intervention")).removesuffix(".0"),
        summary=plain(row.get("operation_summary_programme_language") or row.get("operation_summary_english")),
        starts=starts,
        ends=day(row["operation_end_date"], "Operation_End_Date"),
        year=year_of(starts),
        total=amount(row["total_eligible_expenditure_amount"], "Total_Eligible_Expenditure_amount"),
        granted=amount(row["project_eu_budget"], "Project_EU_Budget"),
        currency=text(row.get("total_eligible_expenditure_currency")) or "EUR",
        url=f"https://kohesio.ec.europa.eu/en/projects/{key}",
    )
    yield Participant(
        project=key,
        name=text(row.get("beneficiary_name")) or owners.find(text(row.get("beneficiary_unique_identifier"))),
        role=PartnerRole.COORDINATOR,
        country=country(row.get("countrycode") or row.get("country")),
        region=text(row.get("nuts3_label") or row.get("nuts3_code")),
        number=organisation_number(row.get("beneficiary_local_identifier")),
    )
