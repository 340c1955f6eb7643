"""Statements of a text about applicants, and what they come to for a municipality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from monitor.language.applicant_senses import MUNICIPAL
from monitor.language.applicant_words import Group


class Role(StrEnum):
    """Part that a group has in an application."""

    MAY = "may"
    MUST = "must"
    """The group has to lead the project."""
    PARTNER = "partner"
    MEMBER = "member"
    """The group has to be among the partners: it may apply, unless others have to lead."""
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Applicant:
    """Statement of a text about one group of applicants."""

    group: Group
    role: Role
    words: str
    """The clause as published."""
    start: int
    """Offset of the clause in characters."""
    only: bool = False
    """The text says that nobody else may apply."""
    partial: bool = False
    """It says nothing about groups that are not named.

    The group is narrowed by other words ("organisationer inom idrott"), named as an example or in addition ("även föreningar"),
    or named by a clause that may just as well speak of those who benefit in the end while municipalities are named elsewhere.
    """
    owned: bool = False
    """The group is companies of the municipality, and not the municipality itself."""
    abroad: bool = False
    """The group is that of another country."""


class Eligibility(NamedTuple):
    """Part that a municipality has in an application, and the statement that says so."""

    role: Role
    statement: Applicant


WITH_MUNICIPALITIES = MUNICIPAL | {Group.SCHOOL, Group.ANY}
"""Groups that municipalities, or those whom they run, belong to."""


def municipal_role(statements: Sequence[Applicant]) -> Eligibility | None:
    """Return the role of a municipality, with the statement that says so; None where the text leaves it open.

    A statement about municipalities goes before one about public bodies or organisations in general. Where others are named as
    applicants without any of these, the municipality is not among them, unless the list is said to be incomplete. Companies of
    the municipality answer only where nothing that it belongs to may apply itself.
    """
    alone = {statement.group for statement in statements if statement.only and statement.role is Role.MAY}
    reserved = bool(alone) and not alone & MUNICIPAL
    whole = [statement for statement in statements if not statement.partial]
    # Beside those who alone may apply, only who must be there as well takes part.
    beside = [statement for statement in statements if not statement.partial or statement.role is Role.MEMBER]
    named = _named(beside if reserved else statements, frozenset((Group.MUNICIPALITY,)))
    if named is not None and reserved and named.statement.role is Role.MEMBER:
        return named._replace(role=Role.PARTNER)
    if named is not None and named.statement.owned and (refusal := _refusal_behind(statements, named.statement)) is not None:
        return Eligibility(Role.NOT, refusal)
    if named is not None and not named.statement.owned:
        return named
    general = _named(beside, frozenset((Group.PUBLIC, Group.SCHOOL))) or _named(whole, frozenset((Group.ANY,)))
    if named is not None and named.role is not Role.NOT and (general is None or general.role is not Role.MAY):
        return named
    return general or _others(statements)


def _refusal_behind(statements: Sequence[Applicant], owned: Applicant) -> Applicant | None:
    """Return the refusal of the municipality itself behind what is said of its companies, where the last word is on it."""
    refusals = (one for one in statements if one.role is Role.NOT and one.group is Group.MUNICIPALITY and not one.owned)
    return next((one for one in refusals if one.start > owned.start), None)


def _named(statements: Sequence[Applicant], groups: frozenset[Group]) -> Eligibility | None:
    # What is said of the municipality itself goes before what is said of its companies.
    about = sorted((statement for statement in statements if statement.group in groups), key=lambda statement: statement.owned)
    if Group.ANY in groups:
        about = [one for one in about if one.role is Role.MAY or (one.role is Role.NOT and one.abroad)]
        if any(statement.only and statement.role is Role.MAY and statement.group is not Group.ANY for statement in statements):
            return None  # "bara föreningar" in one sentence narrows "organisationer" in another
    for role in (Role.MUST, Role.MAY, Role.PARTNER, Role.MEMBER, Role.NOT):
        for statement in about:
            if statement.role is role:
                return Eligibility(_part(role, statements), statement)
    return None


def _part(role: Role, statements: Sequence[Applicant]) -> Role:
    """Return the part of a municipality: that of an applicant also where it has to be a member and nobody else has to lead."""
    if role is Role.MEMBER:
        led = {statement.group for statement in statements if statement.role is Role.MUST}
        return Role.PARTNER if led and not led & WITH_MUNICIPALITIES else Role.MAY
    return Role.MAY if role is Role.MUST else role


def _others(statements: Sequence[Applicant]) -> Eligibility | None:
    may = [statement for statement in statements if statement.role is Role.MAY and statement.group not in WITH_MUNICIPALITIES]
    if any(statement.partial and statement.group is Group.ANY for statement in statements if statement.role is Role.MAY):
        # "universitet, högskolor eller en annan organisation som fonden godkänt" leaves open who else, whatever else it says.
        last = {one.start: one for one in statements if one.role is Role.MAY}
        open_ended = {start for start, one in last.items() if one.partial and one.group is Group.ANY}
        may = [statement for statement in may if statement.only and statement.start not in open_ended]
    for statement in sorted(may, key=lambda statement: not statement.only):
        if statement.only or not statement.partial:
            return Eligibility(Role.NOT, statement)
    return None
