"""Errors of pydantic as Swedish sentences: the key, the value that was expected and the value that was found.

The models of settings describe their fields in English, for developers; SETTINGS has their Swedish. Types of errors:
https://docs.pydantic.dev/latest/errors/validation_errors/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Location = tuple[int | str, ...]
"""Keys from the top of a document to the value that is wrong, with list positions from 0."""


@dataclass(frozen=True)
class ErrorWording:
    """Texts of one language; `{}` is filled in."""

    expected: str
    found: str
    missing: str
    unknown_key: str
    close_key: str
    """Added to `unknown_key` when a key of the table is nearly the same."""
    other_keys: str
    """Added to `unknown_key` else."""
    own_check: str
    """Problem that a check of ours names; `{problem}` and `{input!r}` are filled in."""
    other_form: str
    """Expected value of a field with a pattern, `{pattern}`, and without a description."""
    anything: str
    """Expected value for a type of error without an expectation."""
    expectations: Mapping[str, str]
    """Expected value by pydantic's type of error; names in braces are those of pydantic's context."""
    alternatives: str = " or "
    """Word between alternatives."""
    first_position: int = 0
    """Number that the first element of a list has for people."""
    descriptions: Mapping[str, str] = field(default_factory=dict)
    """Text of a field's description, or of a check of ours, by the English text that the model has."""

    def expectation(self, error: Mapping[str, Any]) -> str:
        """Return the expected value for a type of error that needs no model."""
        context = {name: str(value).replace(" or ", self.alternatives) for name, value in error.get("ctx", {}).items()}
        return self.expectations.get(error["type"], self.anything).format_map(context)


SWEDISH = ErrorWording(
    expected="väntade {}",
    found=", fann {}",
    missing="saknas",
    unknown_key="okänd nyckel",
    close_key="; menade du {}?",
    other_keys="; väntade en av {}",
    own_check="{problem}",
    other_form="en annan form",
    anything="något annat",
    expectations=MappingProxyType(
        {
            "bool_type": "true eller false",
            "date_type": "en dag som 2026-12-24, utan citattecken",
            "float_type": "ett tal",
            "greater_than": "mer än {gt}",
            "greater_than_equal": "minst {ge}",
            "int_type": "ett heltal",
            "less_than_equal": "högst {le}",
            "literal_error": "{expected}",
            "model_type": "en tabell",
            "string_too_long": "högst {max_length} tecken",
            "string_too_short": "en text som inte är tom",
            "string_type": "en text inom citattecken",
            "too_short": "minst en",
            "tuple_type": "en lista inom [ ]",
        }
    ),
    alternatives=" eller ",
    first_position=1,
)
SETTINGS = replace(
    SWEDISH,
    own_check="väntade {problem}, fann {input!r}",
    other_form="formen {pattern}",
    expectations=MappingProxyType(
        {**SWEDISH.expectations, "dict_type": "en tabell", "enum": "{expected}", "finite_number": "ett ändligt tal"}
    ),
    descriptions=MappingProxyType(
        {
            "a day and a time such as mon 07:00: when the week's mails are made": "en dag och en tid som mon 07:00",
            "a day and a time such as mon 07:00": "en dag och en tid som mon 07:00",
            "a day and a time such as mon 07:00, or empty": "en dag och en tid som mon 07:00, eller tomt",
            "a day and a time such as mon 08:00: the week's note to the coordinator; empty: never": (
                "en dag och en tid som mon 08:00, eller tomt"
            ),
            "a day and a time such as tue 09:00: the week's test mail to the coordinator; empty: never": (
                "en dag och en tid som tue 09:00, eller tomt"
            ),
            "a day such as 2026-11-27: when the rates held; mails name it": "en dag som 2026-11-27",
            "a day such as 2026-11-27": "en dag som 2026-11-27",
            "a domain such as nassjo.se": "en domän som nassjo.se",
            "an address of a PDF or Word file": "en adress till en PDF- eller Wordfil, som https://…",
            "a time such as 02:15: when the back-up is made, every night": "en tid som 02:15",
            "a time such as 05:30: when the sources are read, every day": "en tid som 05:30",
            "a time such as 05:30": "en tid som 05:30",
            "a time zone such as Europe/Stockholm": "en tidszon som Europe/Stockholm",
            "an address such as http://proxy.example.se:8080 through which sources are read, also a private one; empty: none": (
                "en adress som http://proxy.example.se:8080, eller tomt"
            ),
            "the whole path of Chromium or Chrome, such as /usr/bin/chromium, for sources with browser = true; empty: none": (
                "hela sökvägen till Chromium eller Chrome, som /usr/bin/chromium, eller tomt"
            ),
            "an address such as http://creativecommons.org/publicdomain/zero/1.0/; empty: none is stated": (
                "en adress som http://creativecommons.org/publicdomain/zero/1.0/, eller tomt"
            ),
            "an address such as https://login.microsoftonline.com/TENANT/v2.0; empty: off": (
                "en adress som https://login.microsoftonline.com/TENANT/v2.0, eller tomt"
            ),
            "municipality as publisher, such as http://dataportal.se/organisation/SE2120000522; empty: one of ours": (
                "en adress som http://dataportal.se/organisation/SE2120000522, eller tomt"
            ),
            "an address such as https://eu.example.se of the archive that readings are handed over to; empty: the archive is"
            " here": "en adress som https://eu.example.se, eller tomt",
            "an address such as sftp://eu@standby.example.se/copy of the copies; empty: none are kept": (
                "en adress som sftp://eu@reserv.example.se/kopia, eller tomt"
            ),
            "an address such as http://127.0.0.1:5000 of the engine; empty: the usual one": (
                "en adress som http://127.0.0.1:5000, eller tomt"
            ),
            "an address such as https://eu.example.se where the archive is reached": "en adress som https://eu.example.se",
            "an address such as namn@example.se": "en adress som namn@example.se",
            "addresses of work programmes, whose planned calls are told as coming": "en adress som https://example.eu/program.pdf",
            "an address that gets every digest a day ahead; empty: none": "en adress som namn@example.se, eller tomt",
            "in the user agent and as reply address": "en adress som namn@example.se",
        }
    ),
)


def list_errors(error: ValidationError) -> list[ErrorDetails]:
    """Return the errors in their order, each mistake once: an element that is wrong also makes its list too short."""
    details = error.errors()
    return [
        item
        for item in details
        if item["type"] != "too_short" or not any(_is_within(other["loc"], item["loc"]) for other in details)
    ]


def _is_within(inner: Location, outer: Location) -> bool:
    return len(inner) > len(outer) and inner[: len(outer)] == outer


def describe_error(model: type[BaseModel], error: Mapping[str, Any], wording: ErrorWording) -> str:
    """Return one error of `ValidationError.errors()` as a sentence without a full stop.

    Example: `mail.port: väntade ett heltal, fann 'x'`.
    """
    location: Location = error["loc"]
    key = ".".join(str(part + wording.first_position) if isinstance(part, int) else part for part in location)
    match error["type"]:
        case "missing":
            return f"{key}: {wording.missing}"
        case "extra_forbidden":
            return f"{key}: {wording.unknown_key}{_hint(model, location, wording)}"
        case "value_error":
            problem = str(error["ctx"]["error"])
            return f"{key}: {wording.own_check.format(problem=wording.descriptions.get(problem, problem), input=error['input'])}"
        case "string_pattern_mismatch":
            description = _find_field(model, location)[1]
            expected = wording.descriptions.get(description, description) or wording.other_form.format_map(error["ctx"])
        case _:
            expected = wording.expectation(error)
    return f"{key}: {wording.expected.format(expected)}{wording.found.format(repr(error['input']))}"


def _hint(model: type[BaseModel], location: Location, wording: ErrorWording) -> str:
    holder, _ = _find_field(model, location)
    keys = sorted(info.alias or name for name, info in holder.model_fields.items() if not info.exclude)
    close = get_close_matches(str(location[-1]), keys, 1)
    return wording.close_key.format(close[0]) if close else wording.other_keys.format(", ".join(keys))


def _find_field(model: type[BaseModel], location: Location) -> tuple[type[BaseModel], str]:
    """Return the model that has the last key of `location`, and the description of that key, empty where it has none."""
    holder = model
    description = ""
    for number, part in enumerate(location):
        if isinstance(part, int):
            continue
        info = next((info for name, info in holder.model_fields.items() if part in {name, info.alias}), None)
        if info is None:
            return holder, ""
        description = info.description or _annotated_description(info.annotation)
        inner = _model_in(info.annotation)
        if inner is not None and number < len(location) - 1:
            holder = inner
    return holder, description


def _annotated_description(annotation: Any) -> str:
    return next((getattr(item, "description", "") or "" for item in getattr(annotation, "__metadata__", ())), "")


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for argument in getattr(annotation, "__args__", ()) if (found := _model_in(argument)) is not None), None)
