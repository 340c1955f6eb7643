"""Hooks of MkDocs: links out of the folder become text, Swedish pages say so, and the site takes the style sheet of the pages.

https://www.mkdocs.org/user-guide/configuration/#hooks
"""

from __future__ import annotations

import re
import shutil
from itertools import count
from pathlib import Path
from typing import Any

STATIC = Path(__file__).resolve().parent.parent / "monitor" / "web" / "static"
TAKEN = ("site.css", "favicon.svg")
"""Files of the archive's pages that the site has, too."""
SWEDISH = ("koordinator.md", "drift.md")
_OUTSIDE = re.compile(r"(?<!!)\[([^\]]+)\]\(\.\./[^)]*\)")


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Return the text of a page without links to files that are no part of the site."""
    page.meta["lang"] = "sv" if page.file.src_uri in SWEDISH else "en"
    return _OUTSIDE.sub(r"\1", markdown)


def on_page_content(html: str, **_: Any) -> str:
    """Return the page with its tables in boxes that scroll, so that a phone shows them whole; code scrolls by itself."""
    number = count(1)

    def box(_: re.Match[str]) -> str:
        return f'<div class="scroll" role="region" aria-label="Tabell {next(number)}" tabindex="0"><table>'

    html = re.sub("<table>", box, html).replace("</table>", "</table></div>")
    return html.replace("<pre>", '<pre tabindex="0">')


def on_post_build(config: Any, **_: Any) -> None:
    """Copy the style sheet and the icon of the archive's pages into the site."""
    for name in TAKEN:
        shutil.copyfile(STATIC / name, Path(config["site_dir"]) / name)
