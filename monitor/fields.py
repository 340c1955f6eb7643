"""Fields of settings as people fill them in: their Swedish words, values as texts, and a filled-in form as values. Pure.

A model of pydantic says with `Caption`, in the annotation of a field, how a page shows the field. No page shows the other fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from monitor.validation import SWEDISH, list_errors

FormKind = Literal["text", "long", "email", "clock", "weekly", "date", "number", "flag", "choice", "many", "lines", "pairs"]
DAY_NAMES = {
    "mon": "måndag",
    "tue": "tisdag",
    "wed": "onsdag",
    "thu": "torsdag",
    "fri": "fredag",
    "sat": "lördag",
    "sun": "söndag",
}
_LINE_BREAKS = re.compile(r"[\n,;]+")
_PAIR = re.compile(r"\s*([^\s=:]+)\s*[=:\s]\s*(\S+)\s*")
_NO_VALUE = "inget"


@dataclass(frozen=True, slots=True)
class Caption:
    """Swedish words with which a page shows a field."""

    label: str
    help: str = ""
    """Sentence below the label."""
    expects: str = ""
    """Value that is expected, as the end of "Skriv …"; needed where the model has a pattern or a check of its own."""
    form: FormKind | None = None
    """Kind of input where the type of the field does not tell it."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """Swedish words of the allowed values."""
    of: str = ""
    """Name of the list that the page takes the choices of a field from: "departments"."""
    effect: str = ""
    """Sentence on what a new value changes, and when."""


@dataclass(frozen=True, slots=True)
class TableWords:
    """Words with which a page shows a table of settings."""

    title: str
    lead: str
    effect: str = ""
    """Sentence on what a change in the table changes, and when, for fields without a sentence of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """Field of a form."""

    path: tuple[str, ...]
    """Keys from the table to the value, as the file has them."""
    label: str
    help: str
    expects: str
    effect: str
    kind: FormKind
    choices: Mapping[str, str]
    whole: bool = False
    """True for a number without decimals."""
    required: bool = False

    @property
    def name(self) -> str:
        """Return the name of the input."""
        return ".".join(self.path)


def list_form_fields(
    model: type[BaseModel], lists: Mapping[str, Mapping[str, str]] | None = None, *, prefix: tuple[str, ...] = (), group: str = ""
) -> list[FormField]:
    """Return the fields of a model that pages show, in its order; those of a table within it follow in its place.

    Args:
        model: The model of the table.
        lists: Values and words of the lists that `Caption.of` names.
        prefix: Keys of the tables around the model.
        group: Label of the table around the model.
    """
    found: list[FormField] = []
    for name, info in model.model_fields.items():
        shown = next((item for item in info.metadata if isinstance(item, Caption)), None)
        if shown is None:
            continue
        path = (*prefix, info.alias or name)
        inner = _inner_model(info.annotation)
        if inner is not None:
            found += list_form_fields(inner, lists, prefix=path, group=shown.label)
            continue
        found.append(
            FormField(
                path=path,
                label=f"{group}: {shown.label}" if group else shown.label,
                help=shown.help,
                expects=shown.expects,
                effect=shown.effect,
                kind=shown.form or _kind_of(info.annotation),
                choices=(lists or {}).get(shown.of, {}) if shown.of else _choices(info, shown),
                whole=info.annotation is int,
                required=info.is_required() and not prefix,
            )
        )
    return found


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    candidates = (annotation, *get_args(annotation))
    return next((item for item in candidates if isinstance(item, type) and issubclass(item, BaseModel)), None)


def _kind_of(annotation: Any) -> FormKind:
    if annotation is bool:
        return "flag"
    if annotation in (int, float):
        return "number"
    match get_origin(annotation):
        case origin if origin is Literal:
            return "choice"
        case origin if origin is tuple:
            return "lines"
        case origin if origin is dict:
            return "pairs"
    return "text"


def _choices(info: FieldInfo, shown: Caption) -> Mapping[str, str]:
    if get_origin(info.annotation) is not Literal:
        return shown.choices
    return {value: shown.choices.get(value, value) for value in get_args(info.annotation)}


def value_at(values: Mapping[str, Any], path: Iterable[str]) -> Any:
    """Return the value at a path of keys; None where there is none."""
    found: Any = values
    for key in path:
        if not isinstance(found, Mapping):
            return None
        found = found.get(key)
    return found


def plain_values(value: BaseModel) -> dict[str, Any]:
    """Return a model as its file would have it: lists for tuples, plain texts for vocabularies, no empty tables."""
    dumped = value.model_dump(by_alias=True, mode="json")
    return {key: item for key, item in dumped.items() if item is not None}


def field_texts(one: FormField, value: Any) -> dict[str, list[str]]:
    """Return the texts of a field's inputs for a value, by the name of the input."""
    match one.kind:
        case "weekly":
            day, _, clock = str(value or "").partition(" ")
            return {one.name: [day], f"{one.name}.tid": [clock]}
        case "flag":
            return {one.name: ["ja" if value else "nej"]}
        case "many":
            return {one.name: [str(item) for item in value or ()]}
        case "lines":
            return {one.name: ["\n".join(str(item) for item in value or ())]}
        case "pairs":
            return {one.name: ["\n".join(f"{key} = {_number_text(item)}" for key, item in (value or {}).items())]}
        case "number":
            return {one.name: ["" if value is None else _number_text(value)]}
    return {one.name: ["" if value is None else str(value)]}


def _number_text(value: Any) -> str:
    """Return a number as people write it: with a comma, and no decimals where there are none."""
    return f"{value:.12g}".replace(".", ",") if isinstance(value, float) else str(value)


def read_field(one: FormField, texts: Mapping[str, list[str]]) -> Any:
    """Return the value of a filled-in field.

    Raises:
        ValueError: The text is no value of the field; the message is a Swedish sentence.
    """
    given = [text.replace("\r\n", "\n").strip() for text in texts.get(one.name, [])]
    text = given[0] if given else ""
    match one.kind:
        case "weekly":
            clock = next(iter(texts.get(f"{one.name}.tid", [])), "").strip()
            return f"{text} {clock}" if text else ""
        case "flag":
            return text == "ja"
        case "many":
            return [item for item in one.choices if item in given]
        case "lines":
            return [part.strip() for part in _LINE_BREAKS.split(text) if part.strip()]
        case "pairs":
            return dict(_read_pair(line) for line in text.split("\n") if line.strip())
        case "number":
            return _read_number(text, whole=one.whole)
        case "long":
            return " ".join(text.split())
    return text


def _read_pair(line: str) -> tuple[str, float]:
    match = _PAIR.fullmatch(line)
    if match is None:
        raise ValueError(f"Skriv ett namn och ett tal på varje rad, som EUR = 11,0. Raden ”{line.strip()}” går inte att läsa.")
    return match[1], float(_read_number(match[2], whole=False))


def _read_number(text: str, *, whole: bool) -> float:
    plain = text.replace("\u00a0", "").replace(" ", "").replace(",", ".").replace("\u2212", "-")
    if not re.fullmatch(r"-?\d{1,12}(\.\d{1,6})?", plain) or (whole and "." in plain):
        raise ValueError(f"Skriv {'ett heltal' if whole else 'ett tal'}{f', inte ”{text}”' if text else ''}.")
    return int(plain) if whole else float(plain)


def read_form(fields: Iterable[FormField], texts: Mapping[str, list[str]]) -> tuple[dict[tuple[str, ...], Any], dict[str, str]]:
    """Return the values of the fields that a form has, by path, and problems by name of input. An absent field is left out."""
    values: dict[tuple[str, ...], Any] = {}
    problems: dict[str, str] = {}
    for one in fields:
        if one.name not in texts and f"{one.name}.finns" not in texts:
            continue
        try:
            values[one.path] = read_field(one, texts)
        except ValueError as error:
            problems[one.name] = str(error)
    return values, problems


def find_problems(model: type[BaseModel], values: Mapping[str, Any], fields: Iterable[FormField]) -> dict[str, str]:
    """Return the problems of a table as Swedish sentences, by name of input; "" has those of keys without an input."""
    try:
        model.model_validate(values)
    except ValidationError as error:
        by_path = {one.path: one for one in fields}
        problems: dict[str, str] = {}
        for item in list_errors(error):
            keys = tuple(str(part) for part in item["loc"])
            one = next((by_path[keys[:length]] for length in range(len(keys), 0, -1) if keys[:length] in by_path), None)
            expected = one.expects if one is not None and one.expects else SWEDISH.expectation(item)
            sentence = f"Skriv {expected}." if item["type"] != "missing" else "Fyll i det här."
            problems.setdefault(
                one.name if one is not None else "", sentence if one is not None else f"{'.'.join(keys)}: {expected}"
            )
        return problems
    return {}


def value_words(one: FormField, value: Any) -> str:
    """Return a value in Swedish words."""
    match one.kind:
        case "weekly" if value:
            day, _, clock = str(value).partition(" ")
            return f"{DAY_NAMES.get(day, day)} kl. {clock.replace(':', '.')}"
        case "weekly":
            return "aldrig"
        case "clock" if value:
            return f"kl. {str(value).replace(':', '.')}"
        case "flag":
            return "ja" if value else "nej"
        case "choice" | "many":
            chosen = value if isinstance(value, (list, tuple)) else [value]
            return ", ".join(one.choices.get(str(item), str(item)) for item in chosen) or _NO_VALUE
        case "lines":
            return ", ".join(str(item) for item in value or ()) or _NO_VALUE
        case "pairs":
            return ", ".join(f"{key} {_number_text(item)}" for key, item in (value or {}).items()) or _NO_VALUE
        case "number" if value is not None:
            return _number_text(value)
    return str(value) if value not in (None, "") else _NO_VALUE
