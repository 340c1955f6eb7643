"""Rules for jobs and commands: load those of the folder or the last good ones; check, try, compare and report them."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.archive import Archive
from monitor.archive.calls import load_call
from monitor.archive.document_terms import TermPages, find_term_pages
from monitor.archive.feedback import StoredAnswer, list_refused_calls, mark_handled, read_answers
from monitor.archive.matches import checked_files, last_rule_files
from monitor.archive.search.index import has_term
from monitor.calls import Call, Section
from monitor.config import Config
from monitor.errors import ArchiveError, ConfigError, RuleError, RuleErrors
from monitor.files import write_atomically
from monitor.jobs.kept_terms import kept_terms
from monitor.jobs.match import archived_calls
from monitor.jobs.members import open_installation, read_installation
from monitor.language.analyser import analyser
from monitor.language.concepts import Concepts
from monitor.language.terms import parse_term
from monitor.language.termset import TermSet, locate
from monitor.matching.compare import Comparison, compare
from monitor.matching.compiled import RuleSet, telling_words
from monitor.matching.engine import judge_call
from monitor.matching.evaluate import Score, evaluate, read_labelled
from monitor.matching.feedback import add_example, theme_for
from monitor.matching.match import matches_of
from monitor.matching.report import Report, report
from monitor.matching.rules.check import check_files
from monitor.matching.rules.check_concepts import find_unused
from monitor.matching.rules.files import read_files
from monitor.matching.rules.load import check_rules, load_rules, load_texts, program
from monitor.vocabulary import Answer

logger = logging.getLogger(__name__)


def load_rules_in_force(archive: Archive, config: Config, *, last_good: bool) -> RuleSet:
    """Return the rules of the installation's folder; for a member without rules, those that matched the shared archive.

    Args:
        archive: The archive of the installation.
        config: The installation.
        last_good: Return the rules that matched last when those of the folder have errors.

    Raises:
        RuleErrors: The rules have errors.
    """
    if config.shared_archive is not None and not config.rules.dir:
        files = last_rule_files(archive.db)
        if files is None:
            return load_rules(config.rules_dir)
        # Checked and parsed where they matched: hundreds of members would each check them anew, seven seconds for each.
        with kept_terms(config.shared_archive.parent) as keep:
            return keep(load_texts(files, checked=checked_files(archive.db, program()) == files))
    return load_or_last(archive, config.rules_dir)[0] if last_good else load_checked(archive, config.rules_dir)


def load_checked(archive: Archive, folder: Path) -> RuleSet:
    """Return the rules of a folder, checked unless they are those that matched last.

    Raises:
        RuleErrors: The rules have errors.
    """
    with kept_terms(archive.path.parent) as keep:
        return keep(load_rules(folder, checked_files(archive.db, program())))


def load_folder(config: Config) -> RuleSet:
    """Return the rules of the installation's folder as `load_checked` does; without an archive they are checked.

    Raises:
        RuleErrors: The rules have errors.
    """
    if not config.archive.is_file():
        with kept_terms(config.data_dir) as keep:
            return keep(load_rules(config.rules_dir))
    with open_installation(config) as archive:
        return load_checked(archive, config.rules_dir)


def load_or_last(archive: Archive, folder: Path) -> tuple[RuleSet, tuple[RuleError, ...]]:
    """Return the rules of a folder and no errors; or the rules that matched last, and the errors of those in the folder.

    Raises:
        RuleErrors: The folder has errors, and no rules have matched yet, or this program cannot read those that did.
    """
    try:
        return load_checked(archive, folder), ()
    except RuleErrors as wrong:
        files = last_rule_files(archive.db)
        if files is None:
            raise
        try:
            rules = load_texts(files)
        except RuleErrors:
            raise wrong from None
        logger.warning("rules_wrong errors=%d kept=%s", len(wrong.errors), rules.version)
        return rules, tuple(wrong.errors)


def rules_that_ask(archive: Archive, config: Config) -> RuleSet | None:
    """Return the rules of an installation, or its last good ones, if a theme counts the words of documents; else None.

    Rules that cannot be read ask for nothing: they stop no fetch of documents.
    """
    try:
        rules = load_or_last(archive, config.rules_dir)[0]
    except RuleErrors:
        return None
    return rules if rules.asks_documents else None


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Result of checking a folder of rules."""

    version: str
    """Hash of the rules; empty when there are errors."""
    themes: int
    """Number of themes."""
    examples: int
    """Number of examples."""
    errors: tuple[RuleError, ...]
    """Errors by file and line."""
    warnings: tuple[RuleError, ...]
    """Warnings by file and line: the rules can be used, but a person should look at these places."""
    concepts: int
    """Number of concepts."""
    unused_concepts: tuple[str, ...]
    """Ids of the concepts that no theme names. The search uses them all the same."""
    terms_not_found: Mapping[str, tuple[str, ...]] | None
    """Terms that no call of the archive has, by the id of their concept; None where there is no archive to look in."""


def check_folder(folder: Path, archive: Archive | None = None) -> CheckReport:
    """Check every file of a folder of rules, match the examples, and look for the terms of concepts in an archive."""
    files = read_files(folder)
    rules = check_files(files)
    errors, warnings = (
        tuple(sorted(problems, key=lambda error: (error.file, error.line))) for problems in (files.errors, files.warnings)
    )
    return CheckReport(
        version=rules.version if rules else "",
        themes=len(files.themes),
        examples=sum(len(theme.example) for theme in files.themes.values()),
        errors=errors,
        warnings=warnings,
        concepts=len(files.concepts),
        unused_concepts=find_unused(files),
        terms_not_found=_terms_not_found(archive, files.concepts) if archive is not None else None,
    )


def _terms_not_found(archive: Archive, concepts: Concepts) -> dict[str, tuple[str, ...]]:
    """Return the terms that no indexed call has, by the id of their concept; terms with an error are left out."""
    found: dict[str, tuple[str, ...]] = {}
    for concept in concepts:
        missing = []
        for text in concept.terms:
            try:
                term = parse_term(text)
            except ValueError:
                continue
            if not has_term(archive.db, term):
                missing.append(text)
        if missing:
            found[concept.id] = tuple(missing)
    return found


def check_installation(config: Config) -> CheckReport:
    """Check the rules of an installation as `check_folder` does, with its archive if it has one that can be read."""
    with kept_terms(config.data_dir):
        if not config.archive.is_file():
            return check_folder(config.rules_dir)
        try:
            with read_installation(config) as archive:
                return check_folder(config.rules_dir, archive)
        except ArchiveError as error:
            # Rules must be mendable whatever the state of the archive.
            logger.warning("archive_not_read path=%s problem=%s", config.archive, error)
            return check_folder(config.rules_dir)


def test_term(term: str, text: str) -> list[dict[str, Any]]:
    """Return the places where a term hits a text, as offsets and words.

    Raises:
        ConfigError: The term can never be found.
    """
    try:
        terms = TermSet([parse_term(term)])
    except ValueError as error:
        raise ConfigError(f"TERM {term!r}", str(error)) from error
    places = list(locate(text, [(first, last) for _, first, last in terms.find(analyser().lemma_text(text))]).values())
    return [{"start": start, "end": end, "text": text[start:end]} for start, end in places]


def find_pages(archive: Archive, rules: RuleSet, terms: Sequence[str], theme: str, concept: str, *, limit: int) -> TermPages:
    """Return the pages of calls' documents that have one of the terms, or of the words of a theme or a concept.

    Raises:
        ConfigError: A term can never be found, there is no such theme or concept, or nothing to look for was given.
    """
    wanted = list(terms)
    if theme:
        if rules.theme(theme) is None:
            raise ConfigError(
                "--theme", f"{theme!r} finns inte; teman: {', '.join(sorted(one.theme.id for one in rules.themes))}"
            )
        alone = replace(rules, themes=tuple(one for one in rules.with_drafts.themes if one.theme.id == theme))
        wanted += telling_words(alone)
    if concept:
        if concept not in rules.concepts:
            raise ConfigError("--concept", f"{concept!r} finns inte i rules/concepts")
        wanted += rules.concepts.terms(concept)
    if not wanted:
        raise ConfigError("rules pages", "väntade minst ett ord, --theme eller --concept")
    try:
        parsed = [parse_term(text) for text in wanted]
    except ValueError as error:
        raise ConfigError(f"TERMS {' '.join(terms)!r}", str(error)) from error
    return find_term_pages(archive.db, parsed, rules.analyser, limit=limit)


def try_text(rules: RuleSet, text: str) -> dict[str, Any]:
    """Return the departments that would get a text and the matches.

    The first line of the text is its title.
    """
    title, _, body = text.strip().partition("\n")
    call = Call(
        source="try", call_id="try", title=title, url="", sections=(Section(title="", text=body.strip()),) if body.strip() else ()
    )
    judgement = judge_call(rules, call)
    gates = judgement.gates
    return {
        "title": title,
        "departments": [asdict(match) for match in matches_of(judgement)],
        "fit": {"step": gates.step, "answer": gates.answer, "score": gates.score, "reason": gates.reason, "word": gates.word},
        "rule_version": rules.version,
    }


def compare_folders(archive: Archive, old: Path, new: Path) -> tuple[Comparison, float]:
    """Match the whole archive with the rules of two folders; return the differences and the seconds that it took."""
    before, after = load_rules(old), load_rules(new)
    begun = time.monotonic()
    return compare(before, after, archived_calls(archive, before, after)), round(time.monotonic() - begun, 3)


def evaluate_file(rules: RuleSet, path: Path) -> Score:
    """Score the rules against a file of labelled texts.

    Raises:
        ConfigError: The file cannot be read.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), f"cannot be read: {error}") from error
    return evaluate(rules, read_labelled(lines, str(path), rules.departments))


def report_archive(archive: Archive, rules: RuleSet) -> Report:
    """Count the hits of every signal in the archive and in the answers of the departments."""
    return report(rules, archived_calls(archive, rules), list_refused_calls(archive.db))


def list_answers(archive: Archive) -> list[StoredAnswer]:
    """Return the answers of the departments, the newest first."""
    return read_answers(archive.db)


def make_example(
    archive: Archive, config: Config, answer_id: int, theme: str | None, now: datetime
) -> tuple[Path, list[RuleError]]:
    """Write an answer into its theme as an example; return the file of the theme and the errors of the rules after that.

    NOT_FOR_US becomes an example that must not match, any other answer one that must.

    Args:
        archive: The archive with the answer.
        config: The installation.
        answer_id: Id of the answer.
        theme: Id of the theme; None for the one that fits best.
        now: Time at which the answer counts as handled.

    Raises:
        ArchiveError: The answer or its call is unknown.
        ConfigError: No theme fits, or the theme is unknown.
    """
    answer = next((answer for answer in read_answers(archive.db) if answer.id == answer_id), None)
    if answer is None:
        raise ArchiveError(f"svar {answer_id}", "finns inte. Lista svaren med: monitor feedback")
    call = load_call(archive.db, answer.source, answer.call_id)
    if call is None:
        raise ArchiveError(f"{answer.source}/{answer.call_id}", "finns inte i arkivet")
    folder = config.rules_dir
    rules = load_rules(folder)
    chosen = theme or theme_for(rules, call, answer.department)
    if chosen is None or rules.theme(chosen) is None:
        raise ConfigError("--theme", f"{chosen or 'inget'} är inget tema för {answer.department}; ange ett med --theme")
    path = folder / "themes" / f"{chosen}.toml"
    note = f"{answer.department} svarade {answer.answer} {answer.at.astimezone(config.zone).date().isoformat()}"
    text = add_example(path.read_text("utf-8"), rules, call, match=answer.answer != Answer.NOT_FOR_US, note=note)
    write_atomically(path, text)
    mark_handled(archive.db, answer_id, chosen, now)
    return path, check_rules(folder)


def comparison_json(comparison: Comparison, seconds: float) -> Mapping[str, Any]:
    """Return the answer of `rules compare --json`."""
    return {
        "old": comparison.old,
        "new": comparison.new,
        "calls": comparison.calls,
        "seconds": seconds,
        "departments": {
            name: {
                "gained": [asdict(item) for item in change.gained],
                "lost": [asdict(item) for item in change.lost],
                "unchanged": change.unchanged,
            }
            for name, change in comparison.departments.items()
        },
    }
