"""A small set of rules of our own for tests: four tables and two themes, sound as they stand."""

from monitor.calls import Call, Section
from monitor.matching.engine import judge_call
from monitor.matching.match import matches_of
from monitor.matching.rules.load import load_texts

DEPARTMENTS = """
[[department]]
id = "kultur"
name = "Kultur och fritid"

[[department]]
id = "teknik"
name = "Tekniska förvaltningen"
threshold = 8.0
"""

AREAS = """
[[area]]
id = "finansiering"
name = "Extern finansiering"

[[goal]]
id = "utbyten"
name = "Utbyten"

[[sdg]]
number = 4
name = "God utbildning för alla"

[[sdg]]
number = 7
name = "Hållbar energi för alla"
"""

PROGRAMMES = """
[[programme]]
id = "erasmus"
name = "Erasmus+"
codes = ["43353764"]
prefixes = ["ERASMUS"]
pays = "Utbyten."
applicants = "Kommuner och föreningar."
municipality = "ja"
funder_share = "EU betalar fasta belopp."
language = "Svenska eller engelska"
[programme.contact]
name = "MUCF"
url = "https://www.mucf.se"

[[programme]]
id = "life"
name = "LIFE"
codes = ["43252405"]
prefixes = ["LIFE"]
municipality = "som partner"

[[programme]]
id = "horizon"
name = "Horisont Europa"
codes = ["43108390"]
prefixes = ["HORIZON"]
"""

FIT = """
[place]
ours = ["Jönköpings län", "hela landet"]
languages = ["no"]
identifier = ["EuropeAid/*"]

[[place.other]]
id = "skane"
name = "Skåne"
words = ["Skåne"]

[[place.other]]
id = "varmland"
name = "Värmland"
words = ["Värmland"]

[[place.other]]
id = "finland"
name = "Finland"
words = ["riksomfattande"]
alone = true

[[offer]]
id = "tjanst"
reason = "Det är en ledig tjänst."
words = ["ledig tjänst"]

[[answer]]
id = "myndigheter"
answer = "nej"
reason = "Bara statliga myndigheter får söka."
words = ["endast myndigheter"]
unless = ["kommuner kan söka"]

[[answer]]
id = "kommuner"
answer = "ja"
reason = "Texten säger att kommuner kan söka."
words = ["kommuner kan söka", "municipalities can apply"]
in = ["title", "summary", "body", "conditions"]

[[answer]]
id = "delen-for-orter"
answer = "som partner"
reason = "Kommuner är ofta med."
identifier = ["TOWNS-*"]

[[answer]]
id = "rubriken"
answer = "som partner"
reason = "Rubriken gäller sådant som kommuner arbetar med."
words = ["harbour towns"]
in = ["title"]
"""

YOUTH = """
[theme]
id = "ungdom"
title = "Ungdomsutbyten"
departments = ["kultur"]
strategy = ["finansiering"]
goals = ["utbyten"]
sdgs = [4]

[[signal]]
id = "utbyte"
words = ["ungdomsutbyte", "youth exchange"]
weight = 4

[[signal]]
id = "unga"
words = ["ungdom*", "young people"]
weight = 2
in = ["title", "summary", "body"]

[[signal]]
id = "program"
programme = ["erasmus"]
weight = 2

[[veto]]
id = "forskare"
words = ["researchers only"]

[[example]]
title = "Youth exchange between two towns"
match = true

[[example]]
title = "Ungdomsutbyten i Norden"
match = true

[[example]]
title = "Stöd till ungdomsverksamhet"
text = "För ett ungdomsutbyte."
match = true

[[example]]
title = "Cancer research"
match = false

[[example]]
title = "Youth exchange"
text = "For researchers only."
match = false
"""

ENERGY = """
[theme]
id = "energi"
title = "Energi i fastigheter"
departments = ["teknik", "kultur"]
strategy = ["finansiering"]
sdgs = [7]

[[signal]]
id = "energi"
words = ["energieffektivisering", "energy efficiency", "energy renovation"]
weight = 4

[[signal]]
id = "byggnader"
words = ["public buildings", "offentliga byggnader"]
weight = 2
needs = ["energy", "energi*"]

[[example]]
title = "Energy efficiency in public buildings"
match = true

[[example]]
title = "Energieffektivisering i offentliga byggnader"
match = true

[[example]]
title = "Energy renovation"
match = true

[[example]]
title = "Public buildings and art"
match = false

[[example]]
title = "Youth exchange"
match = false
"""

FILES = {
    "departments.toml": DEPARTMENTS,
    "areas.toml": AREAS,
    "programmes.toml": PROGRAMMES,
    "fit.toml": FIT,
    "themes/ungdom.toml": YOUTH,
    "themes/energi.toml": ENERGY,
}


def small_rules(**changed):
    """The small rules, with some files in another text: `fit="..."`, `ungdom="..."`."""
    files = dict(FILES)
    for name, text in changed.items():
        files[f"{name}.toml" if f"{name}.toml" in FILES else f"themes/{name}.toml"] = text
    return load_texts(files)


def write_rules(folder, **changed):
    """The same as files below `folder`."""
    for name, text in {**FILES, **changed}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def a_call(title, text="", **values):
    """A call of the source `test` with a title, a text, and what else the test needs."""
    sections = (Section(title="", text=text),) if text else ()
    return Call(**{"source": "test", "call_id": title, "title": title, "url": "", "sections": sections, **values})


def match_call(rules, call, zones=None):
    """Return the matches of one call, which is analysed here unless `zones` has its lemma texts."""
    return matches_of(judge_call(rules, call, zones))
