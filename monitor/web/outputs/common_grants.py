"""Calls in the form of the CommonGrants protocol, Core 0.4: https://commongrants.org/protocol/openapi/ (read only).

The protocol wants a UUID for each call. Its last 48 bits are the call's number in the archive, the others those of the archive's
address: it is the same for ever, and leads back to the call without a table.
"""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from datasette import Response

from monitor.archive.calls import load_call
from monitor.archive.listing import count_applicable, list_applicable_keys, read_change_times
from monitor.archive.numbers import find_by_number
from monitor.calls import Budget, Call, CallKey, Deadline, DeadlineModel, call_status
from monitor.digest.links import Links, publisher_url
from monitor.digest.wording import HOME
from monitor.language.one_line import clean
from monitor.vocabulary import Kind, Status
from monitor.web.framework.request import Visit
from monitor.web.framework.route import NotFound, Route

MAX_PAGE_SIZE = 100
_STATUS = {Status.FORTHCOMING: "forecasted", Status.OPEN: "open", Status.CLOSED: "closed"}
_NUMBER_BITS = 48


def opportunity_id(base_url: str, number: int) -> uuid.UUID:
    """Return the UUID of the call with a number in the archive at an address."""
    archive = uuid.uuid5(uuid.NAMESPACE_URL, base_url.rstrip("/")).int >> _NUMBER_BITS << _NUMBER_BITS
    return uuid.UUID(int=archive | number)


def opportunity(call: Call, number: int, moments: tuple[str, str], links: Links, now: datetime) -> dict[str, Any]:
    """Return a call as the protocol's `OpportunityBase`; what the source does not state is left out."""
    dates = _key_dates(call)
    funding = _funding(call.budget)
    applicants = [{"value": "custom", "customValue": text[:500]} for text in call.applicants if text.strip()]
    first_seen, changed = (datetime.fromisoformat(text).astimezone(UTC).isoformat() for text in moments)
    return {
        "id": str(opportunity_id(links.base_url, number)),
        "title": clean(call.title) or call.call_id,
        "status": {"value": _STATUS[call_status(call, now)]},
        "description": "\n\n".join(part for part in (call.summary, call.body) if part),
        **({"funding": funding} if funding else {}),
        **({"keyDates": dates} if dates else {}),
        "source": publisher_url(call) or links.call(call),
        **({"acceptedApplicantTypes": applicants} if applicants else {}),
        "customFields": {
            "archivePage": {"name": "archivePage", "fieldType": "string", "value": links.call(call)},
            "identifier": {"name": "identifier", "fieldType": "string", "value": call.identifier or call.call_id},
            "sourceId": {"name": "sourceId", "fieldType": "string", "value": call.source},
        },
        "createdAt": first_seen,
        "lastModifiedAt": changed,
    }


def _funding(budget: Budget) -> dict[str, Any]:
    amounts = {
        "totalAmountAvailable": budget.total if not budget.shared else None,
        "minAwardAmount": budget.project_min,
        "maxAwardAmount": budget.project_max,
    }
    funding: dict[str, Any] = {
        name: {"amount": str(amount), "currency": budget.currency} for name, amount in amounts.items() if amount is not None
    }
    return funding | ({"estimatedAwardCount": budget.grants} if budget.grants is not None else {})


def _key_dates(call: Call) -> dict[str, Any]:
    """Return the dates: the opening as the post date, the last deadline as the close date, earlier ones as other dates."""
    dates: dict[str, Any] = {}
    if call.opens is not None:
        dates["postDate"] = {"name": "Opens", "eventType": "singleDate", "date": call.opens.isoformat()}
    if call.deadline_model is DeadlineModel.ROLLING:
        dates["closeDate"] = {"name": "Closes", "eventType": "other", "details": "Rolling: no last day"}
    elif call.deadlines:
        *earlier, last = sorted(call.deadlines, key=lambda deadline: deadline.at)
        dates["closeDate"] = _deadline(last, "Closes")
        if earlier:
            dates["otherDates"] = {
                f"deadline{place}": _deadline(deadline, f"Deadline {place}") for place, deadline in enumerate(earlier, 1)
            }
    return dates


def _deadline(deadline: Deadline, name: str) -> dict[str, Any]:
    """Return a deadline in Swedish time; without a time of day where the publisher states none."""
    local = deadline.at.astimezone(HOME)
    event = {"name": name, "eventType": "singleDate", "date": local.date().isoformat()}
    if deadline.precision == "minute":
        event["time"] = local.strftime("%H:%M:%S")
    return event | ({"description": deadline.text} if deadline.text else {})


def list_opportunities(visit: Visit) -> Response:
    """Answer with one page of the calls to apply for, the last changed first; `page` from 1, `pageSize` up to 100."""
    page, size = _number(visit, "page", 1, 10**6), _number(visit, "pageSize", MAX_PAGE_SIZE, MAX_PAGE_SIZE)
    db = visit.site.archive.db
    total = count_applicable(db)
    keys = list_applicable_keys(db, (page - 1) * size, size)
    document = {
        "status": 200,
        "message": "Success",
        "items": _opportunities(visit, keys),
        "paginationInfo": {"page": page, "pageSize": size, "totalItems": total, "totalPages": -(-total // size)},
    }
    return _answer(document)


def show_opportunity(visit: Visit) -> Response:
    """Answer with one call."""
    wanted = uuid.UUID(visit.path_vars["id"])
    number = wanted.int & (1 << _NUMBER_BITS) - 1
    key = find_by_number(visit.site.archive.db, number)
    if key is None or opportunity_id(visit.site.links.base_url, number) != wanted:
        return _answer({"status": 404, "message": "No call has this id", "errors": []}, 404)
    found = _opportunities(visit, [key])
    if not found:
        raise NotFound
    return _answer({"status": 200, "message": "Success", "data": found[0]})


def _opportunities(visit: Visit, keys: list[CallKey]) -> list[dict[str, Any]]:
    db, links = visit.site.archive.db, visit.links_to(keys)
    moments = read_change_times(db, keys)
    calls = [call for key in keys if (call := load_call(db, *key)) is not None and call.kind is Kind.CALL]
    return [opportunity(call, links.numbers[call.key], moments[call.key], links, visit.now) for call in calls]


def _number(visit: Visit, name: str, default: int, largest: int) -> int:
    text = visit.args.get(name, "")
    return max(1, min(int(text), largest)) if text.isascii() and text.isdigit() else default


def _answer(document: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(document, ensure_ascii=False), status=status, content_type="application/json; charset=utf-8")


ROUTES = (
    Route(r"^/common-grants/opportunities$", list_opportunities),
    Route(r"^/common-grants/opportunities/(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$", show_opportunity),
)
