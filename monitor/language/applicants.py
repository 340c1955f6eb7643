"""Applicants of a call, read from the clauses of a Swedish, English, Danish or Norwegian text in which applying is said.

A text is read segment by segment. Each word gets a one-letter tag (see `tag` in applicants.toml); short patterns over the tags
find the clauses ("X kan söka", "open to X", "Vem kan søge: X"), and the nouns that are their subject or object are applicants.
A noun behind a preposition or in a subordinate clause is none: "föreningar i kommuner", "företag som samarbetar med skolor".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from monitor.language.abroad import are_abroad, may_concern_sweden
from monitor.language.applicant_clauses import REFUSAL, ClauseForm, FoundClause, find_clauses
from monitor.language.applicant_owners import find_named_by_adjective, find_owners, find_run_by_adjective
from monitor.language.applicant_phrases import (
    Head,
    TaggedWord,
    find_heads,
    may_name_applicants,
    read_tokens,
)
from monitor.language.applicant_refusals import (
    RefusedList,
    heading_refuses,
    is_denied_before,
    item_span,
    narrows_refusal,
    opens_refused_list,
    plain_heads,
    refuses_addressed,
    refuses_nobody,
    turns_down,
    with_examples,
)
from monitor.language.applicant_roles import WITH_MUNICIPALITIES, Applicant, Role
from monitor.language.applicant_senses import (
    MUNICIPAL,
    goes_through_another,
    is_given_an_opportunity,
    is_more_than_others,
    is_open_call,
    is_sought,
    lacks_something,
    puts_others_forward,
    speaks_of_benefit,
)
from monitor.language.applicant_stretches import end_of, first_verb, last_of, listed_behind
from monitor.language.applicant_words import CHEAPLY_NAMED, Group, word_set
from monitor.language.segments import Segment, split_segments

LONGEST = 40_000
"""Characters of a text that are read: the beginning of a page says who may apply."""
_MAX_QUOTE_CHARS = 200
_HEAD_CHARS = 800
"""Characters in which a text says what it offers to whom; a mere "support to X" further on may speak of anything."""


_DUTIES = word_set("måste must skall ska skal") | {"have to", "has to", "needs to", "need to"}
_STRONG = word_set("ska skall måste must skal må bör should shall") | {"have to", "has to", "needs to", "need to"}
_YES, _NO = frozenset(("ja", "yes", "jo")), frozenset(("nej", "no", "nei"))
_ITEMS = 15
"""Lines under a heading that may be items of its list."""
_ITEM_WORDS, _ITEM_HEAD = 25, 6
"""Words of an item, and the last place of its first applicant; the line next to the heading may be a longer sentence."""
_OTHER_OBJECTS = word_set("""partner partners samarbete samarbeten information kontakt hjälp efter råd arbete jobb asyl sig
    kunskap the these this svar vägledning inspiration medarbetare""")


class _Reader:
    """Reader of one text, with the announcement of a heading until the lines under it are read."""

    def __init__(self, text: str, language: str) -> None:
        self.text, self.language = text[:LONGEST], language
        self.found: list[Applicant] = []
        self.weak: set[int] = set()
        """Numbers of the statements that a weak clause made."""
        self.purposes: set[int] = set()
        """Numbers of those that a mere "for" made: "forskning för levande städer"."""
        self._money: set[int] = set()
        """Numbers of those that a clause on getting money made."""
        self.rest_excluded = False
        self._listing = 0
        """Further lines that may be read as items of a list."""
        self._refused: RefusedList | None = None
        """List that is being read, if it names groups that cannot apply."""
        self._asked: list[Head] = []
        self._unnamed = False
        """The sentence before says that somebody applies without a group: "stödet söks av den som ska äga nätet"."""
        self._last_subject: list[Head] = []
        self._last_role = Role.MAY
        """Subject of the clause before, for one without: "kommuner kan inte leda men kan delta som partner"."""

    def read(self) -> tuple[Applicant, ...]:
        """Return the statements in the order of the text."""
        for segment in split_segments(self.text):
            if (
                self._listing
                or self._asked
                or self._unnamed
                or may_name_applicants(self.text, segment.start, segment.end, self.language)
            ):
                self._read_segment(segment)
            self._unnamed = _UNNAMED.search(self.text, segment.start, segment.end) is not None
        named = len(self.weak) > 0 and CHEAPLY_NAMED.search(self.text) is not None
        found = [self._finished(number, statement, named) for number, statement in enumerate(self.found)]
        partner = any(statement.role is Role.PARTNER and statement.group in MUNICIPAL for statement in found)
        if partner:  # "forskning för levande städer" as a title says nothing against what is said of cities
            found = [one for at, one in enumerate(found) if at not in self.purposes and not one.abroad]
        elif any(statement.abroad for statement in found):
            found = self._of_ours(found)
        return tuple(found)

    def _of_ours(self, found: Sequence[Applicant]) -> list[Applicant]:
        """Return the statements with those on another country's applicants as refusals; without them in a text on Sweden, too."""
        if may_concern_sweden(self.text):
            return [statement for statement in found if not statement.abroad]
        return [
            replace(statement, role=Role.NOT, only=False) if statement.abroad else statement
            for number, statement in enumerate(found)
            if statement.abroad or number not in self.weak or statement.group not in MUNICIPAL
        ]

    def _finished(self, number: int, statement: Applicant, named: bool) -> Applicant:
        only = statement.only or (self.rest_excluded and statement.role is Role.MAY)
        late = statement.start > _HEAD_CHARS
        unlike = named and statement.group not in (Group.MUNICIPALITY, Group.PUBLIC, Group.SCHOOL)
        # A partner need not be among those who alone may apply.
        narrowed = statement.role is not Role.PARTNER and self._others_only()
        partial = statement.partial or (number in self.weak and not only and (unlike or late or narrowed))
        return replace(statement, only=only, partial=partial)

    def _others_only(self) -> bool:
        return any(statement.only and statement.role is Role.MAY and statement.group not in MUNICIPAL for statement in self.found)

    def _read_segment(self, segment: Segment) -> None:
        tokens = read_tokens(self.text, segment.start, segment.end, self.language)
        tags = "".join(token.tag for token in tokens)
        asked, self._asked = self._asked, []
        if asked and tokens and tokens[0].word in _YES | _NO:
            self._add(asked, Role.MAY if tokens[0].word in _YES else Role.NOT, tokens)
        if self._unnamed and (they := _THEY_MAY_BE.match(tags)) is not None and tokens[0].word in _THEY:
            self._add(find_heads(tokens, they.end(), len(tokens)), Role.MAY, tokens)
            return
        clauses, self._last_subject = find_clauses(tags), []
        if self._read_refused(tokens, tags, segment):
            return
        if self._list_goes_on(tokens, segment) and not clauses:
            self._add(find_heads(tokens, 1, first_verb(tags, 1)), Role.MAY, tokens)
            return
        listing = self._listing
        self._listing = max(0, listing - 1)
        end, before = 0, len(self.found)
        for number, clause in enumerate(clauses):
            following = clauses[number + 1] if number + 1 < len(clauses) else None
            if clause.cue.name == "exception" and not _PREDICATE.search(tags, 0, clause.start):
                continue
            end = self._read_clause(tokens, tags, clause, end, following)
        self._settle_money_beside(before)
        if self._refused is not None and any(statement.role is not Role.NOT for statement in self.found[before:]):
            self._listing, self._refused = 0, None
        elif listing and not clauses and self._refused is None:
            self._read_item(tokens, tags)

    def _read_refused(self, tokens: Sequence[TaggedWord], tags: str, segment: Segment) -> bool:
        """Read an item of a list of those who cannot apply; False for a sentence and outside such a list."""
        if self._refused is None:
            return False
        if not self._listing or not self._refused.goes_on(self.text, segment, tags):
            self._listing, self._refused = 0, None
            return False
        span = item_span(tokens, tags)
        if span is None:
            return False
        before = len(self.found)
        self._add(plain_heads(tokens, find_heads(tokens, *span)), Role.NOT, tokens)
        start, words = self._refused.quote(self.text, tokens)
        self.found[before:] = [replace(statement, words=words, start=start) for statement in self.found[before:]]
        self._listing = self._listing - 1 if len(self.found) > before or not self._refused.may_end(tokens) else 0
        return True

    def _open_list(self, tokens: Sequence[TaggedWord], tags: str, clause: FoundClause, begin: int, *, negated: bool) -> None:
        """Take the lines below a clause that a colon ends for a list of those who may apply, or of those who cannot."""
        if self._refused is not None and self._refused.opener == tokens[0].start:
            return  # "the following cannot apply as applicants:" has a second clause
        self._listing, self._refused = _ITEMS, None
        if negated and opens_refused_list(tokens, tags, clause, begin):
            self._refused = RefusedList(tokens[0].start)
        elif negated:
            self._listing = 0

    def _settle_money_beside(self, begin: int) -> None:
        """Make partners of those who get money and are refused as applicants: "kan få ersättning men är aldrig sökande"."""
        refused = {statement.group for statement in self.found[begin:] if statement.role is Role.NOT}
        for number, statement in enumerate(self.found[begin:], begin):
            if number in self._money and statement.role is Role.MAY and statement.group in refused:
                self.found[number] = replace(statement, role=Role.PARTNER)

    def _list_goes_on(self, tokens: Sequence[TaggedWord], segment: Segment) -> bool:
        """Tell whether a semicolon parts these words from a list of applicants: "applicants: Member States; or public bodies"."""
        if len(tokens) < 2 or tokens[0].tag != "&" or not self.found or self.found[-1].role is not Role.MAY:
            return False
        before = self.text[self.found[-1].start : segment.start].rstrip()
        return before.endswith(";") and "\n" not in before and ":" in before

    def _read_item(self, tokens: Sequence[TaggedWord], tags: str) -> None:
        """Read a line under a heading that asked who may apply."""
        heads = find_heads(tokens, 0, first_verb(tags, 0))
        first = self._listing == _ITEMS - 1
        if heads and heads[0].place <= _ITEM_HEAD and (first or len(tokens) <= _ITEM_WORDS):
            self._add(heads, Role.MAY, tokens, only="o" in tags[: heads[0].place])
        elif tags.endswith("?") or len(tokens) < 5:
            self._listing = 0

    def _read_clause(
        self, tokens: Sequence[TaggedWord], tags: str, clause: FoundClause, begin: int, following: FoundClause | None
    ) -> int:
        """Read one clause; the subject of the next one begins behind the place that is returned."""
        cue, last = clause.cue, last_of(tokens, tags, clause, following)
        if cue.name == "heading":
            return self._read_heading(tokens, tags, clause, last)
        heads, first = self._subject(tokens, tags, clause, begin, last)
        span = tags[clause.start : clause.end]
        before = tags[clause.start - 1] if clause.start else ""
        negated = (
            cue.name in ("excluded", "independent")
            or not _NEGATIONS.isdisjoint(span)
            or (before == "x" and (cue.side == "before" or cue.name == "money" or span[0] in "e6"))
            or (cue.name in ("by", "target") and is_denied_before(tokens, tags, clause.start))
            or (
                cue.name == "lead"
                and any(token.word in _WITHOUT for token in tokens[max(0, clause.start - 2) : clause.start + 1])
            )
            or (bool(heads) and self._refuses(tokens, tags, clause, heads))
        )
        if not heads and negated and cue.side == "before":
            heads = find_run_by_adjective(tokens, begin, clause.start)
        if not negated and all(head.group is Group.ANY for head in heads):
            heads = [*heads, *find_owners(tokens, begin, clause.start if cue.side == "before" else last)]
        if not heads:
            self._read_unnamed(tokens, tags, clause, begin, negated=negated)
            return clause.end
        if tags.endswith("?") and cue.side == "before":
            self._asked = heads
            return clause.end
        if negated and "O" in tags[begin : clause.end] and all(head.group is Group.ANY for head in heads):
            self.rest_excluded = True
            return clause.end
        leads = cue.name == "lead" and _AS_APPLICANT.isdisjoint(token.word for token in tokens[clause.start : clause.end])
        if negated and cue.name != "independent" and (leads or refuses_nobody(tokens, tags, clause, following)):
            return clause.end  # who may not lead may still take part
        if negated and tags.endswith(":") and all(head.group is Group.ANY for head in heads):
            self._open_list(tokens, tags, clause, begin, negated=negated)
            return clause.end
        role = Role.NOT if negated else self._role(tokens, tags, clause)
        if cue.name == "exception":
            heads = with_examples(tags, heads)
        self._last_role = role = self._role_kept(cue, role, same=heads is self._last_subject and first == begin)
        heads = [*heads, *listed_behind(tokens, tags, clause, heads, last)]
        spoken = self._speaks_of_applying(tokens, tags, clause, heads)
        if spoken:
            heads = _applying_heads(tokens, tags, clause, heads)
            self._note_origin(cue, len(heads))
            self._add(
                heads,
                role,
                tokens,
                only=self._says_only(tokens, tags, clause, heads, first),
                weak=cue.weak,
                also=_also(tags, clause) or cue.name == "for" or (cue.name == "member" and role is Role.MEMBER),
            )
        if cue.name == "with" and not spoken:
            return begin  # "kommuner, gärna i samverkan med föreningar, kan söka"
        return end_of(clause, heads, last)

    def _read_unnamed(self, tokens: Sequence[TaggedWord], tags: str, clause: FoundClause, begin: int, *, negated: bool) -> None:
        """Read a clause that names no group: it may refuse all others, or open a list."""
        if clause.cue.name == "for":
            return
        if negated and "O" in tags[begin : clause.end]:
            self.rest_excluded = True
        elif tags.endswith(":"):
            self._open_list(tokens, tags, clause, begin, negated=negated)

    def _refuses(self, tokens: Sequence[TaggedWord], tags: str, clause: FoundClause, heads: Sequence[Head]) -> bool:
        """Tell whether words before or behind the clause make a refusal of it."""
        if clause.cue.name == "you":
            return refuses_addressed(tags, clause, heads)
        if clause.cue.name == "as you":
            return not _NEGATIONS.isdisjoint(tags[heads[-1].place : heads[-1].place + 6])
        return clause.cue.name == "by" and clause.cue.weak and turns_down(tokens, tags, clause, heads)

    def _note_origin(self, cue: ClauseForm, number: int) -> None:
        """Note the form of the clause of the next statements where it decides what they mean beside others."""
        following = range(len(self.found), len(self.found) + number)
        if cue.name == "for" and cue.weak:
            self.purposes.update(following)
        if cue.name == "getting":
            self._money.update(following)

    def _role_kept(self, cue: ClauseForm, role: Role, *, same: bool) -> Role:
        """Return the role; a partner's for the `same` subject that also gets money: "delta som medsökande och få ersättning"."""
        return Role.PARTNER if cue.name == "getting" and same and self._last_role is Role.PARTNER else role

    def _read_heading(self, tokens: Sequence[TaggedWord], tags: str, clause: FoundClause, last: int) -> int:
        end = clause.end
        mark = re.search(r"[:b?]", tags[end:last])
        start = end + (mark.end() if mark else 0)
        stop = max(start, min(last, first_verb(tags, start)))
        heads = find_heads(tokens, start, stop) or find_named_by_adjective(tokens, start, stop)
        refuses = heading_refuses(tags, clause)
        if heads and refuses is not None:
            only = "o" in tags[clause.start : heads[0].place]
            self._add(heads, Role.NOT if refuses else Role.MAY, tokens, only=only)
        self._listing = 0 if refuses is None else _ITEMS
        self._refused = RefusedList(tokens[0].start) if refuses else None
        return max(last if heads else start, end)

    def _subject(
        self, tokens: Sequence[TaggedWord], tags: str, clause: FoundClause, begin: int, last: int
    ) -> tuple[list[Head], int]:
        """Return the applicants of a clause and the place of their phrase: before the verb, between its parts, else after it."""
        if clause.cue.side == "after":
            heads = find_heads(
                tokens, clause.end, first_verb(tags, clause.end) if clause.cue.name in ("as you", "opportunity") else last
            )
            if clause.cue.name in ("independent", "partners from"):
                heads = [head for head in heads if head.group in MUNICIPAL]
            # "av föreningar och av kommuner"
            while heads and clause.cue.name == "by" and (again := _BY_AGAIN.match(tags, heads[-1].place + 1, last)):
                more = find_heads(tokens, again.end(), last)
                if not more:
                    break
                heads = [*heads, *more]
            return heads, max(0, clause.start - 1)
        start = max(begin, 1 + max(tags.rfind(mark, 0, clause.start) for mark in ";:?"))
        contrast = tags.rfind("B", start, clause.start)
        if contrast >= 0 and _PREDICATE.search(tags, 0, contrast):
            start = contrast + 1  # else it is within the subject: "regioner, dock inte kommuner, kan söka"
        stop = clause.start
        while stop > start and tags[stop - 1] in "rx":
            stop -= 1  # "det är kommuner som kan söka"
        heads = find_heads(tokens, start, stop, blocked=begin > 0 and start == begin)
        if heads:
            self._last_subject = heads
            return heads, start
        named_anew = (
            clause.start < len(tokens) and tokens[clause.start].word in _WHO_EVER
        )  # "men den som är huvudsökande ska ..."
        if self._last_subject and not named_anew and re.fullmatch(r"[B&,xZ]{1,3}", tags[start - 1 : stop]):
            return self._last_subject, start
        if heads := find_heads(tokens, clause.start + 1, clause.end):
            return heads, clause.start
        copula = re.match(r"[^nB;?]{0,8}?[b:]", tags[clause.end : last])
        if copula and tags[start:stop].find("n") < 0:
            return find_heads(tokens, clause.end + copula.end(), last), clause.end
        return [], start

    def _role(self, tokens: Sequence[TaggedWord], tags: str, clause: FoundClause) -> Role:
        """Return the part that the clause gives its applicants."""
        name = clause.cue.name
        words = {token.word for token in tokens[clause.start : clause.end]}
        if name in ("partner", "member") and _LEADS_TOO.match(tags, clause.end):
            return Role.MAY  # "may join as partners or lead the network"
        if name in ("partner", "partners from", "with", "as partner", "joining") or goes_through_another(tokens, tags, clause):
            return Role.PARTNER
        if name in ("led", "lead"):
            return Role.MUST if words & _STRONG or "m" not in tags[clause.start : clause.end] else Role.MAY
        if name == "welcome" and re.match(r"i[^n:;?]{0,3}4", tags[clause.end :]):
            return Role.PARTNER  # "are welcome in the consortium"
        if name in ("applying", "welcome", "member"):
            tail = re.match(r"[^mXB;]{0,12}", tags[clause.end :])
            behind = tail[0] if tail else ""
            if "P" in tags[clause.start : clause.end] or ("P" in behind and "H" not in behind):
                return Role.PARTNER
        if name in ("taking part", "member") and re.match(REFUSAL, tags[clause.end :]):
            return Role.PARTNER
        if name == "also" and self._last_role is Role.PARTNER:
            return Role.PARTNER
        if name == "taking part":
            return Role.MEMBER if words & _DUTIES else Role.MAY
        if name == "member":
            return Role.MEMBER if words & _STRONG or words.isdisjoint(_TEAM) else Role.PARTNER
        return Role.MAY

    def _speaks_of_applying(self, tokens: Sequence[TaggedWord], tags: str, clause: FoundClause, heads: Sequence[Head]) -> bool:
        """Tell whether the clause is about applying, and not about other things that are sought, offered or done together."""
        name, after = clause.cue.name, tokens[clause.end : clause.end + 1]
        if name == "applying" and puts_others_forward(tokens, clause):
            return False
        if name == "applying" and after and after[0].word in _OTHER_OBJECTS and not tokens[clause.end - 1].word.endswith(" for"):
            return False
        if name == "getting" and is_more_than_others(tokens, clause, heads):
            return False
        if name == "getting" and tokens[clause.start].word not in ("får", "få") and "g" not in tags[clause.start : clause.end]:
            return "R" in tags[clause.start : clause.end]
        if name == "by":  # "söks hos länsstyrelsen" says where
            by = tokens[clause.end - 1].word
            return by in ("from", "från", "fra") if clause.cue.weak else by not in ("hos", "vid")
        if name == "target":
            return is_open_call(tokens, tags, clause, general=all(head.group is Group.ANY for head in heads))
        if name == "applicant" and clause.cue.side == "after" and tokens[clause.end - 1].tag == "k":
            return any(head.group is not Group.ANY for head in heads)
        if name == "you":
            return bool(self._listing) or tags.startswith("by") or any(tag in tags for tag in "ag$Tf")
        return self._names_applicants(tokens, tags, clause, heads)

    def _names_applicants(self, tokens: Sequence[TaggedWord], tags: str, clause: FoundClause, heads: Sequence[Head]) -> bool:
        """Tell whether a clause about partners, refusals, examples or questions names applicants; True for all others."""
        name = clause.cue.name
        span = [token.word for token in tokens[clause.start : clause.end]]
        if name == "partner" and not _SURE.isdisjoint(tags[clause.start : clause.end]) and _USUAL.intersection(span):
            return False  # in a partnership, "a typical partner" may be all there is
        if name == "as partner":
            return bool(_AS.intersection(span))
        if name == "denied":
            part = tags[clause.start : clause.end]
            return bool(_IS_GRANTED.intersection(span)) if "x" in part else "m" in part and bool(_GETS.intersection(span))
        if name == "opportunity":
            return is_given_an_opportunity(tokens, heads)
        if name == "sought":
            return is_sought(tokens, clause, heads)
        if name == "each":  # "högst två ansökningar per organisation" is said of any
            return any(head.group is not Group.ANY for head in heads)
        if name == "also" and "i" in tags[clause.start : clause.end]:
            return bool(_INCLUDING.intersection(span))
        if name == "asked":
            return self._asks_whether(tokens, tags, heads)
        if name == "member":  # who must be there applies too; who may be there can be a partner only
            leads = _LEADS_TOO.match(tags, clause.end) is not None
            leads = leads or re.match(REFUSAL, tags[clause.end :]) is not None
            return leads or not _STRONG.isdisjoint(span) or "P" in tags[clause.start :] or not _TEAM.isdisjoint(span)
        if name == "with":
            together = any(token.word in ("med", "with") for token in tokens[clause.start : clause.end])
            return together and bool(_DUTY.search(tags, 0, clause.start)) and any(head.group in MUNICIPAL for head in heads)
        return True

    def _asks_whether(self, tokens: Sequence[TaggedWord], tags: str, heads: Sequence[Head]) -> bool:
        """Tell whether a question to the reader is about a wish of the municipality ("Vill er kommun ...?"), no partner."""
        if not tags.endswith("?") or tokens[0].word not in _WHETHER or "Q" in tags:
            return False
        near = {token.word for token in tokens[1:4]}
        return bool(near & _YOURS) and heads[0].group in MUNICIPAL and heads[0].place <= 3

    def _says_only(self, tokens: Sequence[TaggedWord], tags: str, clause: FoundClause, heads: Sequence[Head], first: int) -> bool:
        if not heads:
            return False
        words = {token.word for token in tokens[clause.start : clause.end]}
        if clause.cue.name == "applicant" and clause.cue.side == "after" and words & _STRONG:
            return True
        if clause.cue.name == "target" and words & _RESERVED:
            return True
        return "o" in tags[min(first, heads[0].place) : heads[0].place]

    def _add(
        self,
        heads: Sequence[Head],
        role: Role,
        tokens: Sequence[TaggedWord],
        *,
        only: bool = False,
        weak: bool = False,
        also: bool = False,
    ) -> None:
        start = tokens[0].start
        words = self.text[start : min(tokens[-1].end, start + _MAX_QUOTE_CHARS)]
        abroad = role in (Role.MAY, Role.MUST) and self._are_abroad(heads, tokens)
        for head in heads:
            part = (Role.MAY if role is Role.NOT else Role.NOT) if head.negated else role
            if (role is Role.NOT and lacks_something(tokens, head)) or (part is Role.NOT and narrows_refusal(tokens, head)):
                continue
            if weak:
                self.weak.add(len(self.found))
            self.found.append(
                Applicant(
                    head.group,
                    part,
                    words,
                    start,
                    only and part is not Role.NOT,
                    head.partial or also,
                    head.owned,
                    abroad=abroad and part is not Role.NOT and head.group in WITH_MUNICIPALITIES,
                )
            )

    def _are_abroad(self, heads: Sequence[Head], tokens: Sequence[TaggedWord]) -> bool:
        if not heads:
            return False
        first, last = tokens[heads[0].place], tokens[heads[-1].place]
        return are_abroad(self.text, (first.start, first.end), last.end, (tokens[0].start, tokens[-1].end))


_WHO_EVER = word_set("den de dem those") | {"den som", "de som", "dem som", "those who"}


def _applying_heads(tokens: Sequence[TaggedWord], tags: str, clause: FoundClause, heads: list[Head]) -> list[Head]:
    """Return the heads of a clause that apply: the first of a question, and no persons who rather benefit."""
    if clause.cue.name == "asked":
        heads = heads[:1]
    if clause.cue.name == "member" and not _LEADS_TOO.match(tags, clause.end):
        # Whom a consortium must have beside its other members.
        heads = [head for head in heads if head.group in MUNICIPAL]
    if clause.cue.weak or speaks_of_benefit(tokens, clause):
        heads = [head for head in heads if head.group is not Group.INDIVIDUAL]
    return heads


_AS_APPLICANT = {
    "stå som sökande",
    "stå som søker",
    "stå som ansøger",
    "som sökande",
    "som formell sökande",
    "as applicants",
    "as an applicant",
}
"""Words of who applies, not of who leads: "kommunen kan inte stå som sökande"."""
_WITHOUT = word_set("utan without uden uten")
_NEGATIONS = frozenset("Xx")
_LEADS_TOO = re.compile(r"[^mXB;?n]{0,3}H")
_BY_AGAIN = re.compile(r"[^mXB:;?n]{0,3}?[&,]v")
_UNNAMED = re.compile(
    r"\b(?:söks|sökes|ansöks|søges|søkes|ansøges|applied\s+for)\s+(?:av|af|by)\s+(?:den|dem|de|the\s+one|those|whoever)\b|"
    r"\b(?:sökande|ansøger|søker|the\s+applicant)\s+(?:är|er|is)\s+(?:den|the\s+one|whoever)\b",
    re.IGNORECASE,
)
_THEY_MAY_BE = re.compile(r"^[.y]m?b(?=_{0,3}n)".replace("_", "[^ivtfEmXabB:;?,&]"))
_THEY = word_set("det de dette disse this these they it")
_PREDICATE = re.compile(r"[mXabsTG$]")
_DUTY = re.compile(r"[mXagkA]")


_USUAL = word_set(
    """typical typisk typiska typiske vanlig vanliga vanlige usual common likely obvious natural potential possible sannolika
    troliga"""
)
_SURE = frozenset("bQ")
_AS = word_set("as som") | {"as a", "as an"}
_INCLUDING = word_set("including inklusive inkl herunder")
_IS_GRANTED = word_set("""beviljas tilldelas ges bevilges tildeles innvilges gis gives ydes awarded granted given allocated
    bevilja tilldela innvilget bevilget tildelt""")
_GETS = word_set("beviljas tilldelas bevilges tildeles innvilges awarded granted")
_TEAM = {"project team", "project teams", "projektgruppen", "projektteamet", "prosjektgruppen", "prosjektteamet", "projektgruppe"}
"""Groups of people in a project: who can be one of them takes part, and does not apply."""
_WHETHER = word_set("vill vil does would do is ønsker önskar har behöver trenger can kan are")
_YOURS = word_set("er din your jeres deres dere din vår ert")
_RESERVED = word_set("reserved reserverad reserverat restricted limited begränsad begränsat förbehållet förbehållen forbeholdt")


def _also(tags: str, clause: FoundClause) -> bool:
    """Tell whether the clause names its applicants in addition to others: "även föreningar kan söka"."""
    return clause.cue.name == "also" or "Z" in tags[max(0, clause.start - 4) : clause.end]


def find_applicants(text: str, language: str = "") -> tuple[Applicant, ...]:
    """Return the statements of a text about who may apply, in the order of the text.

    `language` ("sv", "en", "da", "nb", or empty when unknown) decides the few words that mean different things. At most LONGEST
    characters are read.
    """
    return _Reader(text, language).read()
