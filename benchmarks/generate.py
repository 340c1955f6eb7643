"""Calls, portal rows and bulk files of the captures' shape, in any number, from a seed.

Sentences come from the captured rows where they are beside the project, else from the benchmarks' own vocabulary and the terms of
the rules.
"""

from __future__ import annotations

import json
import random
import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.words import (
    ENDINGS_ENGLISH,
    ENDINGS_SWEDISH,
    ENGLISH,
    GLUE_ENGLISH,
    GLUE_SWEDISH,
    SWEDISH,
    SYLLABLES,
)
from monitor.calls import Budget, Call, Deadline, DeadlineModel, Section

TODAY = date(2026, 5, 27)
NOW = datetime(2026, 5, 27, 12, tzinfo=ZoneInfo("Europe/Stockholm"))
CAPTURES = Path(__file__).resolve().parents[2] / "shared/data/eu/sedia-search-raw"
PAGE = 100
# Measured on a captured day of 636 rows: characters of text and of HTML per row, median.
BODY, CONDITIONS, TITLE = 5_100, 10_000, 80
_PROGRAMMES = ("43108390", "43252405", "43353764", "43251814", "43251589", "43152860")
_NAMES = ("HORIZON", "LIFE", "ERASMUS", "CREA", "CERV", "DIGITAL")
# How far down a list of words, from the commonest on, the average word of a text stands.
_COMMON = 30
_TAG = re.compile(r"<[^>]+>")


def captured_pages(day: str = TODAY.isoformat(), folder: Path = CAPTURES) -> list[bytes]:
    """Return the pages of a captured day in their order, as the portal sent them; empty where there is none."""
    file = folder / f"{day}.tar.gz"
    if not file.is_file():
        return []
    with tarfile.open(file) as archive:
        pages = [member for member in archive.getmembers() if "/page-" in member.name]
        pages.sort(key=lambda member: int(member.name.split("-")[-1].removesuffix(".json")))
        return [content.read() for member in pages if (content := archive.extractfile(member))]


@dataclass(frozen=True)
class Maker:
    """Maker of texts and calls from a pool of sentences; the same seed gives the same."""

    sentences: tuple[str, ...]
    titles: tuple[str, ...]
    origin: str

    @classmethod
    def from_captures(cls, pages: Iterable[bytes]) -> Maker:
        """Return a maker of sentences and titles as people wrote them."""
        sentences: dict[str, None] = {}
        titles: dict[str, None] = {}
        for page in pages:
            for row in json.loads(page)["results"]:
                metadata = row["metadata"]
                titles.update(dict.fromkeys(metadata.get("title") or []))
                text = _TAG.sub(" ", " ".join(metadata.get("descriptionByte") or []))
                sentences.update(dict.fromkeys(one for one in re.split(r"(?<=[.;:])\s+", text) if 20 < len(one) < 600))
        return cls(tuple(sentences), tuple(titles), "captures")

    @classmethod
    def from_vocabulary(cls, seed: int = 1, terms: Iterable[str] = ()) -> Maker:
        """Return a maker of sentences of common words, a long tail of invented ones, and some terms of the rules."""
        chance = random.Random(seed)
        tail = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 5))) for _ in range(4_000)]
        known = [term.strip("*") for term in terms]
        sentences = tuple(_sentence(chance, tail, known) for _ in range(6_000))
        titles = tuple(_sentence(chance, tail, known, 5, 14).rstrip(".") for _ in range(800))
        return cls(sentences, titles, "generated")

    def text(self, chance: random.Random, length: int) -> str:
        """Return about `length` characters of sentences."""
        found: list[str] = []
        while length > 0:
            found.append(chance.choice(self.sentences))
            length -= len(found[-1]) + 1
        return " ".join(found)

    def calls(self, number: int, seed: int = 1, *, length: int = BODY, start: int = 0) -> Iterator[Call]:
        """Return calls like those of the portal, with `length` characters of description at the median."""
        for place in range(start, start + number):
            chance = random.Random(f"{seed}/{place}")
            name = place % len(_NAMES)
            day = TODAY + timedelta(days=chance.randint(3, 400))
            yield Call(
                source=("funding-tenders", "vinnova", "mucf", "kulturradet")[place % 4],
                call_id=f"{place}TOPICSen",
                identifier=f"{_NAMES[name]}-2026-BENCH-{place:06}",
                title=chance.choice(self.titles)[:300],
                url=f"https://example.org/topic-details/{place}",
                sections=(Section(title="Scope", text=self.text(chance, int(chance.lognormvariate(0, 0.5) * length))),),
                programme=_PROGRAMMES[name],
                language="en",
                opens=TODAY - timedelta(days=chance.randint(-60, 200)),
                deadlines=(
                    Deadline(
                        at=datetime.combine(day, time(17), ZoneInfo("Europe/Brussels")), zone="Europe/Brussels", text=str(day)
                    ),
                ),
                deadline_model=DeadlineModel.SINGLE,
                budget=Budget(total=chance.randint(1, 90) * 500_000),
                keywords=tuple(chance.sample(ENGLISH, 4)),
            )

    def portal_row(self, place: int, seed: int = 1) -> dict[str, Any]:
        """Return a row in the portal's wire format, HTML and all."""
        chance = random.Random(f"{seed}/{place}")
        name = place % len(_NAMES)
        identifier = f"{_NAMES[name]}-2026-BENCH-{place:06}"
        reference = f"{place}TOPICSen"
        day = (TODAY + timedelta(days=chance.randint(3, 400))).isoformat()
        action = {"action": identifier, "budgetYearMap": {"2026": "9000000"}, "expectedGrants": 2, "deadlineDates": [day]}
        fields: dict[str, Any] = {
            "identifier": identifier,
            "REFERENCE": reference,
            "title": chance.choice(self.titles)[:300],
            "type": "1",
            "status": "31094502",
            "DATASOURCE": "SEDIA",
            "language": "en",
            "callIdentifier": f"{_NAMES[name]}-2026-BENCH",
            "callTitle": chance.choice(self.titles)[:60],
            "callccm2Id": str(place),
            "ccm2Id": str(place),
            "frameworkProgramme": _PROGRAMMES[name],
            "startDate": "2026-04-21T00:00:00.000+0000",
            "deadlineDate": f"{day}T00:00:00.000+0000",
            "deadlineModel": "single-stage",
            "descriptionByte": _markup("Expected Outcome:", self.text(chance, BODY // 2))
            + _markup("Scope:", self.text(chance, BODY // 2)),
            "topicConditions": _conditions(self.text(chance, CONDITIONS)),
            "destinationDetails": _markup("Destination", self.text(chance, 6_000)),
            "supportInfo": _markup("Support", self.text(chance, 3_000)),
            "budgetOverview": json.dumps({"budgetYearsColumns": ["2026"], "budgetTopicActionMap": {str(place): [action] * 8}}),
            "latestInfos": "[]",
            "esDA_IngestDate": "2026-05-27T04:00:00.000+0000",
        }
        return {
            "reference": reference,
            "database": "SEDIA",
            "language": "en",
            "summary": fields["title"],
            "metadata": {key: [value] for key, value in fields.items()},
        }

    def portal_pages(self, rows: int, seed: int = 1) -> list[bytes]:
        """Return a whole listing of the portal, page by page."""
        pages = []
        for first in range(0, rows, PAGE):
            results = [self.portal_row(place, seed) for place in range(first, min(first + PAGE, rows))]
            told = {
                "apiVersion": "2.146",
                "terms": "***",
                "totalResults": rows,
                "pageNumber": first // PAGE + 1,
                "pageSize": PAGE,
            }
            pages.append(json.dumps({**told, "results": results}).encode())
        return pages

    def bulk_file(self, path: Path, size: int, seed: int = 1) -> int:
        """Write a bulk file of about `size` bytes, one grant in forty open as in the real one; return the number of grants."""
        chance = random.Random(seed)
        grants = 0
        with path.open("wb") as file:
            file.write(b'{"fundingData":{"GrantTenderObj":[')
            while file.tell() < size:
                file.write((b"," if grants else b"") + json.dumps(self._grant(chance, grants)).encode())
                grants += 1
            file.write(b"]}}")
        return grants

    def _grant(self, chance: random.Random, number: int) -> dict[str, Any]:
        living = number % 40 == 0
        day = datetime(2026, 11, 3, tzinfo=UTC) if living else datetime(2023, 11, 3, tzinfo=UTC)
        status = {"id": 31094502 if living else 31094503, "abbreviation": "Open", "description": "Open"}
        info = {"approvalDate": "", "lastChangeDate": "2026-04-15T15:31:59.992", "content": f"<p>{self.text(chance, 2_000)}</p>"}
        action = {"status": status, "types": [{"typeOfAction": "X", "typeOfMGA": [{"id": 1, "abbreviation": "X"}]}]}
        return {
            "type": 1,
            "ccm2Id": number,
            "identifier": f"LIFE-2026-BULK-{number:06}",
            "title": chance.choice(self.titles)[:300],
            "callIdentifier": "LIFE-2026-BULK",
            "callTitle": chance.choice(self.titles)[:60],
            "plannedOpeningDateLong": 1_776_729_600_000,
            "deadlineDatesLong": [int(day.timestamp() * 1000)],
            "frameworkProgramme": {"id": 43252405, "abbreviation": "LIFE2027", "description": "LIFE"},
            "status": status,
            "deadlineModel": {},
            "topicActions": [{"id": 1, "abbreviation": "LIFE-PJG", "description": "LIFE Project Grants"}],
            "actions": [action] * 3,
            "tags": chance.sample(ENGLISH, 6),
            "latestInfos": [info] if number % 2 else [],
        }


@dataclass(frozen=True)
class Inputs:
    """Inputs of the rows: the captures where they are beside the project, else the generator."""

    use_captures: bool = True

    @cached_property
    def captured(self) -> list[bytes]:
        """Return the pages of the captured day."""
        return captured_pages() if self.use_captures else []

    @cached_property
    def maker(self) -> Maker:
        """Return the maker of further calls."""
        if self.captured:
            return Maker.from_captures(self.captured)
        from monitor.matching.rules.load import load_rules
        from monitor.paths import RULES

        return Maker.from_vocabulary(terms=load_rules(RULES).term_numbers)

    def portal_day(self, rows: int | None = None) -> list[bytes]:
        """Return the pages of a portal day: the captured one, or `rows` generated rows."""
        return self.captured if self.captured and rows is None else self.maker.portal_pages(rows or 636)


def _sentence(chance: random.Random, tail: list[str], known: list[str], least: int = 12, most: int = 34) -> str:
    """Return a sentence with words as frequent as in the captures.

    There a call matches 0.38 departments and has 112 hits; here 0.38 and 91.
    """
    swedish = chance.random() < 0.03
    glue, words, endings = (GLUE_SWEDISH, SWEDISH, ENDINGS_SWEDISH) if swedish else (GLUE_ENGLISH, ENGLISH, ENDINGS_ENGLISH)
    found = []
    for _ in range(chance.randint(least, most)):
        luck = chance.random()
        if luck < 0.3:
            found.append(chance.choice(glue))
        elif luck < 0.7:
            common = words[min(int(chance.expovariate(1 / _COMMON)), len(words) - 1)]
            found.append(common + chance.choice(endings))
        elif luck < 0.999 or not known:
            found.append(tail[min(int(chance.paretovariate(0.6)), len(tail) - 1)])
        else:
            found.append(chance.choice(known))
    text = " ".join(found)
    return text[0].upper() + text[1:] + "."


def _markup(title: str, text: str) -> str:
    items = "".join(f"<li>{part}.</li>" for part in text.split(". "))
    return f'<p class="topicdescriptionkind">{title}</p><ul level="0">{items}</ul>'


def _conditions(text: str) -> str:
    parts = text.split(". ")
    size = len(parts) // 5 + 1
    blocks = (
        f'<h4>{number}. Conditions</h4><div class="eui-u-mt-s"><p>{". ".join(block)}</p></div>'
        for number, block in enumerate(parts[start * size : (start + 1) * size] for start in range(5))
    )
    return f'<div class="eui-u-mt-l>">{"".join(blocks)}</div>'
