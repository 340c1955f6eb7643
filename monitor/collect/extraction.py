"""Extract the text of an article with trafilatura. Imported when the first page is read, since it is slow to load.

trafilatura asks jusText where its own search finds little, with the stop words of a hundred languages: 154,000 words, which take
33 MB and half a second in every process that reads a page. Here it gets those of the languages that sources are in.
"""

from __future__ import annotations

import lxml.html
import trafilatura
import trafilatura.external
from justext import get_stoplist
from trafilatura.settings import Document

# The languages that `Source.language` has, and the two working languages of the EU beside English.
_LANGUAGES = ("Swedish", "English", "Danish", "Norwegian_Bokmal", "Norwegian_Nynorsk", "Finnish", "German", "French")

# The list that trafilatura makes of all languages unless there is one; no argument of its functions reaches it.
trafilatura.external.JT_STOPLIST = tuple(sorted(frozenset().union(*map(get_stoplist, _LANGUAGES))))  # type: ignore[assignment]  # None at first


def article_text(root: lxml.html.HtmlElement, url: str) -> str:
    """Return the text of the article that a page holds, a paragraph a line; "" when it holds none. Changes the page."""
    # Without its metadata: that would search the whole text for a date and take any for the day of publication.
    extracted = trafilatura.bare_extraction(
        root, url=url, with_metadata=False, include_comments=False, include_tables=True, favor_recall=True, as_dict=False
    )
    return extracted.text or "" if isinstance(extracted, Document) else ""
