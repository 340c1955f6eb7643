"""Checking templates: every kind of mail in every language, filled with sample data, before a real mail has to be written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from monitor.digest.answers import Signer
from monitor.digest.phrases import changed_phrases, read_old_phrases, read_phrases, unknown_phrases
from monitor.digest.render import LANGUAGES, load_templates, render_mail, template_names
from monitor.digest.sample import AUDIENCE, NOW, Sample, flood, samples
from monitor.digest.view import notice_view
from monitor.errors import MailError
from monitor.vocabulary import MailKind

_OLD_FILES = tuple(f"{language}.toml" for language in LANGUAGES)
"""Files of phrases of earlier versions, which are read still."""
_REFUSED = (("namn@example.se", "550 5.1.1 no such user"),)


def check_templates(folders: Sequence[Path]) -> list[str]:
    """Return the problems of the templates and phrases, one line each; `folders` as for `load_templates`, the shipped one last.

    A file or a phrase of an own folder whose name no mail uses is a problem too: nobody would ever see it.
    """
    problems = []
    used = {path.name for path in folders[-1].glob("*")} | template_names()
    for folder in folders[:-1]:
        problems += [
            f"{path}: no mail uses a file of this name (there are {', '.join(sorted(used))})"
            for path in sorted(folder.glob("*"))
            if path.name not in used and path.name not in _OLD_FILES and path.suffix != ".mo"  # Poedit writes one beside each .po
        ]
    try:
        templates = load_templates(folders)
        problems += _unknown_phrases(folders)
    except MailError as error:
        return [*problems, str(error)]
    quiet = samples(NOW)[MailKind.QUIET]
    nothing_known = Sample(quiet.selection, replace(quiet.occasion, ahead=()))
    occasions = [*samples(NOW).items(), ("flood", flood(NOW)), ("quiet, nothing known", nothing_known)]
    for name, sample in occasions:
        for language in LANGUAGES:
            try:
                render_mail(templates, sample.selection, AUDIENCE, sample.occasion, Signer(b"sample"), (language,))
            except MailError as error:
                problems.append(f"{name} ({language}): {error}")
    for language in LANGUAGES:
        try:
            templates.render(notice_view(templates.wording(language), AUDIENCE, "prov", _REFUSED))
        except MailError as error:
            problems.append(f"notice ({language}): {error}")
    return list(dict.fromkeys(problems))


def _unknown_phrases(folders: Sequence[Path]) -> list[str]:
    problems = []
    for folder in folders[:-1]:
        for language in LANGUAGES:
            name = f"{language}.po"
            if (folder / name).is_file():
                shipped = read_phrases((folders[-1] / name).read_text("utf-8"), name)
                own = read_phrases((folder / name).read_text("utf-8"), str(folder / name))
                problems += unknown_phrases(own, shipped)
    return problems


def old_phrases(folders: Sequence[Path]) -> dict[Path, list[str]]:
    """Return the own files in the form of earlier versions (`sv.toml`), each with the keys of the phrases that it changes.

    They are read still, so that no mail loses the municipality's words, but should be rewritten as catalogues.

    Raises:
        MailError: A file is not TOML.
    """
    found = {}
    for path in (folder / name for folder in folders[:-1] for name in _OLD_FILES):
        if path.is_file():
            shipped = read_phrases((folders[-1] / f"{path.stem}.po").read_text("utf-8"), f"{path.stem}.po")
            found[path] = changed_phrases(read_old_phrases(path.read_text("utf-8"), str(path)), shipped)
    return found
