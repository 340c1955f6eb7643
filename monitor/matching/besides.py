"""What a condition asks besides words: who pays, the form of the identifier, the kind of action."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import translate
from typing import NamedTuple

from monitor.calls import Call
from monitor.matching.model import Condition, FitRow, Programme

_ANY = "*"
_wild = re.compile(r"[*?\[]")


class Stated(NamedTuple):
    """What a call states besides its words: the programme's id, its codes and its kind of action; the latter in small letters.

    `heads` are how the codes begin, and what stands for any beginning.
    """

    programme: str
    codes: tuple[str, ...]
    action: tuple[str, ...]
    heads: frozenset[str]


def stated_by(call: Call, programme: Programme | None) -> Stated:
    """What a call states. Its codes are the identifier and the source's own key: a cascade call bears its parent's identifier,
    and only its key tells that it is one."""
    codes = tuple(filter(None, (call.identifier.casefold(), call.call_id.casefold())))
    action = (call.action.casefold(),) if call.action else ()
    heads = frozenset((_ANY, *map(_head, codes)))
    return Stated(programme.id if programme is not None else "", codes, action, heads)


def heads_of(patterns: Iterable[str]) -> frozenset[str]:
    """How codes of these forms begin; of a form that does not say so, what stands for any beginning."""
    heads = (_head(pattern.casefold()) for pattern in patterns)
    return frozenset(_ANY if _wild.search(head) else head for head in heads)


def _head(code: str) -> str:
    return code.partition("-")[0]


def form_of(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    """The form that one of the patterns asks for (`*` stands for anything; case does not matter); None where there is none."""
    return re.compile("|".join(translate(pattern.casefold()) for pattern in patterns)) if patterns else None


def is_like(texts: Iterable[str], form: re.Pattern[str] | None) -> bool:
    """True when one of the texts, in small letters, has the form."""
    return form is not None and any(map(form.match, texts))


@dataclass(frozen=True, slots=True)
class Besides:
    """What is asked of programme, codes and action; what is not asked is met. Most codes are told by their `heads`."""

    programme: tuple[str, ...]
    code: re.Pattern[str] | None
    heads: frozenset[str]
    action: re.Pattern[str] | None = None

    @property
    def plain(self) -> bool:
        """True when words alone decide."""
        return not self.programme and self.code is None and self.action is None

    def met_by(self, stated: Stated) -> bool:
        """Whether the call states what is asked."""
        if self.programme and stated.programme not in self.programme:
            return False
        if self.code is not None and (self.heads.isdisjoint(stated.heads) or not is_like(stated.codes, self.code)):
            return False
        return self.action is None or is_like(stated.action, self.action)


NOTHING = Besides((), None, frozenset())
"""What asks for words alone."""


def besides_of(asking: Condition | FitRow) -> Besides:
    """What a condition or a row of fit.toml asks besides its words."""
    action = form_of(asking.action) if isinstance(asking, FitRow) else None
    return Besides(asking.programme, form_of(asking.identifier), heads_of(asking.identifier), action)
