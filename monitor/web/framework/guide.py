"""State of the guide of the first day, as `monitor.jobs.guide` finds it and its page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideRow:
    """Row of a step's list, such as a source with the result of its trial."""

    id: str
    name: str
    state: str
    """"well", "doubtful", "failed", "running", or "" for nothing done yet."""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideStep:
    """Step of the guide."""

    id: str
    title: str
    done: bool
    text: str
    """Sentence in Swedish that says what is done and what is left."""
    rows: tuple[GuideRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideState:
    """Everything that the guide shows; all of it follows from what is done."""

    steps: tuple[GuideStep, ...]
    running: str
    """Name of the work that is under way, "" for none."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Values of the settings by the name of their field."""
    obstacles: tuple[tuple[str, str], ...] = ()
    """Text and advice of what keeps the installation from being ready for real recipients."""

    @property
    def present(self) -> str:
        """Return the id of the first step that is not done; "" when all are."""
        return next((step.id for step in self.steps if not step.done), "")
