"""Themes that are begun in a form: a title, departments and words, and calls marked as examples; written as a theme's file."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import tomlkit

from monitor.calls import Call, CallKey
from monitor.matching.compiled import RuleSet
from monitor.matching.feedback import add_example
from monitor.matching.rules.check import MIN_MATCHING, MIN_OTHERS
from monitor.matching.rules.concepts import resolve_theme
from monitor.matching.rules.files import load_toml
from monitor.matching.rules.model import SHORT_TITLE, ThemeFile

IN_TEXT, IN_TITLE = "text", "rubrik"
"""Strengths of the words of a draft: one word in the text or in the title is enough; in the text it takes a supporting word."""
_SUPPORT = 2
_MAX_WEIGHT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Call, or title written by the person, that the theme must match or must not."""

    match: bool
    source: str = ""
    call_id: str = ""
    """Key of the call; "" for a title of the person's own."""
    title: str = ""

    @property
    def key(self) -> CallKey | None:
        """Return the key of the call; None for a title of the person's own."""
        return CallKey(self.source, self.call_id) if self.source else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeDraft:
    """Fields of the form. Nothing of it is in force."""

    title: str = ""
    short: str = ""
    departments: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    """Ids of concepts."""
    support: tuple[str, ...] = ()
    """Words that speak for the theme but are not enough."""
    stops: tuple[str, ...] = ()
    """Words that keep a call out."""
    strength: str = IN_TITLE
    marks: tuple[Mark, ...] = ()


def draft_to_json(draft: ThemeDraft) -> str:
    """Return a draft as text for the archive."""
    return json.dumps(asdict(draft), ensure_ascii=False)


def draft_from_json(text: str) -> ThemeDraft:
    """Return the draft of a text of `draft_to_json`; keys of other versions are left aside."""
    raw: Mapping[str, Any] = json.loads(text)
    lists = {name: tuple(raw.get(name, ())) for name in ("departments", "words", "concepts", "support", "stops")}
    marks = tuple(Mark(**{name: row[name] for name in ("match", "source", "call_id", "title")}) for row in raw.get("marks", ()))
    plain = {name: str(raw.get(name, "")) for name in ("title", "short")}
    values: dict[str, Any] = {**plain, **lists}
    return ThemeDraft(**values, marks=marks, strength=raw.get("strength", IN_TITLE))


def find_gaps(draft: ThemeDraft, rules: RuleSet) -> dict[str, str]:
    """Return what keeps a draft from being shown on the archive, by the name of its field: a Swedish sentence each."""
    gaps = {}
    if not draft.title:
        gaps["title"] = "Skriv ett namn på ämnet."
    if len(draft.title) > SHORT_TITLE and not draft.short:
        gaps["short"] = f"Namnet är längre än {SHORT_TITLE} tecken. Skriv ett kort namn till mejlets ämnesrad."
    elif len(draft.short) > SHORT_TITLE:
        gaps["short"] = f"Högst {SHORT_TITLE} tecken får plats; namnet har {len(draft.short)}."
    if not any(name in rules.departments for name in draft.departments):
        gaps["departments"] = "Välj minst en förvaltning."
    unknown = [name for name in draft.concepts if name not in rules.concepts]
    if unknown:
        gaps["concepts"] = f"Begreppet ”{unknown[0]}” finns inte. Välj ur listan, eller skriv det som ett ord."
    elif not draft.words and not draft.concepts:
        gaps["words"] = "Skriv minst ett ord eller välj ett begrepp."
    return gaps


def missing_marks(draft: ThemeDraft) -> str:
    """Return how many examples are missing as a Swedish sentence; "" when there are enough."""
    yes = sum(mark.match for mark in draft.marks)
    no = len(draft.marks) - yes
    if yes >= MIN_MATCHING and no >= MIN_OTHERS:
        return ""
    return f"Märk minst {MIN_MATCHING} ja och {MIN_OTHERS} nej. Nu är det {yes} ja och {no} nej."


def draft_text(draft: ThemeDraft, theme_id: str, rules: RuleSet, calls: Iterable[Call] = (), until: date | None = None) -> str:
    """Return a draft as the text of a theme's file.

    Args:
        draft: The draft, without gaps.
        theme_id: Id of the theme to be.
        rules: The rules in force, for departments, strategy and programmes.
        calls: The marked calls, as far as the archive still has them.
        until: Last day of the probation; None for none.
    """
    head = tomlkit.table()
    head["id"] = theme_id
    head["title"] = draft.title
    if draft.short and len(draft.title) > SHORT_TITLE:
        head["short"] = draft.short
    head["departments"] = [name for name in draft.departments if name in rules.departments]
    head["strategy"] = [_strategy(rules)]
    if until is not None:
        head["probation"] = until
    document = tomlkit.document()
    document["theme"] = head
    document["signal"] = _signals(draft, rules)
    if draft.stops:
        veto = tomlkit.table()
        veto["id"] = "stopp"
        veto["words"] = list(draft.stops)
        document["veto"] = tomlkit.aot()
        document["veto"].append(veto)
    return _add_examples(tomlkit.dumps(document), draft, rules, {call.key: call for call in calls})


def _strategy(rules: RuleSet) -> str:
    areas = [area.id for area in rules.areas.area]
    return "extern-finansiering" if "extern-finansiering" in areas else areas[0]


def _signals(draft: ThemeDraft, rules: RuleSet) -> tomlkit.items.AoT:
    rows = tomlkit.aot()
    main = tomlkit.table()
    main["id"] = "huvudord"
    if draft.words:
        main["words"] = list(draft.words)
    if draft.concepts:
        main["concepts"] = list(draft.concepts)
    main["weight"] = _weight(draft, rules)
    rows.append(main)
    if draft.support:
        support = tomlkit.table()
        support["id"] = "stodord"
        support["words"] = list(draft.support)
        support["weight"] = _SUPPORT
        rows.append(support)
    return rows


def _weight(draft: ThemeDraft, rules: RuleSet) -> int:
    """Return the weight with which one word is enough: in the text (counted once), or in the title (counted twice)."""
    highest = max(rules.departments[name].threshold for name in draft.departments if name in rules.departments)
    needed = highest if draft.strength == IN_TEXT else max(highest - _SUPPORT, highest / 2)
    return min(_MAX_WEIGHT, math.ceil(needed))


def _add_examples(text: str, draft: ThemeDraft, rules: RuleSet, calls: Mapping[CallKey, Call]) -> str:
    theme = resolve_theme(ThemeFile.model_validate(load_toml(text)), rules.concepts)
    alone = replace(rules, themes=(theme,), extra_terms=())
    for mark in draft.marks:
        call = calls.get(mark.key) if mark.key is not None else Call(source="", call_id="", title=mark.title, url="")
        if call is not None:
            text = add_example(text, alone, call, match=mark.match, note="")
    return text
