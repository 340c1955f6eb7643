"""What stands on a page and is no part of its text: buttons, counters, today's date. Left out, so that a page changes only when its text does. Pure."""

from __future__ import annotations

import re

_DAYS = r"(?:mån|tis|ons|tors|fre|lör|sön)dag(?:en)?|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_MONTHS = r"jan(?:uari|uary)?|feb(?:ruari|ruary)?|mars|march|april?|maj|may|juni?|june|juli?|july|aug(?:usti|ust)?|sep(?:tember)?|okt(?:ober)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
_DAY = rf"(?:(?:den\s+)?\d{{1,2}}(?:\s*:?e)?\.?\s+(?:{_MONTHS})\.?(?:\s+\d{{4}})?|\d{{4}}-\d\d-\d\d)"
_TIME = r"(?:,?\s*(?:kl\.?|klockan|at)?\s*\d{1,2}[.:]\d{2}(?:[.:]\d{2})?)"
_NUMBER = r"\d[\d\s.,\u00a0]*"

_LONGEST = 120  # such lines are short; long ones are text, and slow to try

_LINES = re.compile(
    "|".join(
        (
            # buttons and helps of the publishing systems
            r"lyssna(?: på sidan)?|skriv ut(?: sidan)?|dela(?: sidan| på facebook| via e-post)?|tipsa en vän|hoppa till huvudinnehåll(?:et)?|till toppen|tillbaka|läs mer|"
            r"skip to (?:main )?content|back to top|share(?: this page)?|print(?: this page)?|read more|listen",
            r"länk till annan webbplats(?:, öppnas i nytt fönster)?\.?|öppnas i nytt fönster\.?|opens in (?:a )?new (?:window|tab)\.?",
            r"(?:fick du|hjälpte) (?:hjälp av )?(?:informationen|den här sidan)[^\n]*\?|var (?:sidan|informationen) (?:till hjälp|användbar)\?|was this page (?:helpful|useful)\?|expired!",
            r"\[missing text [^\]\n]*\]",
            # counters
            rf"(?:antal\s+)?(?:sid)?(?:visningar|besök|läsningar|träffar|nedladdningar|views|hits|page\s?views)\s*:?\s*{_NUMBER}|{_NUMBER}\s*(?:sid)?(?:visningar|läsningar|views|page\s?views|hits)",
            rf"(?:sidan|artikeln|this page)\s+(?:har\s+)?(?:visats|lästs|besökts|has been (?:viewed|read))\s+{_NUMBER}\s*(?:gånger|times)\.?",
            rf"besökare (?:just nu|på sidan)\s*:?\s*{_NUMBER}",
            # today, and how long ago
            rf"(?:i\s?dag|today)\s*(?:är det|is)?\s*:?,?\s*(?:(?:{_DAYS}),?\s*)?{_DAY}{_TIME}?\.?",
            rf"(?:{_DAYS}),?\s+{_DAY}{_TIME}",
            r"(?:klockan är\s+|kl\.?\s+)?\d{1,2}[.:]\d{2}[.:]\d{2}",
            r"(?:publicera[dt]|uppdatera[dt]|ändra[dt]|published|updated|posted)?\s*:?\s*(?:för\s+)?(?:\d+|en|ett|an?)\s+(?:minuter?|timm(?:e|ar)|dag(?:ar)?|veck(?:a|or)|månad(?:er)?|minutes?|hours?|days?|weeks?|months?)\s+(?:sedan|sen|ago)",
            rf"(?:sidan\s+)?(?:senast\s+)?(?:uppdatera[dt](?:es)?|granska[dt](?:es)?|ändra[dt]|last\s+(?:updated|modified)|updated)\s*(?:den|on|av [^\n]{{0,40}})?\s*:?\s*(?:den\s+)?(?:(?:{_DAYS}),?\s*)?{_DAY}{_TIME}?\.?",
        )
    ),
    re.IGNORECASE,
)
_FIRST_DAY = re.compile(rf"\A\s*(?:(?:publicera[dt]|published)\s*:?\s*)?{_DAY}{_TIME}?\s*(?=\n)", re.IGNORECASE)
_SUM = r"(?:högst |upp till |max |totalt |cirka |ca |up to )?(?:\d[\d\s.,\u00a0]{0,20}(?:%|procent|kronor|kr\b|mkr|tkr|miljon|miljard|million|billion|euro|eur\b|€|sek\b)|(?:eur|€|sek)\s?\d)"
_LABEL = re.compile(rf"(?:^|(?<=\n))[-•* ]{{0,6}}([^\W\d][^\n.!?\d:]{{2,38}}?) ?:? ?\n[-•* ]{{0,6}}(?={_SUM})", re.IGNORECASE)
# The same words inside a line, where the text goes on around them.
_INSIDE = re.compile(
    r" ?\(?\blänk till annan webbplats(?:, öppnas i nytt fönster)?\.?\)?|\[missing text [^\]\n]*\]", re.IGNORECASE
)


def join_labels(text: str) -> str:
    """The text with a label and the sum of money on the line below it put on one line, as tables and definition lists are read."""
    return _LABEL.sub(r"\1: ", text)


def steady_text(text: str) -> str:
    """The text without lines that say nothing or change from day to day while the article does not."""
    text = _FIRST_DAY.sub("", text)
    kept = [
        line
        for line in _INSIDE.sub("", text).split("\n")
        if len(line) > _LONGEST or not _LINES.fullmatch(line.strip(" \t*•·|-–"))
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
