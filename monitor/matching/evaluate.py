"""Scores of the rules against labelled texts: departments that should get a text, and whether a municipality can take part."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from monitor.calls import Call, Section
from monitor.errors import ConfigError
from monitor.matching.compiled import RuleSet
from monitor.matching.engine import judge_call
from monitor.matching.match import matches_of

_ANSWERS = {"ja": "yes", "som partner": "partner", "nej": "no"}


class Labelled(BaseModel):
    """Line of the file: a text and the departments that should get it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    text: str = ""
    programme: str | None = None
    call_title: str | None = None
    language: str | None = None
    labels: list[str]
    maybe: list[str] = Field(default_factory=list)
    """Departments that count neither way."""
    can_take_part: Literal["yes", "partner", "no", "unknown"] | None = None


@dataclass
class HitCounts:
    """Counts of true positives, false positives and false negatives."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    @property
    def precision(self) -> float:
        """Return the share (0-1) of sent texts that were right; 0 when none was sent."""
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else 0.0

    @property
    def recall(self) -> float:
        """Return the share (0-1) of texts to send that were sent; 0 when there is none to send."""
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else 0.0

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        return 2 * self.tp / (2 * self.tp + self.fp + self.fn) if self.tp else 0.0


@dataclass
class Score:
    """Outcome over all texts."""

    items: int = 0
    departments: dict[str, HitCounts] = field(default_factory=dict)
    fit: dict[str, int] = field(default_factory=lambda: {"right": 0, "wrong": 0, "unread": 0})
    errors: list[dict[str, Any]] = field(default_factory=list)

    @property
    def micro(self) -> HitCounts:
        """Return the counts of all departments together."""
        counts = self.departments.values()
        return HitCounts(sum(c.tp for c in counts), sum(c.fp for c in counts), sum(c.fn for c in counts))

    def as_json(self) -> dict[str, Any]:
        """Return the answer of `rules evaluate --json`."""
        return {
            "items": self.items,
            "micro": _rates(self.micro),
            "fit": dict(self.fit),
            "departments": {
                name: {"tp": count.tp, "fp": count.fp, "fn": count.fn, **_rates(count)}
                for name, count in sorted(self.departments.items())
            },
            "errors": self.errors,
        }


def _rates(count: HitCounts) -> dict[str, float]:
    return {"precision": round(count.precision, 4), "recall": round(count.recall, 4), "f1": round(count.f1, 4)}


def read_labelled(lines: Iterable[str], where: str, departments: Iterable[str]) -> list[Labelled]:
    """Return the lines of a file, empty ones left out.

    Raises:
        ConfigError: A line is wrong; the error has its number and the expected value.
    """
    known = set(departments)
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = Labelled.model_validate(json.loads(line))
        except json.JSONDecodeError as error:
            raise ConfigError(f"{where}:{number}", f"expected one JSON object per line: {error}") from error
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            raise ConfigError(f"{where}:{number}", f"{key}: {first['msg']}") from error
        unknown = sorted({*row.labels, *row.maybe} - known)
        if unknown:
            raise ConfigError(
                f"{where}:{number}", f"unknown department {', '.join(unknown)}; departments.toml has {', '.join(sorted(known))}"
            )
        rows.append(row)
    return rows


def labelled_call(row: Labelled) -> Call:
    """Return the labelled text as a call, so that it is matched as a real one is."""
    return Call(
        source="evaluate",
        call_id=row.id,
        identifier=row.id,
        title=row.title,
        url="",
        sections=(Section(title="", text=row.text),) if row.text else (),
        programme=row.programme or "",
        parent_title=row.call_title or "",
        language=row.language or "",
    )


def evaluate(rules: RuleSet, rows: Iterable[Labelled]) -> Score:
    """Return the score of matching every text."""
    score = Score(departments={name: HitCounts() for name in rules.departments})
    for row in rows:
        score.items += 1
        judgement = judge_call(rules, labelled_call(row))
        sent = {match.department for match in matches_of(judgement)}
        missed, extra = set(row.labels) - sent, sent - set(row.labels) - set(row.maybe)
        for name in sent & set(row.labels):
            score.departments[name].tp += 1
        for name in missed:
            score.departments[name].fn += 1
        for name in extra:
            score.departments[name].fp += 1
        if missed or extra:
            score.errors.append({"id": row.id, "missed": sorted(missed), "extra": sorted(extra)})
        if row.can_take_part not in (None, "unknown"):
            answer = _ANSWERS.get(judgement.gates.answer)
            score.fit["unread" if answer is None else "right" if answer == row.can_take_part else "wrong"] += 1
    return score
