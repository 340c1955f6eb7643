"""Checks of what rules refer to: ids that are unique, terms that can be found, and names of other files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from monitor.language.terms import term_mode
from monitor.matching.rules import lines
from monitor.matching.rules.files import RuleFiles
from monitor.matching.rules.model import ProgrammesFile


def check_unique(found: RuleFiles, file: str, table: str, names: Iterable[str | int], what: str) -> None:
    """Add the ids that two rows of a table have."""
    seen: dict[str | int, int] = {}
    for number, name in enumerate(names):
        if name in seen:
            first = found.line_of(file, (table, seen[name]))
            found.add_problem(file, (table, number, "id"), f"{what} {name}: id:t är redan taget på rad {first}")
        seen.setdefault(name, number)


def check_terms(found: RuleFiles, file: str, path: lines.Path, words: Sequence[str]) -> bool:
    """Add the terms that no text can ever have; return True when there is none."""
    clean = True
    for number, word in enumerate(words):
        try:
            term_mode(word)
        except ValueError as error:
            found.add_problem(file, (*path, number), f"ordet {word!r} kan aldrig hittas: {error}")
            clean = False
    return clean


def check_programmes(found: RuleFiles, file: str, path: lines.Path, ids: Sequence[str]) -> None:
    """Add the ids that no programme has."""
    programmes = found.get("programmes.toml", ProgrammesFile)
    if programmes:
        check_known(found, file, path, ids, [row.id for row in programmes.programme], "programme", "programmes.toml")


def check_known(
    found: RuleFiles, file: str, path: lines.Path, names: Sequence[str], known: Sequence[str], what: str, where: str
) -> None:
    """Add the names that are not known, each with those that are."""
    for number, name in enumerate(names):
        if name not in known:
            found.add_problem(file, (*path, number), f"{what} {name!r} finns inte; {where} har {', '.join(sorted(known))}")


def check_concept_ids(found: RuleFiles, file: str, path: lines.Path, ids: Sequence[str]) -> bool:
    """Add the ids that no concept has, each with the nearest one; return True when there is none."""
    unknown = [(number, name) for number, name in enumerate(ids) if name not in found.concepts]
    for number, name in unknown:
        found.add_problem(file, (*path, number), f"begreppet {name!r} finns inte{hint_concept(found, name)}")
    return not unknown


def hint_concept(found: RuleFiles, name: str) -> str:
    """Return the end of a sentence on an unknown concept: the nearest id, or the place of the concepts where none is near."""
    if not len(found.concepts):
        return "; mappen concepts har inga begrepp"
    # A person may have written a term of the concept in place of its id.
    terms = {term.casefold(): concept.id for concept in found.concepts for term in concept.terms}
    close = get_close_matches(name, [concept.id for concept in found.concepts], 1)
    nearest = terms.get(name.casefold()) or (close[0] if close else "")
    return f"; menade du {nearest}?" if nearest else "; begreppen står i mappen concepts"
