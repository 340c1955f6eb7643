"""Noun phrases of applicants: the words of a segment with their tags, and the nouns that are subject or object of a clause."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from monitor.language.applicant_words import Group, Noun, adjectives, noun_rows, tags, word_set, words_of

_WORD = re.compile(
    r"t\.ex|f\.eks|e\.g|bl\.a|[^\W\d_]+(?:[-'’][^\W\d_]+)*(?::(?:s|n|t|er|ar|en|et|a)\b)?-?|\d[\d .,]*(?<=\d)|[^\w\s]"
)
_PUNCTUATION = {",": ",", "(": ",", ")": ",", "–": ",", "—": ",", ":": ":", "?": "?", "/": "&", "&": "&", ";": ";"}
_ATTRIBUTES = word_set("city town school university company community municipality industry business")
_OTHERS = word_set("andra övriga andre øvrige other")
_SEATED = word_set(
    "registrerade registrerad registrerat etablerade etablerad registered established based registreret registrert etablert"
)
"""Words of a relative clause that narrows nothing: "juridiska personer som är registrerade i Sverige"."""
_REGISTERED = ("organisationsnummer", "organisasjonsnummer", "org.nummer", "cvr-nummer")
"""Words of a phrase that narrows nothing: "juridiska personer med svenskt organisationsnummer"."""
_HOME = word_set("verksamhet säte hemvist virksomhed virksomhet sæde sete hjemsted tilhold activities headquarters")
"""Words of a phrase that says only where those are: "juridiska personer med verksamhet i Sverige"."""
_EVERYONE = word_set("alla alle everyone anyone everybody")


class TaggedWord(NamedTuple):
    """Word or phrase of a segment, with its offsets in the text."""

    word: str
    """Word in small letters."""
    start: int
    end: int
    tag: str
    """Letter of `applicants.toml`; "." for any other word."""
    noun: Noun | None = None
    capital: bool = False


class Head(NamedTuple):
    """Noun that is the subject or object of a clause, by its place among the tokens."""

    place: int
    group: Group
    partial: bool
    negated: bool
    owned: bool = False
    """True for a company of the municipality."""


@cache
def _nouns() -> tuple[dict[str, Noun], dict[str, Noun]]:
    """Return the nouns by their words, and those that end compounds by their ending."""
    whole: dict[str, Noun] = {}
    endings: dict[str, Noun] = {}
    for row in noun_rows():
        for word in row.words.split(", "):
            (endings if word.startswith("*") else whole)[word.removeprefix("*")] = Noun(row.group, row.kind)
    return whole, endings


@cache
def _tags() -> tuple[dict[str, str], dict[str, str]]:
    """Return the tags by phrase, and those of words that end compounds by their ending."""
    return (
        {phrase: tag for phrase, tag in tags().items() if not phrase.startswith("*")},
        {phrase[1:]: tag for phrase, tag in tags().items() if phrase.startswith("*")},
    )


class _Phrases(NamedTuple):
    """Phrases of the tables that begin with one word."""

    longest: int = 1
    """Number of words of the longest."""
    second_words: frozenset[str] = frozenset()
    """Words that stand second in one of them: before any other word, none of the phrases is looked for."""
    speaking: frozenset[str] = frozenset()
    """Words that stand second in one that names a group or asks for applicants."""


@cache
def _phrases() -> dict[str, _Phrases]:
    """Return the phrases of several words by their first word; words that begin none are left out."""
    found: dict[str, _Phrases] = {}
    for phrase, tag in (*dict.fromkeys(_nouns()[0], "n").items(), *_tags()[0].items()):
        first, *rest = " ".join(_WORD.findall(phrase)).split()
        if rest:
            longest, second_words, speaking = found.get(first, _Phrases())
            speaking |= {rest[0]} if tag in _SPEAKING_TAGS else set()
            found[first] = _Phrases(max(1 + len(rest), longest), second_words | {rest[0]}, speaking)
    return found


_SPEAKING_TAGS = frozenset("nOwkM6")
"""Tags of groups, of "others" and of words that begin a heading: a segment without any of them says nothing of applicants."""
_LONGEST_WORD = 60
_ABBREVIATION = 4
"""Letters of a word whose full stop may be that of an abbreviation: "mio.", "bl.a."."""


@lru_cache(maxsize=20_000)
def _known(word: str, language: str) -> tuple[str, Noun | None]:
    """Return the tag of a word or phrase, and its noun; an empty tag where it is in no table."""
    if (neighbour := _known_to_neighbours(word, language)) is not None:
        return neighbour
    nouns, noun_endings = _nouns()
    tag_by_phrase, tag_endings = _tags()
    if word in nouns:
        return "n", nouns[word]
    if word in tag_by_phrase:
        return tag_by_phrase[word], None
    if " " in word or len(word) > _LONGEST_WORD:
        return "", None
    for cut in range(1, len(word) - 2):
        ending = word[cut:]
        if ending in noun_endings:
            return "n", noun_endings[ending]
        if ending in tag_endings:
            return tag_endings[ending], None
    return "", None


_IN_DANISH_AND_NORWEGIAN: dict[str, tuple[str, Noun | None]] = {
    "er": ("b", None),
    "ere": ("b", None),
    "der": ("r", None),
    "myndigheter": ("n", Noun(Group.PUBLIC, "authority")),
    "myndighetene": ("n", Noun(Group.PUBLIC, "authority")),
    "men": ("B", None),
    "to": (".", None),
    "by": (".", None),
    "at": (".", None),
}
"""Words that mean something else in Danish and Norwegian than in the other languages."""


def _known_to_neighbours(word: str, language: str) -> tuple[str, Noun | None] | None:
    """Return the tag and the noun of a word that means something else in the language of a text; None for any other."""
    if language in ("da", "no", "nb", "nn"):
        if word in ("virksomheter", "virksomhetene") and language != "da":
            return "n", Noun(Group.ANY, "body")
        return _IN_DANISH_AND_NORWEGIAN.get(word)
    return ("b", None) if word == "er" and language != "sv" else None


_NAMES, _APPLIES, _ASKS, _RUN_BY, _OWNED_BY = 1, 2, 4, 8 | 16, 8 | 32
"""Uses of a word, as bits: it names a group, speaks of applying, asks for applicants; two for "kommunala" with "projekt"."""
_APPLYING_TAGS = frozenset("apsuULRgATIGCDPQEKSWyBc$fhkMelHNFdVJ246")
_ASKING_TAGS = frozenset("wkMel6")


@cache
def _first_words() -> dict[str, int]:
    """Return the uses of the phrases that begin with a word."""
    uses: dict[str, int] = {}
    for phrase in _nouns()[0]:
        first = phrase.split(" ")[0]
        uses[first] = uses.get(first, 0) | _NAMES
    for phrase, tag in _tags()[0].items():
        for first in {phrase.split(" ")[0], (_WORD.findall(phrase) or [""])[0]}:
            uses[first] = uses.get(first, 0) | _uses_of_tag(tag)
    return uses


def _uses_of_tag(tag: str) -> int:
    return _NAMES * (tag in "nO") | _APPLIES * (tag in _APPLYING_TAGS) | _ASKS * (tag in _ASKING_TAGS)


@cache
def owning_adjectives() -> frozenset[str]:
    """Return the adjectives that name a group without a noun: "kommunala", and not "lokala"."""
    return frozenset(adjectives().keys() - words_of("local"))


def _use_of(word: str, language: str) -> int:
    """Return the uses of a casefolded word, by itself or as the first one of a phrase."""
    everyone = _NAMES if word in _EVERYONE else 0
    run_by = (
        8 * (word in owning_adjectives()) | 16 * (word in words_of("run_by_applicants")) | 32 * (word in words_of("both_and"))
    )
    return _first_words().get(word, 0) | run_by | everyone | (_uses_of_tag(_known(word, language)[0]) if word[0].isalpha() else 0)


class _Word(NamedTuple):
    """Word as written, or a mark, with all that the tables say of it."""

    folded: str
    tag: str
    """Its own tag; "" for a mark that is left out."""
    noun: Noun | None
    capital: bool
    phrases: _Phrases
    """Phrases that begin with it."""
    uses: int
    """Its use by itself or as the first word of a phrase."""
    speaks: bool
    """True when it names a group, or asks for applicants, by itself."""


@lru_cache(maxsize=20_000)
def _word(written: str, language: str) -> _Word:
    folded, noun, phrases = written.casefold(), None, _Phrases()
    if folded[0].isalpha():
        tag, noun = _known(folded, language)
        tag = tag or ("j" if folded in adjectives() else ".")
        phrases = _phrases().get(folded, phrases)
    elif folded[0].isdigit():
        tag = "#"
    else:
        tag = _PUNCTUATION.get(folded, "." if folded in ".!-•*%·" else "")
    speaks = (tag != "" and tag in _SPEAKING_TAGS) or folded in _EVERYONE
    return _Word(folded, tag, noun, written[0].isupper(), phrases, _use_of(folded, language), speaks)


def may_name_applicants(text: str, start: int, end: int, language: str) -> bool:
    """Tell whether a segment can say anything of applicants: a group and a word of applying, or a question for them.

    Most segments of a long text cannot; looking up each word alone avoids the search for phrases and clauses.
    """
    words = [_word(written, language) for written in _WORD.findall(text, start, end)]
    uses = 0
    for word in words:
        uses |= word.uses
    if uses & _RUN_BY == _RUN_BY or uses & _OWNED_BY == _OWNED_BY:
        uses |= _NAMES  # "kommunala projekt omfattas inte"
    # A clause without a group still announces a list when a colon ends it; one of refusals need not even name a group.
    refuses = uses & _APPLIES and words[-1].folded == ":" and any(word.tag in ("x", "X") for word in words)
    if not refuses and not uses & _ASKS and uses & (_NAMES | _APPLIES) != _NAMES | _APPLIES:
        return False
    return (
        words[-1].folded == ":"
        or uses & _RUN_BY == _RUN_BY
        or uses & _OWNED_BY == _OWNED_BY
        or any(word.speaks for word in words)
        or any(following.folded in word.phrases.speaking for word, following in pairwise(words))
    )


def read_tokens(text: str, start: int, end: int, language: str) -> list[TaggedWord]:
    """Return the words of a segment with their tags; a phrase of the tables is one token."""
    found = [(_word(match[0], language), *match.span()) for match in _WORD.finditer(text, start, end)]
    tokens: list[TaggedWord] = []
    place = 0
    while place < len(found):
        word, first, last = found[place]
        taken, name, tag, noun = 1, word.folded, word.tag, word.noun
        if word.phrases.second_words and place + 1 < len(found) and found[place + 1][0].folded in word.phrases.second_words:
            taken, phrase, phrase_tag, phrase_noun = _phrase_at(found, place, language)
            if taken > 1:
                name, tag, noun, last = phrase, phrase_tag, phrase_noun, found[place + taken - 1][2]
        elif name in ".!" and place > 0 and len(found[place - 1][0].folded) > _ABBREVIATION:
            tag = ";"  # a sentence ends, though the next one may begin with a small letter
        if tag:
            tokens.append(TaggedWord(name, first, last, tag, noun, word.capital))
        place += taken
    return [_settled(token, following) for token, following in zip(tokens, (*tokens[1:], None), strict=True)]


def _phrase_at(found: Sequence[tuple[_Word, int, int]], place: int, language: str) -> tuple[int, str, str, Noun | None]:
    """Return the number of words of the longest known phrase at a place, the phrase, its tag and noun; one word where none is."""
    for many in range(min(found[place][0].phrases.longest, len(found) - place), 1, -1):
        phrase = " ".join(word.folded for word, _, _ in found[place : place + many])
        tag, noun = _known(phrase, language)
        if tag:
            return many, phrase, tag, noun
    return 1, "", "", None


def _settled(token: TaggedWord, following: TaggedWord | None) -> TaggedWord:
    """Return the token as a noun where "alla" is alone ("öppen för alla"), and as no noun within a name ("Cities Mission")."""
    if token.noun is not None and token.capital and following is not None and following.tag == "." and following.capital:
        return token._replace(tag=".", noun=None)
    if (
        token.word in _ATTRIBUTES
        and following is not None
        and following.tag == "."
        and following.word.endswith("s")
        and following.word not in words_of("plain")
    ):
        return token._replace(tag=".", noun=None)  # "city labs", "school trips"
    if token.word in _EVERYONE and (following is None or following.tag in "mr,&Xx" or following.word in ".!"):
        return token._replace(tag="n", noun=Noun(Group.ANY))
    return token


def _groups(tokens: Sequence[TaggedWord], place: int) -> list[tuple[Group, bool]]:
    """Return the groups that a noun stands for with the adjectives before it, each with True where it is narrowed."""
    noun = tokens[place].noun
    assert noun is not None
    if noun.kind in ("", "owned"):
        return [(noun.group, False)]
    groups: list[tuple[Group, bool]] = []
    narrowed, at = False, place - 1
    while at >= 0:
        token = tokens[at]
        if (token.word in adjectives() and token.noun is None) or token.word in words_of("local"):
            adjective = _of_adjective(token.word, noun)
            group = adjectives().get(token.word)
            if group in _LEVELS and groups[-1:] == [(Group.PUBLIC, False)] and tokens[at + 1].tag not in "&,":
                groups[-1:] = [(group, False)]  # "national public authorities"
            else:
                groups += [adjective] if adjective is not None else []
        elif (
            token.tag in "&," and at > 0 and groups and (tokens[at - 1].word in adjectives() or tokens[at - 1].word.endswith("-"))
        ):
            pass
        elif token.tag == "." and token.word[0].isalpha() and token.word not in words_of("plain"):
            narrowed = True
            break
        elif token.word not in words_of("plain"):
            break
        at -= 1
    if groups:
        return groups
    narrowed = noun.group is Group.ANY and (narrowed or noun.kind == "unit" or _narrowed_after(tokens, place))
    return [(noun.group, narrowed)]


_LEVELS = frozenset((Group.AGENCY, Group.REGION))
_LEVEL = word_set("level levels nivå nivåer niveau niveauer government")
_AT = word_set("at på")


def _level_of(tokens: Sequence[TaggedWord], place: int) -> Group | None:
    """Return the group of public bodies of a level named behind them: "public bodies at national level"; None for another."""
    if place + 2 >= len(tokens) or tokens[place + 1].word not in _AT:
        return None
    end = next((at for at in range(place + 2, min(place + 9, len(tokens))) if tokens[at].word in _LEVEL), place)
    named = {adjectives().get(token.word) for token in tokens[place + 2 : end]} - {None}
    return next(iter(named)) if len(named) == 1 and named <= _LEVELS else Group.AGENCY if named == _LEVELS else None


def _of_adjective(word: str, noun: Noun) -> tuple[Group, bool] | None:
    """Return the group that an adjective makes of a noun, and True where it is narrowed; None where it changes nothing."""
    group = adjectives()[word]
    if noun.kind == "school":
        return (group, False) if group in (Group.MUNICIPALITY, Group.PUBLIC, Group.COMPANY) else None
    if noun.kind == "company":
        return (Group.MUNICIPALITY, False) if word in words_of("company_adjective") else None
    if noun.kind == "body" and (
        word in words_of("local") or group is Group.REGION or word.startswith(("nation", "nasjon", "cent"))
    ):
        return Group.ANY, True
    return group, False


def _narrowed_after(tokens: Sequence[TaggedWord], place: int) -> bool:
    """Tell whether the words behind a general noun narrow it."""
    following = [token.word for token in tokens[place + 1 : place + 4]]
    if not following or following[0] not in words_of("narrowing") or any(word.endswith(_REGISTERED) for word in following):
        return False
    if len(following) == 3 and following[0] in ("med", "with") and following[1] in _HOME and following[2] in ("i", "in"):
        return False
    return not (following[0] in ("som", "that", "which", "who", "der") and words_of("wide_clause").intersection(following[1:3]))


def find_heads(tokens: Sequence[TaggedWord], start: int, stop: int, *, blocked: bool = False) -> list[Head]:
    """Return the nouns from `start` to `stop` that are no part of another phrase, with the effect of "not" and "such as" on them.

    `blocked` tells that the stretch begins within another phrase.
    """
    heads = _HeadFinder(tokens, start, stop, blocked=blocked).find()
    heads = [
        head._replace(group=_level_of(tokens, head.place) or head.group) if head.group is Group.PUBLIC else head for head in heads
    ]
    of_researchers = bool(heads) and all(head.group is Group.UNIVERSITY for head in heads) and heads[-1].place + 1 < stop
    if of_researchers and tokens[heads[-1].place + 1].tag in "if":
        return heads  # "forskare vid universitet, sjukhus och arkiv"
    if heads and _is_summed_up(tokens, heads[-1].place):
        heads = [head for head in heads if not (head.group is Group.ANY and head.partial)] or heads
    if heads and _has_unknown_member(tokens, start, stop) and not _is_summed_up(tokens, heads[-1].place):
        # A list with others leaves open who else may apply, and not that public bodies may.
        return [head._replace(partial=head.partial or head.group is not Group.PUBLIC) for head in heads]
    if (
        len(heads) == 2
        and {head.group for head in heads} == {Group.ANY}
        and heads[1].partial
        and heads[0].place == heads[1].place - 2
    ):
        return [head._replace(partial=True) for head in heads]  # "institutions and organisations working with education"
    return heads


class _HeadFinder:
    """Search for heads in a stretch of tokens, with what earlier tokens say of later ones."""

    def __init__(self, tokens: Sequence[TaggedWord], start: int, stop: int, *, blocked: bool) -> None:
        self._tokens, self._start, self._stop = tokens, start, stop
        self._heads: list[Head] = []
        self._blocked = blocked
        """The next noun is part of another phrase."""
        self._relative = False
        """The next noun is in a relative clause."""
        self._partial = False
        self._behind = False
        """A noun was part of another phrase, so that those joined to it are, too."""
        self._negated_until = -1

    def find(self) -> list[Head]:
        for place in range(self._start, self._stop):
            if self._tokens[place].noun is not None:
                self._read_noun(place)
            else:
                self._read_word(place)
        return self._heads

    def _read_noun(self, place: int) -> None:
        sector = self._tokens[place].word.endswith(_SECTORS) and _within_general(self._tokens, self._heads, place)
        if self._blocked and not sector:
            self._behind = True
            return
        negated = place <= self._negated_until
        if negated:
            self._negated_until = place + 5
        noun, groups = self._tokens[place].noun, _groups(self._tokens, place)
        is_company = noun is not None and noun.kind in ("company", "owned")
        self._heads += [
            Head(place, group, self._partial or narrow, negated, is_company and group is Group.MUNICIPALITY)
            for group, narrow in groups
        ]
        self._behind = False

    def _read_word(self, place: int) -> None:
        tag = self._tokens[place].tag
        before = self._tokens[place - 1] if place > self._start else None
        if tag == "x" or self._excepts(place):
            self._negated_until = place + 5
        elif tag == "B":
            self._negated_until, self._blocked, self._relative = -1, False, False
        elif tag == "z":
            self._blocked = self._relative = False
            self._end_exception()
            self._partial = True
        elif tag == "Z":
            self._partial = True
        elif tag in "ivtfCE":
            of = tag == "v" or self._tokens[place].word == "of"
            gathered = before is not None and of and before.word in words_of("gathering")
            self._blocked = self._blocked or not gathered
        elif tag == "r":
            self._read_relative(place, before)
        elif tag == "." and self._tokens[place].word in _THAT:
            self._blocked = self._relative  # "vi gör uppmärksam på att kommuner inte kan söka"
        elif tag in ",&":
            inherits = self._behind and before is not None and before.noun is not None
            if not inherits and not (self._relative and tag == "&"):
                self._blocked = self._relative = False
        elif tag in ":;":
            self._negated_until = -1 if tag == ";" else self._negated_until
            self._end_exception()
            self._blocked = self._relative = False

    def _end_exception(self) -> None:
        """End an exception whose examples would be of the rest: "alla utom privatpersoner, till exempel kommuner"."""
        if self._heads and self._heads[-1].negated and self._heads[-1].group in WITHOUT_BODIES:
            self._negated_until = -1

    def _excepts(self, place: int) -> bool:
        """Tell whether a word for "besides" means "except", as it does behind "all": "alla, förutom kommuner"."""
        return self._tokens[place].word in _BESIDES and any(token.word in _EVERY for token in self._tokens[self._start : place])

    def _gives_examples(self, place: int) -> bool:
        """Tell whether "som" behind a general noun begins a list of nouns, and not a clause."""
        last = self._heads[-1] if self._heads else None
        if last is None or last.place != place - 1 or last.group is not Group.ANY or self._tokens[place].word != "som":
            return False
        rest = self._tokens[place + 1 : min(self._stop, place + 1 + _EXAMPLES)]
        return bool(rest) and rest[0].noun is not None and all(token.noun is not None or token.tag in "&,j" for token in rest)

    def _read_relative(self, place: int, before: TaggedWord | None) -> None:
        if before is not None and before.word in words_of("says_that") and self._tokens[place].word == "that":
            self._blocked = self._relative = False  # "note that municipalities cannot apply"
            return
        if before is not None and before.tag in "$c" and place + 1 < self._stop and self._tokens[place + 1].noun is not None:
            self._relative = self._blocked = False  # "ett bidrag som kommuner kan söka"
            return
        if self._gives_examples(place):
            self._partial = True  # "behovsägare som kommuner och regioner ska delta"
            return
        self._relative = self._blocked = not (before is not None and before.tag == "y")
        last = self._heads[-1] if self._heads else None
        general = last is not None and last.place == place - 1 and last.group is Group.ANY
        seated = place + 2 < self._stop and self._tokens[place + 2].word in _SEATED
        if last is not None and general and place + 1 < self._stop and self._tokens[place + 1].tag == "b" and not seated:
            self._heads[-1] = last._replace(partial=True)  # "organisationer som är föreningar"
            self._relative = self._blocked = False


WITHOUT_BODIES = frozenset((Group.INDIVIDUAL, Group.COMPANY, Group.ASSOCIATION, Group.UNIVERSITY))
"""Groups of which no municipality is an example."""
_EXAMPLES = 8
"""Words of a list of examples behind "som"."""
_THAT = word_set("att at")  # in Danish and Norwegian, too; the English "at" has a tag
_BESIDES = word_set("förutom foruten utenom besides")
_EVERY = word_set("alla samtliga alle all every")


def _has_unknown_member(tokens: Sequence[TaggedWord], start: int, stop: int) -> bool:
    """Tell whether a word of no table is a member of the list by itself: "företag och kombiterminaler"."""
    return any(
        _is_unknown(token) and (_leads_list(tokens, place, start, stop) or _ends_list(tokens, place, start, stop))
        for place, token in enumerate(tokens[start:stop], start)
    )


def _is_summed_up(tokens: Sequence[TaggedWord], place: int) -> bool:
    """Tell whether the last noun of a list says of what kind all are: "museer och andra ideella organisationer"."""
    return place >= 2 and tokens[place - 1].word in adjectives() and tokens[place - 2].word in _OTHERS


def _is_unknown(token: TaggedWord) -> bool:
    known = token.tag != "." or token.word in words_of("plain") or token.word in adjectives()
    return not known and token.word[0].isalpha() and token.word[-1] != "-"


def _leads_list(tokens: Sequence[TaggedWord], place: int, start: int, stop: int) -> bool:
    """Tell whether a word is a member of a list and a noun the next one."""
    if not _is_mark(tokens, place + 1, stop) or place + 2 >= stop:
        return False
    return tokens[place + 2].noun is not None and _begins(tokens, place, start)


def _ends_list(tokens: Sequence[TaggedWord], place: int, start: int, stop: int) -> bool:
    """Tell whether a word is a member of a list behind "and" and a noun."""
    # "näringsliv, forskning, idrott och kultur" are purposes: what stands behind a sector is no applicant by itself.
    sector = place - 2 >= start and tokens[place - 1].tag == "," and tokens[place - 2].word in _TRADES
    joined = sector or (place - 2 >= start and tokens[place - 1].tag == "&" and tokens[place - 2].noun is not None)
    return joined and (place + 1 >= stop or _is_mark(tokens, place + 1, stop))


def _is_mark(tokens: Sequence[TaggedWord], place: int, stop: int) -> bool:
    return place < stop and tokens[place].tag in "&,"


def _begins(tokens: Sequence[TaggedWord], place: int, start: int) -> bool:
    return place == start or tokens[place - 1].tag in "&,:" or tokens[place - 1].word in words_of("plain")


def _within_general(tokens: Sequence[TaggedWord], heads: Sequence[Head], place: int) -> bool:
    """Tell whether the noun says where the general noun before it belongs: "aktörer inom offentlig sektor"."""
    last = heads[-1] if heads else None
    return last is not None and last.group is Group.ANY and last.place >= place - 8 and tokens[last.place + 1].tag in "iv"


_TRADES = word_set("näringsliv näringslivet erhvervsliv erhvervslivet næringsliv næringslivet")
_SECTORS = (
    "sektor",
    "sektorn",
    "sector",
    "sectors",
    "samhället",
    "society",
    "liv",
    "livet",
    "academia",
    "akademin",
    "akademi",
    "samfundet",
)
