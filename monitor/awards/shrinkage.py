"""Comparison of an import with the last one: how many values of each kind there are, and how much money."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from monitor.archive.connection import Database
from monitor.errors import SourceError

_MIN_KEPT = 0.9
"""An import with a smaller share of what the last one had is refused: publishers add projects and take hardly any away."""
_FEW_VALUES = 20
"""Fewer values of a kind may all be gone at the next import; when more are, their field was renamed."""
_PROJECT_VALUES = {
    "call": "utlysningskod", "topic": "ämneskod", "acronym": "kortnamn", "summary": "sammanfattning", "starts": "startdag",
    "ends": "slutdag", "total": "total budget", "granted": "bidrag", "area": "område",
}  # fmt: skip
_PARTICIPANT_VALUES = {
    "o.country": "land", "o.place": "ort", "o.region": "region", "o.kind": "typ", "o.pic": "PIC",
    "o.number": "organisationsnummer", "o.vat": "momsnummer", "p.granted": "egen andel", "p.budget": "egen budget",
}  # fmt: skip
"""Columns whose values are counted before and after an import, with their Swedish names."""
_PROJECT_SUMS = {"q.granted": "i bidrag"}
_PARTICIPANT_SUMS = {"p.granted": "i deltagarnas andelar", "p.budget": "i deltagarnas budgetar"}
"""Amounts that are summed up before and after an import."""


@dataclass(frozen=True, slots=True)
class ImportSize:
    """Size of a source's import: what may not be gone, and what may not shrink."""

    values: Mapping[str, int]
    """Number of projects, or of their participants, that have a value of each kind, by its Swedish name."""
    sizes: Mapping[str, int]
    """Number of rows, and sums of money in hundredths of their currency, by Swedish name."""
    granted: Mapping[str, int]
    """Sum of the grants in hundredths, by currency."""
    shares: Mapping[str, int]
    """Sum of the participants' shares of them."""


def measure_import(db: Database, source: str) -> ImportSize:
    """Return the size of what is kept of a source."""
    # A source has one currency or few, so a sum of each in one pass costs less than groups, for which rows are sorted.
    currencies = [row[0] for row in db.execute("SELECT DISTINCT currency FROM projects WHERE source = ?", [source])]
    values: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    by_column: dict[str, dict[str, int]] = {"q.granted": {}, "p.granted": {}, "p.budget": {}}
    for name, count, columns, sums, rows in (
        ("projekt", "total(NOT q.is_sum)", _PROJECT_VALUES, _PROJECT_SUMS, "projects q"),
        (
            "deltagare",
            "count(*)",
            _PARTICIPANT_VALUES,
            _PARTICIPANT_SUMS,
            "projects q JOIN participants p ON p.project = q.id JOIN organisations o ON o.id = p.organisation",
        ),
    ):
        money = [(column, currency) for column in sums for currency in currencies]
        parts = [count, *(f"total(ifnull({column}, '') != '')" for column in columns)]
        parts += [f"sum(iif(q.currency = ?, {column}, NULL))" for column, _ in money]
        found = db.execute(
            f"SELECT {', '.join(parts)} FROM {rows} WHERE q.source = ?", [*(currency for _, currency in money), source]
        ).fetchone()
        sizes[name] = int(found[0])
        values.update({label: int(value) for label, value in zip(columns.values(), found[1:], strict=False)})
        for (column, currency), cents in zip(money, found[1 + len(columns) :], strict=True):
            if cents is not None:
                by_column[column][currency] = sizes[f"{currency} {sums[column]}"] = int(cents)
    return ImportSize(values, sizes, by_column["q.granted"], by_column["p.granted"])


def refuse_smaller(where: str, before: ImportSize, now: ImportSize) -> None:
    """Raise SourceError when an import is more than a tenth smaller than the last, or lacks all values of a kind that it had."""
    for name, size in before.sizes.items():
        kept = now.sizes.get(name, 0)
        if kept < _MIN_KEPT * size:
            counted = (
                (f"{kept} {name}", str(size)) if name in ("projekt", "deltagare") else (_money(kept, name), _money(size, ""))
            )
            raise SourceError(
                where,
                f"filerna har {counted[0]} men förra gången var det {counted[1]}. Det förra behålls."
                " Är det rätt ändå: kör importen med --allow-fewer",
            )
    for name, count in before.values.items():
        if count >= _FEW_VALUES and not now.values.get(name):
            raise SourceError(
                where,
                f"{name} står inte i någon post men förra gången i {count}; utgivaren kan ha bytt namn på fältet. Det förra"
                " behålls. Är det rätt ändå: kör importen med --allow-fewer",
            )


def _money(cents: int, name: str) -> str:
    """Return a sum of money in whole units with spaces between thousands."""
    return f"{cents // 100:,} {name}".replace(",", " ").strip()
