"""Rows in the portal's wire format, made of values: the shape of its answers, with words of our own."""

from __future__ import annotations

import json


def row(number: int = 1, *, kind: str = "1", deadlines=("2026-09-22",), status="31094502", text="<p>Words.</p>", **metadata):
    """Return a row as the search API sends it; `metadata` replaces or adds fields, None takes one away."""
    identifier = metadata.pop("identifier", f"LIFE-2026-TEST-{number:04}")
    reference = {"1": f"{number}TOPICSen", "2": f"{number}PROSPECTSEN", "8": f"{number}COMPETITIVE_CALLen"}[kind]
    fields = {
        "identifier": [identifier],
        "REFERENCE": [reference],
        "title": [f"Title {number}"],
        "type": [kind],
        "status": [status],
        "DATASOURCE": ["SEDIA"],
        "language": ["en"],
        "callIdentifier": ["LIFE-2026-TEST"],
        "callTitle": ["A call of ours"],
        "callccm2Id": [str(number)],
        "frameworkProgramme": ["43252405"],
        "startDate": ["2026-04-21T00:00:00.000+0000"],
        "deadlineDate": [day if "T" in day else f"{day}T00:00:00.000+0000" for day in deadlines],
        "deadlineModel": ["single-stage"],
        "descriptionByte": [f'<p class="topicdescriptionkind">Scope:</p>{text}'] if text else [],
        "topicConditions": ['<div class="eui-u-mt-l>"><h4>2. Eligible countries</h4><p>EU Member States</p></div>'],
    }
    fields |= {name: value for name, value in metadata.items() if value is not None}
    for name, value in metadata.items():
        if value is None:
            fields.pop(name, None)
    return {"reference": reference, "database": "SEDIA", "language": "en", "summary": f"Title {number}", "metadata": fields}


def page(rows, number=1, *, total=None, version="2.146", size=100) -> bytes:
    """Return a page of the listing of `rows`."""
    part = rows[(number - 1) * size : number * size]
    return json.dumps(
        {
            "apiVersion": version,
            "terms": "***",
            "totalResults": len(rows) if total is None else total,
            "pageNumber": number,
            "pageSize": size,
            "results": part,
        }
    ).encode()
