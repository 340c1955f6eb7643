"""Examples from a department's answers: the rules must honour them from then on."""

from __future__ import annotations

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.items import AoT

from monitor.calls import Call, call_zones
from monitor.matching.compiled import RuleSet
from monitor.matching.engine import judge_call
from monitor.matching.match import evidence_of

_MAX_TEXT_CHARS = 600
"""Characters of a text that an example takes where no term of its theme is found."""


def theme_for(rules: RuleSet, call: Call, department: str) -> str | None:
    """Return the id of the theme that sent the call to the department, else of the nearest one; None where none has points."""
    judgement = judge_call(rules, call)
    reached = judgement.reached(rules.departments[department])
    if reached:
        return reached[0].theme.theme.id
    own = [result for result in judgement.results if department in result.theme.theme.departments]
    best = max(own, key=lambda result: (result.points, result.theme.theme.id), default=None)
    return best.theme.theme.id if best is not None else None


def add_example(theme_text: str, rules: RuleSet, call: Call, *, match: bool, note: str) -> str:
    """Return the text of the theme's file with the call as one more example; all else, comments too, stays as it is."""
    document = tomlkit.parse(theme_text)
    if any(_is_same_example(example, call, match) for example in document.get("example", ())):
        return theme_text
    example = tomlkit.table()
    example["title"] = call.title
    for key, text in zip(("text", "context"), _example_texts(theme_text, rules, call), strict=True):
        if text:
            example[key] = tomlkit.string(text, multiline="\n" in text)
    programme = rules.programme_of(call)
    if programme is not None:
        example["programme"] = programme.id
    if call.identifier:
        example["identifier"] = call.identifier
    example["match"] = match
    if note:
        example["note"] = note
    _append(document, example)
    return tomlkit.dumps(document)


def mark_example(theme_text: str, rules: RuleSet, call: Call, *, match: bool | None, note: str) -> str:
    """Return the text of the theme's file with the call as an example that the theme matches, that it does not match, or as none.

    An example of the call that is there already is changed where it stands; None takes it away.
    """
    document = tomlkit.parse(theme_text)
    examples = document.get("example", ())
    places = [place for place, example in enumerate(examples) if _is_about(example, call)]
    if match is not None and not places:
        return add_example(theme_text, rules, call, match=match, note=note)
    if match is not None:
        examples[places[0]]["match"] = match
        examples[places[0]]["note"] = note
        places = places[1:]
    for place in reversed(places):
        del examples[place]
    return tomlkit.dumps(document)


def _is_same_example(example: object, call: Call, match: bool) -> bool:
    return isinstance(example, dict) and _is_about(example, call) and example.get("match") == match


def _is_about(example: object, call: Call) -> bool:
    """Return whether a row of a theme's file is an example of a call."""
    return isinstance(example, dict) and example.get("title") == call.title and example.get("identifier", "") == call.identifier


def _append(document: TOMLDocument, example: tomlkit.items.Table) -> None:
    examples = document.get("example")
    if isinstance(examples, AoT):
        examples.append(example)
        return
    rows = tomlkit.aot()
    rows.append(example)
    document["example"] = rows


def _example_texts(theme_text: str, rules: RuleSet, call: Call) -> tuple[str, str]:
    """Return the sentences with the theme's terms, and those of its surroundings, so that the example gets the call's points.

    Without a term in its text it takes the beginning of the text.
    """
    theme = tomlkit.parse(theme_text).get("theme", {}).get("id")
    texts = call_zones(call)
    kept: dict[str, None] = {}
    around: dict[str, None] = {}
    judgement = judge_call(rules, call)
    for result in judgement.results:
        if result.theme.theme.id == theme:
            for item in evidence_of(judgement, [result])[result.theme.theme.id]:
                if item.zone != "title" and item.start >= 0:
                    side = around if item.zone == "context" else kept
                    side[_sentence(texts[item.zone], item.start, item.end)] = None
    return "\n".join(kept) or (call.summary or call.body)[:_MAX_TEXT_CHARS], "\n".join(around)


def _sentence(text: str, start: int, end: int) -> str:
    first = max((text.rfind(mark, 0, start) + len(mark) for mark in ("\n", ". ", "! ", "? ") if mark in text[:start]), default=0)
    stops = [found + len(mark.rstrip()) for mark in ("\n", ". ", "! ", "? ") if (found := text.find(mark, end)) >= 0]
    return text[first : min(stops, default=len(text))].strip()
