"""Lists of funded projects for the demo, in the publishers' formats: written by us, and named examples in their titles."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

_LIFE, _CERV = "43252405", "43251589"
_TOWNS = {
    "VAXJO KOMMUN": ("SE212000066201", "VAXJO", "950000662"),
    "VETLANDA KOMMUN": ("SE212000057101", "VETLANDA", "950000571"),
    "EKSJO KOMMUN": ("SE212000055501", "EKSJO", "950000555"),
    "NASSJO KOMMUN": ("SE212000054801", "NASSJO", "950000548"),
    "UPPSALA KOMMUN": ("SE212000300501", "UPPSALA", "950003005"),
}
"""Swedish municipalities in the examples: VAT number, town, PIC."""
_ABROAD = (
    ("TARTU LINN", "EE", "TARTU", "950100001"), ("GMINA MIASTO GDYNIA", "PL", "GDYNIA", "950100002"),
    ("MUNICIPIO DE LOUSADA", "PT", "LOUSADA", "950100003"), ("STADT FREIBURG", "DE", "FREIBURG", "950100004"),
    ("VEJLE KOMMUNE", "DK", "VEJLE", "950100005"), ("COMUNE DI CESENA", "IT", "CESENA", "950100006"),
)  # fmt: skip
_ROUNDS = (
    ("LIFE-{}-SAP-NAT-NATURE", _LIFE, ("wetlands along the river", "meadows for wild bees", "old oaks near schools",
     "clean lakes", "fish ways past dams", "green edges of the town"), (310, 450, 620, 640, 900, 1180), "VAXJO KOMMUN"),
    ("LIFE-{}-CET-PDA", _LIFE, ("solar panels on schools", "renovation of housing", "heat from waste water",
     "energy audits in small towns", "one office for all renovations"), (700, 980, 1100, 1400, 1900), "VETLANDA KOMMUN"),
    ("CERV-{}-CITIZENS-TOWN-TT", _CERV, ("youth meets democracy", "twin towns remember", "choirs across borders",
     "green twin towns", "sport for all", "town halls open their doors", "digital twin towns"),
     (8, 12, 18, 20, 22, 25, 29), "EKSJO KOMMUN"),
)  # fmt: skip
"""Code of each call, code of its programme, titles and grants (thousand euro) of its projects, and a Swedish partner."""
_CODES_AHEAD = (
    ("LIFE-{}-CET-LOCAL", "Support to municipalities for energy efficiency and renewable energy in public buildings"),
    ("CERV-{}-CITIZENS-REM", "European remembrance: towns, schools and museums remember together"),
    ("ERASMUS-YOUTH-{}-EXCHANGE", "Youth exchanges between twin towns"),
)
"""Calls whose next round is expected within two months, by the earlier ones."""
_CODES_CLOSED = (
    ("LIFE-{}-SAP-NAT-NATURE", "Nature and Biodiversity"),
    ("LIFE-{}-CET-PDA", "Project Development Assistance for sustainable energy investments"),
    ("CERV-{}-CITIZENS-TOWN-TT", "Call Town Twinning"),
    ("CERV-{}-CITIZENS-TOWN-NT", "Networks of Towns"),
)
_OBJECTIVES = (
    "Wetlands, streams and meadows are restored, so that biodiversity and pollinators return.",
    "Energy efficiency and renewable energy in public buildings.",
    "Young people from twin towns meet in a youth exchange and talk about democracy.",
)
"""Objective of the projects of each call."""
LAST_YEAR = 2025
"""Year of the codes of the latest earlier rounds: the calls of the demo have the year after it."""
_ESF_COLUMNS = (
    "Diarienummer / Operation ID", "Stödmottagare / Beneficiary", "Projektägare organisationsnummer / Beneficiary ID",
    "Projektägare ort / Beneficiary city", "Stödmottagarens land / Beneficiary country", "Namn på insatsen / Operation Name",
    "Programområde / Priority", "Specifikt mål / Specific objective concerned", "Interventionsområde / Intervention field",
    "Total projektbudget / Total budget SEK", "Unionens medfinansieringsgrad / Union co-financing rate",
    "EU-stöd i SEK / EU contribution SEK", "Sammanfattning / Summary", "Sammanfattning engelsk / Summary in english",
    "Startdatum / Start date", "Slutdatum / End date", "EU-fond / EU fund", "Program CCI / Program CCI",
)  # fmt: skip
_ESF_ROWS = (
    (
        "NÄSSJÖ KOMMUN",
        "2120000548",
        "Nässjö",
        "Exempel: unga på väg till arbete",
        "4 973 906",
        "1 989 562",
        "Unga som varken arbetar eller studerar får praktik och studiestöd.",
    ),
    (
        "VETLANDA KOMMUN",
        "2120000571",
        "Vetlanda",
        "Exempel: svenska på jobbet",
        "6 120 000",
        "2 448 000",
        "Nyanlända lär sig svenska på arbetsplatsen.",
    ),
    (
        "NÄSSJÖ AFFÄRSVERK AB",
        "",
        "Nässjö",
        "Exempel: kompetens för fjärrvärmen",
        "1 900 000",
        "760 000",
        "Kompetensutveckling för personal som sköter fjärrvärme och energieffektivisering.",
    ),
    (
        "NÄSSJÖ KOMMUN",
        "2120000548",
        "Nässjö",
        "Exempel: yrkessvenska i äldreomsorgen",
        "3 200 000",
        "1 280 000",
        "Medarbetare i äldreomsorgen lär sig mer svenska på arbetstid.",
    ),
    (
        "EXEMPELSKOLAN",
        "",
        "Nässjö",
        "Exempel: yrkesprov för vuxna",
        "1 100 000",
        "440 000",
        "Vuxna prövar ett yrke och får det de kan bedömt.",
    ),
)
_ESF_YEARS_BACK = (0, 0, 0, 2, 1)
"""Years before the last round in which each of these projects began."""
_OWN_LIST = (
    "projekt;nummer;program;år;belopp;valuta",
    "Exempel: unga på väg till arbete;{last:02}-030-S04;ESF+;{year};1989562;SEK",
    "Exempel: yrkessvenska i äldreomsorgen;{before:02}-033-S04;ESF+;{year_before};1500000;SEK",
    "Example: twin towns remember;;CERV;{year};;",
    "Exempel: cykelvägar till skolan;;Interreg;{year_before};250000;EUR",
)
"""The coordinator's list: a project that is found, one with another amount, one by its title, and one that no publisher has."""


def write_award_samples(folder: Path, today: date, last_year: int = LAST_YEAR) -> None:
    """Write the lists into the folders of their sources, which lie in `folder`."""
    _write(folder / "portal" / "exempel.1.json", _portal_answer(last_year))
    _write(folder / "closed-calls" / "exempel.json", {"apiVersion": "2.148", "results": list(_closed(today, last_year))})
    updates = [
        {
            "metadata": {
                "type": ["6"],
                "identifier": [f"LIFE-{last_year}-SAP-NAT-NATURE"],
                "startDate": [f"{last_year}-11-20T00:00:00.000+0000"],
                "description": [
                    "<p>Example of the demo. Number of proposals submitted: 50. Number of inadmissible proposals: 1."
                    " Number of ineligible proposals: 3. Number of funded proposals: 6.</p><p>Available budget: 4.100.000 €</p>"
                ],
            }
        }
    ]
    _write(folder / "portal-updates" / "exempel.json", {"apiVersion": "2.148", "totalResults": 1, "results": updates})
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(_ESF_COLUMNS)
    for number, ((owner, organisation, town, title, total, granted, about), back) in enumerate(
        zip(_ESF_ROWS, _ESF_YEARS_BACK, strict=True)
    ):
        year = last_year - back
        summary = f"<p>Demonstrationens eget exempel. {about}</p>"
        writer.writerow(
            (f"{year % 100:02}-03{number}-S04", owner, organisation, town, "Sverige", title, "", "ESO4.1", "", total, "40%",
             granted, summary, "", f"{year}-02-01", f"{year + 1}-12-31", "ESF+", "")
        )  # fmt: skip
    path = folder / "esf" / "exempel.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"\ufeff{text.getvalue()}", "utf-8")


def own_list(last_year: int = LAST_YEAR) -> str:
    """Return a list of the municipality's projects as its coordinator would keep it, as CSV."""
    before = last_year - 2
    return "\n".join(_OWN_LIST).format(last=last_year % 100, before=before % 100, year=last_year, year_before=before)


def _write(path: Path, value: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), "utf-8")


def _portal_answer(last_year: int) -> dict[str, Any]:
    rows = [
        _portal_row(
            101_900_000 + 100 * place + 20 * (last_year - year) + number,
            code.format(year),
            programme,
            f"{title}|{_OBJECTIVES[place]}",
            grant,
            town,
        )
        for place, (code, programme, titles, grants, swedish) in enumerate(_ROUNDS)
        for year in (last_year - 1, last_year)
        for number, (title, grant) in enumerate(zip(titles, grants, strict=True))
        for town in [_partner_at_home(code, number, year < last_year) or (swedish if number == 0 else "")]
    ]
    return {"apiVersion": "2.148", "totalResults": len(rows), "results": rows}


def _partner_at_home(code: str, number: int, is_earlier: bool) -> str:
    """Return the Swedish partner of a project that is not the call's usual one, "" for none."""
    if code.startswith("CERV") and number == 1:
        return "NASSJO KOMMUN"
    return "UPPSALA KOMMUN" if number == 3 and is_earlier else ""


def _portal_row(key: int, code: str, programme: str, words: str, thousands: int, swedish: str) -> dict[str, Any]:
    year = int(code.split("-")[1])
    title, _, objective = words.partition("|")
    partners = _partners(key, thousands, swedish)
    return {
        "reference": f"{key}en",
        "metadata": {
            "title": [f"Example: {title}"],
            "acronym": [f"EXAMPLE{key % 1000}"],
            "objective": [f"Made for the demo of the program. {objective}"],
            "projectId": [str(key)],
            "programId": [programme],
            "programAbbreviation": [code.partition("-")[0]],
            "callIdentifier": [code],
            "topicAbbreviation": [code],
            "overallBudget": [str(thousands * 1500)],
            "euContributionAmount": [str(thousands * 1000)],
            "startDate": [f"{year + 1}-01-01T00:00:00.000+0000"],
            "endDate": [f"{year + 3}-12-31T00:00:00.000+0000"],
            "participants": [json.dumps(partners)],
        },
    }


def _partners(key: int, thousands: int, swedish: str) -> Sequence[dict[str, Any]]:
    some = [_ABROAD[(key + step) % len(_ABROAD)] for step in range(3)]
    share = thousands * 1000 // (4 if swedish else 3)
    partners = [
        {"pic": pic, "legalName": name, "country": country, "city": city, "eucontribution": share, "role": "partner"}
        for name, country, city, pic in some
    ]
    if swedish:
        vat, city, pic = _TOWNS[swedish]
        partners.append(
            {
                "pic": pic,
                "legalName": swedish,
                "country": "SE",
                "city": city,
                "eucontribution": share,
                "vat": vat,
                "role": "partner",
            }
        )
    partners[0]["role"] = "coordinator"
    return partners


def _closed(today: date, last_year: int) -> Iterator[dict[str, Any]]:
    """Yield rounds of closed calls: those of the calls of the demo, and of calls that are expected soon."""
    for code, title in _CODES_CLOSED:
        for back in range(3):
            year = last_year - back
            opened = (today - timedelta(days=2)).replace(day=15, year=year)
            yield _topic(code.format(year), f"{title} {year}", opened)
    soon = today + timedelta(days=50)
    for code, title in _CODES_AHEAD:
        for back in range(1, 4):
            opened = soon.replace(day=12, year=soon.year - back)
            yield _topic(code.format(opened.year), title, opened)


def _topic(code: str, title: str, opened: date) -> dict[str, Any]:
    return {
        "metadata": {
            "type": ["1"],
            "status": ["31094503"],
            "identifier": [code],
            "title": [title],
            "startDate": [f"{opened.isoformat()}T00:00:00.000+0000"],
        }
    }
