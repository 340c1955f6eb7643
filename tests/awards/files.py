"""Small files of our own in the columns of each publisher, whole and spoilt."""

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

CORDIS_PROJECT = (
    "id", "acronym", "status", "title", "startDate", "endDate", "totalCost", "ecMaxContribution", "legalBasis", "topics",
    "ecSignatureDate", "fundingScheme", "masterCall", "subCall", "objective", "contentUpdateDate", "rcn",
)  # fmt: skip
CORDIS_ORGANISATION = (
    "projectID", "projectAcronym", "organisationID", "vatNumber", "name", "shortName", "SME", "activityType", "street", "postCode",
    "city", "country", "nutsCode", "geolocation", "organizationURL", "contactForm", "contentUpdateDate", "rcn", "order", "role",
    "ecContribution", "netEcContribution", "totalCost", "endOfParticipation", "active",
)  # fmt: skip
CORDIS_SMALLER = {
    "topics.csv": ("projectID", "topic", "title"),
    "legalBasis.csv": ("projectID", "legalBasis", "title", "uniqueProgrammePart"),
    "euroSciVoc.csv": ("projectID", "euroSciVocCode", "euroSciVocPath", "euroSciVocTitle", "euroSciVocDescription"),
}
KOHESIO = (
    "Operation_Unique_Identifier", "Operation_Local_Identifier", "Operation_Name_English", "Operation_Name_Programme_Language",
    "Country", "Postal_Code", "Operation_Start_Date", "Operation_End_Date", "Cofinancing_Rate", "Total_Eligible_Expenditure_amount",
    "Total_Eligible_Expenditure_Currency", "Project_EU_Budget", "Beneficiary_Unique_Identifier", "Location_Indicator_latitude_longitude",
    "Category_Of_Intervention", "Operation_Summary_Programme_Language", "CountryCode", "Beneficiary_Name",
    "Beneficiary_Local_Identifier", "Fund_Code", "Programme_Name", "NUTS3_Label",
)  # fmt: skip
KEEP_PROJECTS = (
    "Period", "Programme", "Project acronym", "Project ID (2021-2027 only)", "Project name in English", "Description in English",
    "Project start", "Project end", "Project's total budget / expenditure", "Project's EU funding (EUR)", "Website",
)  # fmt: skip
KEEP_PARTNERS = (
    "Programme", "Project acronym", "Project ID (2021-2027 only)", "Lead partner", "Organisation in English", "Country code", "Town",
    "NUTS3 code (or equivalent)", "Type of Organisation", "Participant Identification Code", "Partner’s ID if not PIC",
    "ERDF contribution (2014-2020 only)", "Partner's programme co-financing (EUR) (2021-2027 only)",
    "Partner's total eligible budget / expenditure",
)  # fmt: skip
ESF = (
    "Diarienummer / Operation ID", "Stödmottagare / Beneficiary", "Projektägare organisationsnummer / Beneficiary ID",
    "Projektägare ort / Beneficiary city", "Stödmottagarens land / Beneficiary country", "Namn på insatsen / Operation Name",
    "Programområde / Priority", "Specifikt mål / Specific objective concerned", "Interventionsområde / Intervention field",
    "Total projektbudget / Total budget SEK", "Unionens medfinansieringsgrad / Union co-financing rate",
    "EU-stöd i SEK / EU contribution SEK", "Sammanfattning / Summary", "Sammanfattning engelsk / Summary in english",
    "Startdatum / Start date", "Slutdatum / End date", "EU-fond / EU fund", "Program CCI / Program CCI",
)  # fmt: skip


def table(columns: tuple[str, ...], rows: list[dict[str, Any]], delimiter: str, quoting: int = csv.QUOTE_ALL) -> str:
    """Return a CSV text with these columns; a column that a row lacks is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, delimiter=delimiter, quoting=quoting, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def cordis_rows(count: int = 4) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return rows of projects, and of their organisations, whose shares are together the grants."""
    projects = [
        {
            "id": 101000000 + number,
            "acronym": f"VATTEN{number}",
            "status": "SIGNED",
            "title": f"Clean water in small towns {number}",
            "startDate": "2024-03-01",
            "endDate": "2027-02-28",
            "totalCost": "300000,50",
            "ecMaxContribution": "200000.25",
            "topics": "HORIZON-CL6-2023-ZEROPOLLUTION-01-2",
            "objective": "Lakes and rivers.",
            "rcn": number,
        }
        for number in range(count)
    ]
    organisations = [
        {
            "projectID": project["id"],
            "organisationID": pic,
            "vatNumber": vat,
            "name": name,
            "city": city,
            "country": country,
            "role": role,
            "ecContribution": share,
            "totalCost": share,
            "activityType": "PUB",
            "contactForm": "https://example.org/contact",
        }
        for project in projects
        for pic, vat, name, city, country, role, share in (
            ("997186676", "SE212000135501", "GOTEBORGS KOMMUN", "GOTEBORG", "SE", "coordinator", "150000,25"),
            ("951000001", "EL123456789", "DIMOS ATHINAION", "ATHINA", "EL", "participant", "50000"),
            ("951000002", "", "A UNIVERSITY", "LEEDS", "UK", "associatedPartner", "0"),
        )
    ]
    return projects, organisations


def write_cordis(folder: Path, count: int = 4, *, name: str = "cordis-HORIZONprojects-csv.zip") -> Path:
    return pack_cordis(folder, *cordis_rows(count), name=name)


def pack_cordis(
    folder: Path,
    projects: list[dict[str, Any]],
    organisations: list[dict[str, Any]],
    *,
    name: str = "cordis-HORIZONprojects-csv.zip",
) -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("csv/project.csv", table(CORDIS_PROJECT, projects, ";"))
        packed.writestr("csv/organization.csv", table(CORDIS_ORGANISATION, organisations, ";"))
        for member, columns in CORDIS_SMALLER.items():
            packed.writestr(f"csv/{member}", table(columns, [], ";"))
    return path


def kohesio_rows(count: int = 3) -> list[dict[str, Any]]:
    return [
        {
            "Operation_Unique_Identifier": f"https://linkedopendata.eu/entity/Q73621{number}",
            "Operation_Local_Identifier": f"2021SE05SFPR001_23-0{number}-S01",
            "Operation_Name_English": "Way to work",
            "Operation_Name_Programme_Language": f"VÄGEN TILL ARBETE {number}",
            "Country": "Sweden",
            "CountryCode": "SE",
            "Operation_Start_Date": "01/09/2023" if number else "2023-09-01",
            "Operation_End_Date": "",
            "Total_Eligible_Expenditure_amount": "120000.0",
            "Total_Eligible_Expenditure_Currency": "EUR",
            "Project_EU_Budget": "48000.5",
            "Category_Of_Intervention": "117.0",
            "Beneficiary_Name": "Arbetsmarknadsavdelningen" if number else "Uppsala kommun",
            "Beneficiary_Local_Identifier": "" if number else "212000-3005",
            "Fund_Code": "ESF+",
            "Programme_Name": "ESF+ Sverige",
            "NUTS3_Label": "Uppsala län",
        }
        for number in range(count)
    ]


def write_kohesio(folder: Path, count: int = 3) -> Path:
    path = folder / "latest_SE.csv"
    path.write_text(table(KOHESIO, kohesio_rows(count), ",", csv.QUOTE_MINIMAL), "utf-8")
    return path


def write_older_kohesio(folder: Path, count: int = 3) -> list[Path]:
    """Write projects without names of owners, in the columns that older files have, and the list of beneficiaries."""
    columns = (
        *(name for name in KOHESIO if not name.startswith(("Beneficiary_N", "Beneficiary_L", "NUTS3", "CountryCode"))), "NUTS3_Code",
    )  # fmt: skip
    rows = [
        {**{name: row[name] for name in columns if name in row}, "NUTS3_Code": "SE121",
         "Beneficiary_Unique_Identifier": f"https://linkedopendata.eu/entity/Q{number % 2}"}
        for number, row in enumerate(kohesio_rows(count))
    ]  # fmt: skip
    owners = [
        {"Beneficiary": f"https://linkedopendata.eu/entity/Q{number}", "BeneficiaryLabel": name, "Website": "", "WikidataID": ""}
        for number, name in enumerate(("Uppsala kommun", "Hamn, bolaget"))
    ]
    paths = [folder / "latest_SE.csv", folder / "stodmottagare.csv"]
    paths[0].write_text(table(columns, rows, ",", csv.QUOTE_MINIMAL), "utf-8")
    paths[1].write_text(table(tuple(owners[0]), owners, ",", csv.QUOTE_MINIMAL), "utf-8")
    return paths


def write_esf(folder: Path, count: int = 3) -> Path:
    rows = [
        {
            "Diarienummer / Operation ID": f"24-03{number}-S04",
            "Stödmottagare / Beneficiary": "UPPSALA KOMMUN",
            "Projektägare organisationsnummer / Beneficiary ID": "2120003005",
            "Projektägare ort / Beneficiary city": "Uppsala",
            "Stödmottagarens land / Beneficiary country": "Sverige",
            "Namn på insatsen / Operation Name": f"Unga på väg {number}",
            "Total projektbudget / Total budget SEK": "4 973 906",
            "EU-stöd i SEK / EU contribution SEK": "1\u00a0989\u00a0562",
            "Sammanfattning / Summary": "<p>Ring 070-123 45 67 eller skriv till anna@example.se.</p>\nFler unga i arbete &amp; studier.",
            "Startdatum / Start date": "2024-09-01",
            "Slutdatum / End date": "2026-08-31",
            "EU-fond / EU fund": "ESF+",
        }
        for number in range(count)
    ]
    path = folder / "projektbank.csv"
    path.write_bytes(b"\xef\xbb\xbf" + table(ESF, rows, ";").encode())
    return path


def write_keep(folder: Path, *, partners: int = 2) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    projects, sheet = book.active, book.create_sheet("Partners")
    projects.title = "Projects"
    projects.append(KEEP_PROJECTS)
    projects.append(
        [
            "2021-2027",
            "2021 - 2027 Interreg VI-A X",
            "GREEN",
            "X-17",
            "Green harbours",
            "Text",
            "2023-01-01",
            "N.a.",
            900000,
            450000.5,
            "",
        ]
    )
    projects.append(
        ["2014-2020", "2014 - 2020 INTERREG VB X", "BLUE", None, "Blue harbours", "", "N.a.", "N.a.", "N.a.", "N.a.", ""]
    )
    sheet.append(KEEP_PARTNERS)
    for number in range(partners):
        sheet.append(
            ["2021 - 2027 Interreg VI-A X", "GREEN", "X-17", "No" if number else "Yes", f"Partner {number}", "SE", "Kalmar", "SE213",
             "Local public authority", None, "212000-3005" if not number else "N.a.", None, 1000.25, 2000]
        )  # fmt: skip
    sheet.append(["2014 - 2020 INTERREG VB X", "BLUE", None, "Yes", "Dimos X", "EL", "X", "EL1", "", "", "", 5, None, None])
    path = folder / "keep.xlsx"
    book.save(path)
    return path


def interreg_rows(count: int = 3) -> list[dict[str, Any]]:
    return [
        {
            "id": 7,
            "program": "Baltic Sea Region",
            "projektnamn": "Harbours@Home",
            "startdatum": "2024-01-01",
            "slutdatum": "2026-09-31",
            "organisationsnamn": None if number == 1 else f"Hamn {number}",
            "organisationsroll": ("LP", "PP", "AP")[number % 3],
            "organisationstyp": "Local public authority",
            "nuts3": "Kalmar län",
            "specifiktmal": "RSO1.4",
            "partnerbudget": (1000.25, 20, 0)[number % 3],
            "land": "Sverige",
        }
        for number in range(count)
    ]


def erasmus_page(total: int, keys: range) -> dict[str, Any]:
    return {
        "total": total,
        "aggregations": {"callYear": [{"label": "2023", "total": total - 1}, {"label": "2024", "total": 1}]},
        "projectDocuments": [
            {
                "projectId": f"guid-{key}",
                "projectName": f"2023-1-SE01-KA122-SCH-00000{key}",
                "projectTitle": f"Exchange {key}",
                "projectDescription": "Pupils travel.",
                "projectCallYear": "2023",
                "projectLevel2Label": "Learning Mobility of Individuals",
                "projectGrantedEuAmount": 25000.5,
                "projectStartDate": "2023-06-01T00:00:00",
                "projectEndDate": "2024-11-30T00:00:00",
                "organisations": [
                    {
                        "organisationId": "x",
                        "organisationName": "En skola",
                        "organisationPIC": "912345678",
                        "organisationRole": "Coordinator",
                        "organisationCountry": "SE",
                        "organisationCity": "Nässjö",
                        "organisationType": "School",
                    }
                ],
            }
            for key in keys
        ],
    }


def portal_page(total: int, keys: range, *, topic: str = "LIFE-2024-SAP-NAT") -> dict[str, Any]:
    return {
        "apiVersion": "2.148",
        "totalResults": total,
        "results": [
            {
                "reference": f"{key}en",
                "metadata": {
                    "title": [f"Wetlands {key}"],
                    "acronym": [f"WET{key}"],
                    "objective": ["Wet meadows."],
                    "projectId": [str(101100000 + key)],
                    "programId": ["43252405"],
                    "programAbbreviation": ["LIFE2027"],
                    "callIdentifier": ["LIFE-2024-SAP-NAT"],
                    "topicAbbreviation": [topic],
                    "overallBudget": ["1000000.0"],
                    "euContributionAmount": ["600000"],
                    "startDate": ["2025-01-01T00:00:00.000+0000"],
                    "endDate": ["2028-12-31T00:00:00.000+0000"],
                    "participants": [
                        json.dumps(
                            [
                                {"pic": "997186676", "legalName": "GOTEBORGS KOMMUN", "eucontribution": 600000, "country": "SE",
                                 "city": "GOTEBORG", "vat": "SE212000135501"},
                            ]
                        )
                    ],
                },
            }
            for key in keys
        ],
    }  # fmt: skip


def life_page(total: int, keys: range) -> dict[str, Any]:
    return {
        "total": total,
        "data": [
            {
                "projectId": key,
                "title": f"Meadow birds {key}",
                "country": "Sverige",
                "startDate": "2022-09-01",
                "endDate": "2026-09-01",
                "totalBudget": "3,951,230",
                "ecContribution": "2,370,738",
                "themes": "Birds",
                "keywords": "wetland",
                "beneficiaryName": "Länsstyrelsen Kalmar, Naturenheten",
                "participantNames": "Länsstyrelsen Kalmar, Naturenheten, Borgholms kommun"
                if key
                else "Kristianstads kommun,Bird Society",
                "participantTypes": "Coordinator,Participant",
            }
            for key in keys
        ],
    }


def write_json(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")
    return path


def write_dashboard(folder: Path, count: int = 3) -> Path:
    columns = ("Participations", "Legal Name", "Participant Identification Code", "Participant Type",
               "NET EU financial contribution (euro)", "Funding programme", "Country/Territory", "CITY", "NUTS 3 Name")  # fmt: skip
    portal = "https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/how-to-participate/org-details/"
    rows = [
        {"Participations": "1", "Legal Name": f"KOMMUN {number}", "Participant Identification Code": f"{portal}99594323{number}",
         "Participant Type": "PUB", "NET EU financial contribution (euro)": "351969.5", "Funding programme": "HORIZON",
         "Country/Territory": "Sweden", "CITY": "Karlskrona", "NUTS 3 Name": "Blekinge län"}
        for number in range(count)
    ]  # fmt: skip
    path = folder / "participants.csv"
    path.write_text(table(columns, rows, ";"), "utf-8")
    return path


def write_dashboard_projects(folder: Path, count: int = 3) -> Path:
    columns = ("ACRONYM", "TITLE", "Project id", "Project Start Date", "Project End Date", "Total budget (euro)",
               "EU financial contribution (euro)", "Funding programme", "TOPIC_CODE")  # fmt: skip
    rows = [
        {"ACRONYM": f"A{number}", "TITLE": "Resilient towns", "Project id": f"https://cordis.europa.eu/project/id/10103656{number}",
         "Project Start Date": "2021-11-01", "Project End Date": "2025-10-31", "Total budget (euro)": "3124628.75",
         "EU financial contribution (euro)": "2994472.5", "Funding programme": "H2020", "TOPIC_CODE": "LC-GD-1-3-2020"}
        for number in range(count)
    ]  # fmt: skip
    path = folder / "projects.csv"
    path.write_text(table(columns, rows, ";"), "utf-8")
    return path


def projektbank_rows(count: int = 3) -> list[dict[str, Any]]:
    return [
        {"ärende-id": str(number), "stödmottagare": "X AB", "beviljat_belopp_sek": 10, "beviljat_belopp_eur": 0, "projektnamn": "P",
         "projektbeskrivning": "T", "projekt_starttid": "2015-01-01", "projekt_sluttid": "2016-01-01", "projektledare": "",
         "telnr": "", "e-post": "", "kommuner": "Nässjö, Eksjö", "område": "Småland med öarna",
         "insatsområde": "Innovation"}
        for number in range(count)
    ]  # fmt: skip


def vinnova_rows(count: int = 3) -> list[dict[str, Any]]:
    return [
        {"Diarienummer": f"2024-0000{number}", "Ärenderubrik": "Test", "DiarienummerUtlysning": "2023-1", "BeviljatBidrag": 500000,
         "ProjektStart": "2024-05-01T00:00:00", "ProjektSlut": "1900-01-01T00:00:00", "KoordinatorOrg": "Nässjö kommun",
         "MalSvenska": "Bättre vatten", "DiarienummerAnsokningsomgang": "2023-2"}
        for number in range(count)
    ]  # fmt: skip


def drop_texts(db: Any) -> None:
    """Make a file of the second version of an open one: without the index of the projects' texts."""
    for statement in (
        "DROP TABLE text_counts", "DROP TABLE text_words", "DROP TABLE texts", "DROP TABLE texts_analyser", "DROP INDEX projects_by_text",
        "ALTER TABLE projects DROP COLUMN text", "PRAGMA user_version = 2",
    ):  # fmt: skip
        db.execute(statement)


def drop_vat_numbers(db: Any) -> None:
    """Make a file of the fourth version of an open one: organisations without VAT numbers."""
    for statement in (
        "CREATE TABLE older (id INTEGER PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL, country TEXT NOT NULL, place TEXT NOT NULL,"
        " region TEXT NOT NULL, kind TEXT NOT NULL, pic TEXT NOT NULL, number TEXT NOT NULL,"
        " UNIQUE (name, country, place, region, kind, pic, number))",
        "INSERT INTO older SELECT id, name, folded, country, place, region, kind, pic, number FROM organisations",
        "DROP TABLE organisations", "ALTER TABLE older RENAME TO organisations",
        "CREATE INDEX organisations_by_pic ON organisations (pic) WHERE pic != ''", "PRAGMA user_version = 4",
    ):  # fmt: skip
        db.execute(statement)
