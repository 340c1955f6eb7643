"""Fields that only the portal's topics have: their HTML texts, and the five fields that hold JSON as text. Pure."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from monitor.demo import samples
from monitor.demo.samples import SampleCall

_DOCUMENTS = "https://ec.europa.eu/info/funding-tenders/opportunities/docs/2021-2027"
_SUBMISSION = "https://ec.europa.eu/research/participants/submission/manage/screen/submission/create-draft"
FORTHCOMING, OPEN = (31094501, "Forthcoming"), (31094502, "Open")
_PROCEDURES = {"single-stage": 31094504, "two-stage": 31094505, "multiple cut-off": 31094506}
_SUPPORT = "<p>Consult the <u>Online Manual</u> and the IT Helpdesk of the Funding &amp; Tenders Portal.</p>"


def topic_fields(call: SampleCall, today: date, status: tuple[int, str]) -> dict[str, list[str]]:
    """Return the metadata of a topic that other rows do not have."""
    action = call.action
    return {
        "ccm2Id": [str(call.number)],
        "callccm2Id": [str(call.number + 7)],
        "callIdentifier": [call.parent],
        "callTitle": [call.parent_title],
        "deadlineModel": [call.model],
        "typesOfAction": [action.name] if action else [],
        "typeOfMGAs": [str(action.mga_id)] if action else [],
        "keywords": [call.id, call.parent, *call.keywords],
        "tags": [],
        "focusArea": [],
        "programmeDivision": [],
        "specificObjective": [],
        "crossCuttingPriorities": [],
        "allowPartnerSearch": ["true"],
        "descriptionByte": [_description(call)],
        "topicConditions": [_conditions(call)],
        "supportInfo": [_SUPPORT],
        "sepTemplate": ["<p>To access the Electronic Submission Service, please click on the submission-button.</p>"],
        "actions": [json_text(_actions(call, today, status))],
        "budgetOverview": [json_text(_budget(call, today))],
        "links": [json_text(_links(call, today) if status == OPEN else [])],
        "latestInfos": [json_text(_news(call, today, status))],
    }


def _description(call: SampleCall) -> str:
    parts = []
    for marker, text in (("Expected Outcome:", call.outcome), ("Objective:", call.objective), ("Scope:", call.scope)):
        if text:
            parts.append(f'<p class="topicdescriptionkind">{marker}</p>')
            parts.extend(paragraphs(text))
    return "".join(parts)


def paragraphs(text: str) -> Iterator[str]:
    """Yield plain text as HTML elements: blank lines separate paragraphs, lines that begin with a dash make a list."""
    for block in text.strip().split("\n\n"):
        lines = block.strip().splitlines()
        if all(line.startswith("- ") for line in lines):
            items = "".join(f"<li>{html.escape(line[2:], quote=False)}</li>" for line in lines)
            yield f'<ul level="0">{items} </ul>'
        else:
            yield f"<p>{html.escape(' '.join(lines), quote=False)}</p>"


def _conditions(call: SampleCall) -> str:
    address = f"{_DOCUMENTS}/call-fiche_{call.parent.lower()}_en.pdf"
    document = f'<u><a href="{address}" rel="noopener noreferrer" target="_blank">call document</a></u>'
    sections = (
        ("1. Admissibility conditions: Proposal page limit and layout", f"described in section 5 of the {document}."),
        ("2. Eligible countries", f"described in section 6 of the {document}."),
        ("3. Other eligibility conditions", html.escape(call.who, quote=False)),
        ("4. Financial and operational capacity and exclusion", f"described in section 7 of the {document}."),
        ("6. Legal and financial set-up of the grants", html.escape(call.money, quote=False)),
    )
    body = "".join(f'<div><h4>{title}</h4><div class="eui-u-mt-s"><p>{text}</p></div></div>' for title, text in sections if text)
    # The class of the first tag is broken at the portal, too.
    return f'<div class="eui-u-mt-l>"><h4>Conditions</h4>{body}</div>'


def _actions(call: SampleCall, today: date, status: tuple[int, str]) -> list[dict[str, Any]]:
    if call.action is None:
        return []
    action = call.action
    mga = {"id": action.mga_id, "abbreviation": action.mga_code, "description": action.mga_name}
    return [
        {
            "types": [{"typeOfAction": f"{action.code} {action.name}", "typeOfMGA": [mga]}],
            "status": {"id": status[0], "abbreviation": status[1], "description": status[1]},
            "plannedOpeningDate": samples.day(today, call.opens).isoformat(),
            "submissionProcedure": {"id": _PROCEDURES[call.model], "abbreviation": call.model, "description": call.model},
            "deadlineDates": [samples.day(today, offset).isoformat() for offset in call.deadlines],
        }
    ]


def _budget(call: SampleCall, today: date) -> dict[str, Any]:
    """Return the budget lines of the call and its siblings; 0 means not stated, and the same amount on all lines is one pot."""
    year = str(samples.day(today, call.opens).year)
    action = f"{call.action.code} {call.action.name}" if call.action else ""
    low, high = call.per_project
    shares = call.sibling_budgets or (call.budget,) * len(call.siblings)
    line = {
        "plannedOpeningDate": samples.day(today, call.opens).isoformat(),
        "deadlineModel": call.model,
        "deadlineDates": [samples.day(today, offset).isoformat() for offset in call.deadlines],
    }
    own = {"action": f"{call.id} - {action}", "expectedGrants": call.grants, "minContribution": low, "maxContribution": high}
    others = [
        {"action": f"{sibling} - {action}", "expectedGrants": 0, "minContribution": 0, "maxContribution": 0}
        for sibling in call.siblings
    ]
    lines = [
        {**head, "budgetYearMap": {year: str(amount)}, **line}
        for head, amount in zip([*others, own], [*shares, call.budget], strict=True)
    ]
    return {"budgetYearsColumns": [year], "budgetTopicActionMap": {str(call.number % 1_000_000): lines}}


def _links(call: SampleCall, today: date) -> list[dict[str, Any]]:
    if call.action is None:
        return []
    return [
        {
            "callIdentifier": call.parent,
            "criterionCode": call.action.code,
            "criterionDescription": call.action.name,
            "url": f"{_SUBMISSION}/{call.number}?topic={call.id}",
            "startDate": _milliseconds(samples.day(today, call.opens)),
            "endDate": _milliseconds(samples.day(today, max(call.deadlines))),
            "mgaDescription": call.action.mga_name,
            "mgaCode": call.action.mga_code,
        }
    ]


def _news(call: SampleCall, today: date, status: tuple[int, str]) -> list[dict[str, Any]]:
    """Return the notes, latest first. The note that a session is open is added by itself, as at the portal."""
    notes = [
        {
            "approvalDate": "",
            "lastChangeDate": f"{samples.day(today, when).isoformat()}T10:24:07.560",
            "content": f"<p>{html.escape(text, quote=False)}</p>",
        }
        for when, text in sorted(call.news, reverse=True)
    ]
    if status == OPEN:
        opened = f"{samples.day(today, call.opens).isoformat()}T00:01:07.035"
        content = f"The submission session is now available for: {', '.join([call.id, *call.siblings])}"
        notes.append({"approvalDate": "", "lastChangeDate": opened, "content": content})
    return notes


def json_text(value: Any) -> str:
    """Return JSON as the portal writes it: compact, with &, <, > and = as escapes."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "&<>=":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _milliseconds(moment: date) -> str:
    return str(int(datetime.combine(moment, time(), UTC).timestamp()) * 1000)
