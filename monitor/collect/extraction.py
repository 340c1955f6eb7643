"""The text of an article found by trafilatura. Loaded when the first page is read: it takes longer than a run without pages needs to start.

trafilatura asks jusText where its own search finds little, and has it look for the stop words of a hundred languages: 154,000 words,
which take 33 MB and half a second in every process that reads a page. Here it is given those of the languages that sources are in.
"""

from __future__ import annotations

import lxml.html
import trafilatura
import trafilatura.external
from justext import get_stoplist
from trafilatura.settings import Document

# Those that `Source.language` knows, and the two working languages of the EU beside English.
_LANGUAGES = ("Swedish", "English", "Danish", "Norwegian_Bokmal", "Norwegian_Nynorsk", "Finnish", "German", "French")

# The list that trafilatura makes of all languages unless there is one; no argument of its functions reaches it.
trafilatura.external.JT_STOPLIST = tuple(sorted(frozenset().union(*map(get_stoplist, _LANGUAGES))))  # type: ignore[assignment]  # it begins as None


def article_text(root: lxml.html.HtmlElement, url: str) -> str:
    """Return the text of the article that a page holds, a paragraph a line; "" when it holds none. Changes the page."""
    # Without its metadata: that would search the whole text for a date and take any for the day of publication.
    found = trafilatura.bare_extraction(
        root, url=url, with_metadata=False, include_comments=False, include_tables=True, favor_recall=True, as_dict=False
    )
    return found.text or "" if isinstance(found, Document) else ""
