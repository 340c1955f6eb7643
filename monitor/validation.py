"""Errors of pydantic as sentences: the key, the value that was expected and the value that was found.

Settings are in English and rule files in Swedish; the wording of a language is data. Types of errors:
https://docs.pydantic.dev/latest/errors/validation_errors/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
    """Problem that a check of ours names; `{problem}` and `{input}` are filled in."""
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

    def expectation(self, error: Mapping[str, Any]) -> str:
        """Return the expected value for a type of error that needs no model."""
        context = {name: str(value).replace(" or ", self.alternatives) for name, value in error.get("ctx", {}).items()}
        return self.expectations.get(error["type"], self.anything).format_map(context)


ENGLISH = ErrorWording(
    expected="expected {}",
    found=", found {}",
    missing="is missing",
    unknown_key="unknown key",
    close_key="; did you mean {}?",
    other_keys="",
    own_check="expected {problem}, found {input!r}",
    other_form="the form {pattern}",
    anything="another value",
    expectations=MappingProxyType(
        {
            "bool_type": "true or false",
            "dict_type": "a table",
            "finite_number": "a finite number",
            "float_type": "a valid number",
            "greater_than": "more than {gt}",
            "greater_than_equal": "at least {ge}",
            "int_type": "a valid integer",
            "less_than_equal": "at most {le}",
            "literal_error": "{expected}",
            "enum": "{expected}",
            "model_type": "a table",
            "string_too_long": "at most {max_length} characters",
            "string_too_short": "a text that is not empty",
            "string_type": "a text in quotation marks",
            "too_short": "at least one",
            "tuple_type": "a list in [ ]",
        }
    ),
)
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

    Example: `mail.port: expected a valid integer, found 'x'`.
    """
    location: Location = error["loc"]
    key = ".".join(str(part + wording.first_position) if isinstance(part, int) else part for part in location)
    match error["type"]:
        case "missing":
            return f"{key}: {wording.missing}"
        case "extra_forbidden":
            return f"{key}: {wording.unknown_key}{_hint(model, location, wording)}"
        case "value_error":
            return f"{key}: {wording.own_check.format(problem=error['ctx']['error'], input=error['input'])}"
        case "string_pattern_mismatch":
            expected = _find_field(model, location)[1] or wording.other_form.format_map(error["ctx"])
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
