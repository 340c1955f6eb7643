"""Read the portal's budget overview: the lines of a topic, and whether it shares its pot with other topics of the call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from monitor.calls import LARGEST_AMOUNT, Budget
from monitor.errors import RowError


def parse_budget(metadata: Mapping[str, Any], identifier: str) -> Budget:
    """Return the budget of a row; fields are None where the portal has nothing or 0.

    `budgetOverview` holds the lines of all topics of the call. A topic's own lines begin with its identifier and a space.
    Own lines of the same amount are one pot, of different amounts pots of their own. When every topic under the key
    has the same amount, the pot is shared by the call.

    Raises:
        RowError: A field cannot be read; the text names it.
    """
    text = next(iter(metadata.get("budgetOverview") or []), None)
    if text is None:
        return _plain_budget(metadata)
    try:
        lines_by_key = json.loads(text).get("budgetTopicActionMap") or {}
    except json.JSONDecodeError as error:
        raise RowError(f"budgetOverview: väntade JSON, fann {str(text)[:40]!r}") from error
    mark = f"{identifier} ".casefold()
    for lines in lines_by_key.values():
        own = [line for line in lines if str(line.get("action", "")).casefold().startswith(mark)]
        if own:
            return _own_budget(own, lines)
    return Budget()


def _own_budget(own: list[dict[str, Any]], lines: list[dict[str, Any]]) -> Budget:
    amounts = [_line_total(line) for line in own]
    pots = dict.fromkeys(amounts)
    siblings = {str(line.get("action", "")).split(" ")[0].casefold() for line in lines}
    shared = len(siblings) > 1 and bool(amounts[0]) and {_line_total(line) for line in lines} == set(pots) and len(pots) == 1
    named = tuple((_action_name(line), amount) for line, amount in zip(own, amounts, strict=True) if amount)
    return Budget(
        total=sum(pots) or None,
        project_min=min((_whole(line, "minContribution") for line in own if _whole(line, "minContribution")), default=None),
        project_max=max((_whole(line, "maxContribution") for line in own if _whole(line, "maxContribution")), default=None),
        grants=sum(_whole(line, "expectedGrants") for line in own) or None,
        shared=shared,
        pots=named if len(pots) > 1 else (),
    )


def _plain_budget(metadata: Mapping[str, Any]) -> Budget:
    text = str(next(iter(metadata.get("budget") or []), "") or "")
    currency = str(next(iter(metadata.get("currency") or []), "EUR") or "EUR")
    return Budget(total=_amount("budget", text) or None, currency=currency)


def _amount(name: str, value: Any) -> int:
    """Return an amount of money in whole units, 0 for nothing. Raises RowError for no number, or one larger than any budget."""
    try:
        amount = float(value or 0)
    except (ValueError, TypeError) as error:
        raise RowError(f"{name}: väntade ett tal, fann {str(value)[:40]!r}") from error
    if not 0 <= amount <= LARGEST_AMOUNT:  # NaN is outside, too
        raise RowError(f"{name}: väntade ett tal, fann {str(value)[:40]!r}")
    return round(amount)


def _line_total(line: dict[str, Any]) -> int:
    return sum(_amount("budgetYearMap", amount) for amount in (line.get("budgetYearMap") or {}).values())


def _whole(line: dict[str, Any], name: str) -> int:
    return _amount(name, line.get(name))


def _action_name(line: dict[str, Any]) -> str:
    return " ".join(str(line.get("action", "")).partition(" - ")[2].split())
