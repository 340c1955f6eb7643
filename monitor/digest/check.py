"""Checking templates: every kind of mail in every language, filled with sample data, before a real mail has to be written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from monitor.digest.answers import Signer
from monitor.digest.render import LANGUAGES, load_templates, render_mail
from monitor.digest.sample import AUDIENCE, NOW, flood, samples
from monitor.digest.view import notice_view
from monitor.errors import MailError

_REFUSED = (("namn@example.se", "550 5.1.1 no such user"),)


def check_templates(folders: Sequence[Path]) -> list[str]:
    """What is wrong with the templates, one line per problem; `folders` as for `load_templates`, the shipped one last.

    A file of an own folder whose name none of the shipped files has is a problem too: nobody would ever see it.
    """
    problems = []
    shipped = {path.name for path in folders[-1].glob("*")}
    for folder in folders[:-1]:
        problems += [
            f"{path}: no mail uses a file of this name (there are {', '.join(sorted(shipped))})"
            for path in sorted(folder.glob("*"))
            if path.name not in shipped
        ]
    try:
        templates = load_templates(folders)
    except MailError as error:
        return [*problems, str(error)]
    occasions = [*samples(NOW).items(), ("flood", flood(NOW))]
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
