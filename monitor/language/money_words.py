"""Words and patterns of sums: scales, currencies, links of spans, and words that tell the pot from the money for one project.

Four languages: Swedish, English, Danish, Norwegian. Codes of currencies: ISO 4217. The words are in `money.toml`, the grammar is
here.
"""

from __future__ import annotations

import re
from functools import lru_cache

from monitor.language.datafile import Patterns
from monitor.language.number_words import BLANK, NUMBERS

DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
# A bare krona: the language of the text tells which country's it is.
KRONA = "KR"
KRONER = "KRONER"
_CURRENCIES = {"sek": "SEK", "nok": "NOK", "dkk": "DKK", "eur": "EUR", "usd": "USD", "gbp": "GBP", "chf": "CHF", "pln": "PLN"} | {
    "kroner": KRONER,
    "krona": KRONA,
}
"""Codes of the currencies by their tables in `money.toml`, in the order in which they are tried."""
_SCALES = {"milliard": 10**9, "million": 10**6, "thousand": 10**3}
"""Factors of the scales by their tables in `money.toml`."""
# Words that hold both a scale and a krona.
_SCALED_KRONA = {"mkr": 10**6, "mnkr": 10**6, "mdkr": 10**9, "tkr": 10**3, "t.kr": 10**3, "kkr": 10**3}
_LETTER_SCALES = {"m": 10**6, "k": 10**3, "t": 10**3, "bn": 10**9}
_ENGLISH_SCALES = frozenset({"million", "millions", "billion", "billions", "thousand", "thousands", "m", "bn", "k"})

_END = "(?![a-zåäöæøéł0-9])"
_GAP = rf"{BLANK}{{0,2}}"
PATTERNS = Patterns(
    "money.toml",
    {
        "currency": "(?:" + "|".join(f"{{{table}}}" for table in _CURRENCIES) + r")(?:(?<=[€£$.])|{end})",
        "scale": "|".join(f"{{{table}}}" for table in _SCALES),
        "end": _END,
        "gap": _GAP,
        # The dot is the word's own where the currency follows, else it may end the sentence.
        "dotted": r"(?:\.(?={gap}{currency})|{end})",
        "codes": r"sek|nok|dkk|eur|usd|gbp|chf|pln",
        # Codes, signs and "kr" before a figure. Longer words belong to the figure before them.
        "before": r"(?:{codes}|euros?|us{blank}?\$|€|£|\$|zł|kr\.|kr)",
        "number": (
            r"{figures}|(?<!\w)(?P<word>{word_number})(?={blank}(?:(?:till|til|to|och|og|and){blank}(?:{word_number}|"
            r"{figures}){blank})?(?:{scale}|procent\b|prosent\b|per\s?cent\b))"
        ),
        "unit": (
            r"(?P<stroke>[,:]-(?![0-9]))(?:{gap}(?P<stroke_currency>{currency}))?|{gap}(?:(?P<krona>(?:mkr|mnkr|mdkr|tkr|"
            r"kkr){end}|t\.kr\.?)|(?P<scale>{scale})(?:{gap}(?:of{blank})?(?P<scale_currency>{currency}))?|(?P<letter>(?:[mk]|"
            r"bn){blank}?|t)(?P<letter_currency>(?:{codes}|kr){end}|euros?{end}|[€£$])|(?P<currency>{currency}))"
        ),
        "letter_scale": r"(?:[mk]|bn){end}",
        # "100k and 500k EUR": the letter of the first figure counts where the second has it too.
        "shared_letter": (
            r"[mk](?={blank}{0,2}(?:-|(?:till|til|to|och|og|and)\b){blank}{0,2}{figures}{blank}?[mk](?:{blank}?(?:{codes}|kr|"
            r"euros?){end}|[€£$]))"
        ),
        "prefix": (
            r"(?<![\w$])(?:(?P<krona>mkr|mnkr|mdkr|tkr|kkr|t\.kr\.?)|(?P<letter>(?:[mk]|bn){blank}?|"
            r"t)?(?P<currency>{before}))(?P<label>[):]{0,2}){gap}$"
        ),
        "percent": r"(?:{blank}|-)?(?:%|(?:procent(?:igt|ig|s)?|prosents?|pct|per{blank}?cent)\b)",
        "cents": r"{blank}(?:(?:och|og|and){blank})?(?P<cents>[0-9]{1,2}){blank}?[öø]re{end}",
        "link": r"{gap}(?:(?P<to>-|till|til|to)|(?P<both>och|og|and)){gap}",
        # "Lägst 150 000 och högst 500 000 kronor": the upper bound of a span is behind its lower one.
        "upper_link": (
            r"{gap}(?P<both>,|,?{blank}?(?:och|og|and|men|but))?{gap}(?:högst|max|maximalt|maks|maksimalt|højst|høyst|"
            r"maximum|maksimum|at{blank}most|upp{blank}till|up{blank}to|op{blank}til|opp{blank}til|inntil|indtil){gap}"
        ),
        # "120.000, 250.000 eller 400.000 euro": fixed sums of which one is chosen.
        "choice_link": r"{gap}(?:(?P<comma>,)|,?{gap}(?:(?P<either>eller|or)|and|och|og)){gap}",
        # "Budget: €250,000 lump sum": directly behind a sum.
        "lump": (
            r"\s*\(?(?:lump[\s-]sum|engangs(?:beløb|beløp)|engångsbelopp|klumpsumma|schablonbelopp)\b(?!\s+(?:grants|"
            r"projects))"
        ),
        "between": r"(?:mellan|mellem|mellom|between){blank}+$",
        # A figure behind one of these is the number of a part, not a sum.
        "part": (
            r"(?:\b(?:del|steg|etapp|fas|lot|part|phase|stage|step|topic|axis|fase|trin|delmål|mål|goal|artikel|article|"
            r"kapitel|nr|no|projekt|project|prosjekt)\.?|§){blank}?$"
        ),
        # Without a currency, "10 miljoner" is money only where no noun follows: not people, not tons.
        "no_noun": (
            r"\s*(?:$|[.,;:!?)\n·|-]|(?:i|till|för|från|per|om|av|under|ur|och|eller|som|på|inom|att|är|ska|kan|finns|utlyses|"
            r"avsätts|fördelas|till|årligen|totalt|under|for|to|in|from|per|and|or|is|are|will|til|fra|pr|og|eller|af|skal|er|"
            r"som|over|would|could|may|can|during|depending|with|which|while|each|at|over|kan|må|får|beroende|avhengig|"
            r"afhængig)\b)"
        ),
        "restated": (
            r"\s*(?:[,(=]|(?:dvs\.?|motsvar\w+|svarende\s+til|tilsvarende|equivalent\s+to|i\.e\.))\s*(?:ca\.?|cirka|ungefär|"
            r"omkring|drygt|nästan|närmare|över|motsvar\w+|about|approx\w*\.?|around|=)?\s*"
        ),
        "per": (
            r"^\s*(?:(?!(?:och|og|and|men|but)\b)[^\s0-9]+\s+){0,4}?(?:per|pr\.?|/|till\s+varje|til\s+hvert?|i\s+(?:varje|hvert?)|"
            r"in\s+each)\s*\w{0,15}?{project_noun}\b"
        ),
        # "Mellem 5 og 25 mio. kr. i et projekt", of a span or a bound.
        "in_project": r"\s*(?:i|in|til|till)\s+(?:ett?|an?|en)\s+(?:enskilt\s+|enkelt\s+|single\s+)?\w{0,15}{project_noun}\b",
        # "300 000 kroner per anlegg": never the pot, whatever is counted; years and months are its own.
        "per_any": (
            r"\s*(?:per|pr\.?)\s+(?!år|year|annum|månad|måned|month|uke|vecka|uge|week|omgång|runde|round|call|"
            r"utlysning)[a-zåäöæøé]{3}"
        ),
        # Behind "per": those who hand the money on to others.
        "handed_on": r"(?:län|region|county|counties|landsdel|fylke|country|countries|land\b|lande?\b|medlemsland|fond)",
        "asked": (
            r"(?:ansökningar|ansökte|(?:an)?sökt(?!\s+belopp\s+(?:ska|måste|får|kan|bör)\b)|beviljat\w*|omsätt\w*|omsättning|omsetning|omsætning|turnover|"
            r"balansomslutning|revenues?)\b[^.]{0,50}$"
        ),
        # Costs of a project as its own people estimate them: nobody hands them out.
        "own_cost": (
            # The budget of one network or project, and a rule for those with a larger one.
            r"\b(?:networks?|partnerships?|consorti(?:um|a)|pilots?|nätverk|netværk|nettverk|partnerska[pb]|konsorti\w+|småprojekt|småprosjekt)"
            r"(?:en?s?|ets?|s|['’]s)?\s+(?:(?:total\w*|samlede|overall)\s+)?(?:budget|budsjett)\w*\b[^.;0-9]{0,30}$|"
            r"\b(?:budget|budsjett)\w*\s+(?:of|för|for|i)\s+(?:an?|each|every|one|ett?|en|varje|hvert?)\s+(?:[\w-]+\s+){0,2}?"
            r"\w{0,20}(?:projects?|projekt|prosjekt|pilot|network|nätverk|netværk|nettverk|partnership|partnerska[pb]|consortium|"
            r"konsortium)\b[^.;]{0,45}$|"
            r"\b(?:projekt|prosjekt|project|pilot|consorti|konsorti|network|partnership|partnerska|applicant|ansøger|søker|sökande)\w*\b"
            r"[^.;:]{0,40}\b(?:total|projekt|prosjekt)?(?:budget|budsjett)\w*\s+(?:(?:på|som|der|that|of)\s+)?(?:över|over|above|"
            r"exceed\w*|överstig\w*|overstig\w*|(?:större|større|mera?|mere|more|larger)\s+(?:än|end|enn|than))\s*"
            r"(?:€|£|\$|kr\.?|[a-z]{3})?\s*$|"
            r"\b(?:projekt|projekter|prosjekter|projects)\s+(?:på|om|of|worth)\s+(?:over|över|above|more\s+than|mere\s+end|mer\s+än|mer\s+enn)\s*"
            r"(?:€|£|\$|kr\.?|[a-z]{3})?\s*$|"
            r"\b(?:costs?|(?:total|projekt|prosjekt)?kostnad\w*|omkostning\w*)\s+(?:per|pr\.?)\s+(?:project|projekt|prosjekt|application|"
            r"ansökan)\s*(?::|must\b|should\b|may\b|have\b|ska\b|skal\b|får\b|må\b|är\b|is\b|are\b)[^.;]{0,40}$|"
            r"\b(?:the\s+)?(?:planned|estimated|expected)\s+grant\s+(?:is|will\s+be)\s+(?:about\s+|around\s+)?(?:[a-z]{3}\s*|€)?$|"
            r"\b(?:(?:estimated|planned|expected|tentative|our|total|beräknad|uppskattad|planerad|preliminär|total|forventet|"
            r"anslået|estimert|anslått|samlet)\s+)(?:projekt|prosjekt|project\s+)(?:ets\s+|'s\s+)?(?:budget|budsjett|kostnad|"
            r"costs?)\w*\W*(?:\w+\W+){0,2}?$|\b(?:projektets|projektens|prosjektets|projektbudgeten|the\s+project['’]s|our|"
            r"vår|vores)\s*(?:totala\s+|samlede\s+|total\s+)?(?:budget|budsjett|kostnad|omkostning|"
            r"costs?)?\w*\s+(?:\w+\s+)?(?:beräknas|uppskattas|väntas|anslås|forventes|beregnes|is\s+(?:estimated|expected)|is|"
            r"är|er)\b[^.;]{0,25}$|\b(?:budget|total\s+costs?)\s+of\s+(?:a|an|the|each|every|one)\s+(?:[\w-]+\s+){0,2}project\b[^.;]{0,30}$|"
            r"\b(?:med|with|på)\s+(?:en?|et|ett|a)\s+(?:total\s+|samlet\s+)?(?:budget|budsjett)\w*\s+(?:på\s+|of\s+|om\s+)?"
            r"(?:under|over|över|below|above|mindre|mer)\s+(?:än\s+|enn\s+|end\s+|than\s+)?$|"
            r"\b(?:projektets|projektens|prosjektets|(?:et|ett)\s+(?:\w+\s+)?(?:projekts|prosjekts))\s+(?:totala\s+|samlede\s+|totale\s+)?(?:budget|budsjett)\w*\s+"
            r"(?:får|kan|ska|skal|må)\b[^.;]{0,30}$|\b(?:projektbudgeten|projektbudgettet|prosjektbudsjettet)\s+(?:måste|ska|skal|må)\b[^.;]{0,30}$|"
            r"\b(?:total)?(?:kostnad|omkostning|cost)\w*\s+(?:ska|skal|får|må|kan|must|may|should|"
            r"has\s+to|need\w*\s+to|är|er|is)\b[^.;,]{0,40}$|"
            r"\b(?:total|projekt|prosjekt)?(?:kostnad|omkostning|utgift|udgift|expenditure|expenses|costs|investering|investment)\w*\s+"
            r"(?:(?:för|for|of|til|till)\s+(?:\w+\s+){1,3}?)?"
            r"(?:ska|skal|får|må|måste|kan|behöver|bör|must|may|should|needs?\s+to|has\s+to)\s+"
            r"(?:(?!\b(?:få|receive|get|modtage|motta|bidrag|stöd|støtte|tilskudd?|grants?)\b)[^.;,]){0,40}$|"
            r"\b(?:avgift|medlemsavgift|deltagaravgift|fees?|gebyr|"
            r"kontingent)\w*\b(?!\s+(?:and|och|og)\b)[^.;,]{0,30}$|\b(?:projects?|applicants?|projekt(?:et|en|er|erne)?|prosjekt(?:et|er|ene)?)\s+(?:may|can|must|should|will|får|kan|ska|skal|må|bör|måste)\s+"
            r"(?:have|ha|have)\s+(?:a|an|en|et|ett)?\s*(?:total\s+|samlet\s+)?(?:project\s+|projekt|prosjekt)?(?:budget|budsjett|kostnad)\w*\b[^.;]{0,25}$|"
            r"\w*(?:utgifter|kostnader|udgifter|omkostninger|costs|expenses|expenditure)\s+(?:på|om|of|för|over|över|op\s+til|opp\s+til|"
            r"upp\s+till|up\s+to|inntil|indtil)\s+(?:\w+\s+){0,2}$|"
            r"\b(?:total\s+)?project\s+budget\s+(?:may|must|should|can|cannot)\b[^.;]{0,30}$|"
            r"\b(?:costing|som\s+kostar|som\s+koster|der\s+koster)\s+(?:\w+\s+){0,3}(?:€|£|\$|kr\.?|[a-z]{3})?\s*$|\b(?:costs?\s+(?:of|about)|kostar?|koster?|cost)\s+(?:\w+\s+){0,2}$"
        ),
        # Money for another country's side of a programme is not the pot.
        "other_side": (
            r"\b(?:norska?|danska?|finska?|finsk|tyska?|tysk|polska?|norwegian|danish|finnish|german|polish)\s+(?:sid[ae]n?|"
            r"side)\b"
        ),
        # Money for some of the projects only: "För förenklade projekt är EU-stödet högst 50 000 euro".
        "some_projects": (
            r"(?:^|[.!?\n]\s*)(?:för|for)\s+(?:förenklade|forenklede|forenklete|små|mindre|småskaliga|småskala|simplified|smaller|small|"
            r"small-scale|större|stora|store|større|larger|large|strategiska)\s+(?:proje[ck]t|prosjekt)"
        ),
        # A size that is stated in costs is no sum of money that is granted: "2 miljoner kronor i stödberättigande kostnader".
        "in_costs": (
            r"\s+(?:i|in|of|av|af)\s+(?:(?:totala?|totale|sammanlagd\w*|samle(?:t|de)|total|overall|projektets)\s+)?(?:stödberättigande\s+|stödgrundande\s+|støtteberettigede\s+|"
            r"støtteberettigete\s+|støtteberettiga\s+|eligible\s+|bidragsgrundande\s+)?(?:projekt|total)?(?:kostnad|udgift|omkostning|utgift|costs?\b|expenditure)"
        ),
        "part_of": (
            r"(?:varav|därav|heraf|hvoraf|herav|hvorav|derav|of\s+which|including)\s+(?:\w+\s+){0,2}(?:€|£|\$|kr\.?|"
            r"[a-z]{3})?\s*$|"
            # "..., of which 4 million for A and 6 million for B", and what each gets a year, added up over the years.
            r"\b(?:varav|därav|heraf|hvoraf|herav|hvorav|derav|of\s+which)\s[^.;:]{0,70}?(?:,|\b(?:and|och|og|samt))\s+(?:€|£|\$|kr\.?|"
            r"[a-z]{3})?\s*$|\b(?:varje|var\s+och\s+en|each|every|hver|hvert|hverje)\s[^.;:]{0,80}?\b(?:per\s+år|om\s+året|årligen|a\s+year|"
            r"per\s+year|annually|årligt|årlig)\b[^.;:]{0,40}$|"
            r"(?<!per pilot )(?<!per project )(?<!per consortium )(?<!per grant )"
            r"\bout\s+of\s+(?:(?:an?|the)\s+(?:\w+\s+){1,4}of\s+)?(?:€|£|\$|[a-z]{3})?\s*$"
        ),
        "is_former": r"\b{former}\s*(?:mellan|mellem|mellom|between)?\s*(?:€|£|\$|kr\.?|[a-z]{3})?\s*$",
        "is_instalment": r"\b{instalments}\b[^.;:]{0,40}$",
        # Behind a word of comparison, a year before says nothing of this sum: "den samme som i fjor".
        "no_comparison": (
            r"(?<!\bsom\s)(?<!\bän\s)(?<!\bend\s)(?<!\benn\s)(?<!\bthan\s)(?<!\bas\s)(?<!\bmed\s)(?<!\btil\s)(?<!\bto\s)"
            r"(?<!\bmot\s)"
        ),
        # "2 miljoner kronor mer än förra året", "en ökning med 2 miljoner": a difference, no sum that is handed out.
        "differs": (
            r"\s*(?:mera?|mere|more|mindre|less|högre|lägre|højere|lavere|høyere|higher|lower)\s+(?:än|end|enn|than)\s+"
            r"(?:i\s+|in\s+|the\s+)?(?:förra|föregående|sidste|forrige|last|previous|fjol|fjor|year|20[0-9]{2})"
        ),
        "is_difference": (
            r"\b(?:increase|rise|decrease|reduction|ökning|höjning|minskning|økning|økt|stigning|forhøjelse|nedgang)\w*\s+"
            r"(?:of|med|på|om)\s+(?:€|£|\$|kr\.?|[a-z]{3})?\s*$|"
            r"\b(?:increased|raised|reduced|cut|höjts|höjs|ökats|ökar|ökas|minskar|minskas|økes|økt|hæves|hævet|øges|øget)\s+(?:by|med)\s+"
            r"(?:€|£|\$|kr\.?|[a-z]{3})?\s*$"
        ),
        "is_added": r"\b{added}\s*(?:€|£|\$|kr\.?|[a-z]{3})?\s*$",
        "is_left": r"\s*(?:(?:er|är|is|are|now|nu)\s+){0,2}{left_over}\b",
        # "Fem miljoner kronor. Så mycket finns det för broar": the pot is named by the sentence behind.
        "so_much": r"\s*[.:!]\s*(?:så\s+(?:mycket|meget|mye)|that\s+is\s+(?:how\s+much|what))\b",
        # "Priset på 250 000 kronor delas mellan två kommuner": what several get together.
        "is_shared": (
            r"\s*(?:som\s+|der\s+|that\s+|which\s+)?(?:ska\s+|skal\s+|will\s+be\s+|is\s+|are\s+|to\s+be\s+)?"
            r"(?:delas|deles|shared|divided|split|fordeles|fördelas)\s+(?:mellan|mellem|mellom|between|among)\b"
            r"(?!\s+(?:\w+\s+){0,2}?(?:partner|part\b|parter|deltag|deltak|medlem|member|participant))"
        ),
        # "NOK 45 million call": in English the pot stands before its call.
        "pot_behind": r"\s+(?:call|fund|scheme|programme|pot)\b(?!s)",
        # Money of the Union that a call hands out: "EUR 60 million from the ERDF".
        "of_fund": r"\s+(?:of|from|i|från|fra|ur)\s+(?:the\s+)?(?:erdf|esf\+?|eu\b|eu-medel|regionalfonden|socialfonden)",
        "in_all": r"\s*(?:in\s+all|altogether|all\s+told|in\s+total)\b",
        # A bound behind its sum: "EUR 220 000 at the most".
        "most_behind": r"\s*(?:at\s+(?:the\s+)?most|as\s+a\s+maximum|som\s+mest|på\s+det\s+mesta)\b",
        # A sum for the whole of a project beside one for a year of it.
        "whole_project": (
            r"\s*(?:för|for|i|in|over|under)\s+(?:hela|hele|the\s+whole|the\s+entire|det\s+samlede)\s+"
            r"(?:projekt|prosjekt|project)\w*"
        ),
        # "90 000 kronor för de tre åren", behind the sum for one of them.
        "whole_period": (
            r"\s*(?:för|for|over|över|under|i)\s+(?:hela|hele|the\s+(?:whole|full|entire)|samtliga|alla|alle|all|de|the)\s+"
            r"(?:[\w-]+\s+){0,2}?(?:(?!program)\w{0,20}period\w*|\w*åren|årene|år|years)\b"
        ),
        "whole_before": (
            r"\b(?:för|for|over|över)\s+(?:hela|hele|the\s+(?:whole|full|entire)|samtliga|alla|alle|all)\s+"
            r"(?:[\w-]+\s+){0,2}?(?:(?!program)\w{0,20}period\w*|åren|årene|years|projekt\w*|prosjekt\w*|project)\s+"
            r"(?:(?:sammanlagt|totalt|högst|højst|høyst|i\s+alt|til\s*sammen|in\s+total|is|är|er)\s+){0,2}(?:€|£|\$|kr\.?|[a-z]{3})?\s*$"
        ),
        "year_before": (
            r"\b(?:för|for)\s+(?:ett|et|one|a)\s+(?:enskilt\s+|enkelt\s+|single\s+)?(?:år|year)\s+(?:är|er|is)\s*"
            r"(?:€|£|\$|kr\.?|[a-z]{3})?\s*$"
        ),
        "of_one_year": (
            r"\b(?:per|pr\.?|om|för|for|i|a|each)\s+(?:ett\s+|et\s+|one\s+|a\s+)?(?:enskilt\s+|enkelt\s+|single\s+)?(?:år|year)(?:et)?\b|\bårlig\w*|\bannual\w*|\byearly\b"
        ),
        "per_year": r"\s*(?:per|pr\.?|om)\s+(?:year|år)(?:et)?\b",
        # Of three fixed sums or more, the verb may stand further off.
        "choice_far": r"\b(?:kan|får|can|may)\s+(?:\w+\s+)?(?:få|søge|søke|söka|receive|get|request)\b[^.:;]{0,80}$",
        "granted_label": (
            r"\b(?:support|grants?|stöd|bidrag|tilskudd?|støtte|how\s+much|hur\s+mycket)"
            r"(?:\s+(?:är|er|are|is)\s+(?:fasta?|faste|fixed))?\s*[:?]\s*(?:€|£|\$|kr\.?|[a-z]{3})?\s*$"
        ),
        "yearly": (
            r"\s*(?:för|for)\s+(?:ett|et|one|a)\s+(?:år|year)\b(?=[^;]{0,60}\b(?:hela|hele|whole|full|entire|samtliga|alla|alle|all)\b)|"
            r"\s*(?:(?:the\s+|det\s+)?(?:första|first|første|andra|second|andet|annet)\s+(?:året|year|år)\b|"
            r"per\s+\w+\s+(?:and|och|og)\s+(?:school\s+|läs|skol|skole)?(?:year|år)\b)|\s*(?:\([^)]*\)\s*)?(?:per|pr\.?|om|i|a|each|/)\s*(?:år(?:et|lig)?|year|annum)\b(?!\s+(?:och|and|"
            r"og)\s+(?:projekt|project))|\s*(?:årligen|årlig|årligt|annually|yearly)\b"
        ),
        "each": (
            r"(?:\b(?:är|er|is|are|of|om|på|à|worth|uppgår\s+till|utgör|udgør|utgjør|får|gets?|receives?)\s+|^\s*)(?:€|£|\$|"
            r"kr\.?|[a-z]{3})?\s*$|^\s*(?:bidrag|stöd|grants?|tilskudd?|støtte|vouchers?|\w{0,20}check)(?:et|en)?\s*:\s*$"
        ),
        "gets": (
            r"\b(?:networks?|consorti(?:um|a)|partnerships?|cit(?:y|ies)|municipalit(?:y|ies)|schools?|kommuner|kommun|"
            r"nätverk|skolor|skoler)\b[^.;,\n0-9]{0,12}(?:[0-9]+\s+(?:to|till|til|-)\s+[0-9]+\s+\w+\s+)?\s?(?:gets?|receives?|"
            r"får)\s+(?:€|£|\$|kr\.?|[a-z]{3})?\s*$|\b(?:\w{1,30}?)?stipendi\w+\s+(?:om|på)\s*$|\bgrants?\s+of\s+exactly\s*$"
        ),
        "bound_tail": (
            r"[.:\s]*(?:på\s+|är\s+|om\s+|er\s+|of\s+|is\s+|søke\s+om\s+|søge\s+om\s+)?(?:cirka\s+|ca\.?\s+|"
            r"about\s+)?(?:et\s+beløb\s+på\s+)?$"
        ),
        "stated": (
            r"(?:\s+(?!per\b|pr\b)[a-zåäöæøé]+){0,3}(?:\s+(?:per|pr\.?)\s+[a-zåäöæøé]+)?(?::|\s+(?:är|er|is|på|of|om|utgör|"
            r"udgør|utgjør|skal\s+være|ska\s+vara|must\s+be))"
        ),
        # "Belopp under 50 000 kr beviljas inte": a bound by refusal, in the same sentence.
        "too_small": r"\b{below}\s*$",
        "too_large": r"\b{beyond}\s*$",
        # "Never less than" is a bound, no refusal.
        "denied": r"{no}\s+(?:{beyond}|{below})\s*$",
        "more": r"\s*(?:eller\s+mere?|och\s+uppåt|or\s+more|og\s+opp(?:over)?\b|og\s+opefter|and\s+(?:more|above|upwards))",
        "is_usual": r"\b{usual}\b(?:(?!\b(?:och|and|og)\s(?:i|in|det|the|vi|we|der)\b)[^.;]){0,40}$",
        "is_about": r"\b(?:{about})\s*(?:(?:€|£|\$|kr\.?|[a-z]{3})\s*)?$",
        "is_most": "{most}{bound_tail}",
        "any_most": r"{most}|\b(?:högsta|højeste|høyeste|största|største|highest|largest|maximum|maximal\w*)\b",
        "is_least": "{least}{bound_tail}",
        # Money for each of several: "30 MSEK vardera", "4 mio. kr. til hvert", "om vardera 30 MSEK".
        "each_behind": (
            r"\s*(?:(?:var|vardera|hver|hver\s+især|each|apiece)\b(?!\s+(?:år|gång|gang|year|month|månad|måned|other))|"
            r"(?:till|til|to|för|for|at)\s+(?:varje|vart\s+och\s+ett|var\s+och\s+en|hvert?|hver\s+især|enhver|each|"
            r"every)\b(?!\s+(?:år|gång|gang|year)))"
        ),
        "each_before": (
            r"\b(?:vardera|hver\s+især|(?<!och\s)(?<!og\s)hver\s+(?:på|får)|get\s+each|each\s+(?:of|worth|receiving))\s+(?:€|£|\$|"
            r"kr\.?|[a-z]{3})?\s*$"
        ),
        # Behind "to each": whom one project, applicant or winner can be. Money to each county is handed out by the county.
        "each_whom": (
            r"\s*(?:till|til|to|för|for|at)\s+\w+(?:\s+och\s+e\w+|\s+især)?(?:\s*$|\s*[-.,;:!)]|\s+(?:(?:of|av|af)\s+(?:\w+\s+){0,3}?)?"
            r"(?:[\w-]+\s+)?\w{0,15}{project_noun}|\s+(?:kan|ska|skal|is|are|och|og|and|dog|men|but)\b)"
        ),
        # What each partner gets is a part of the project's money.
        "of_partner": (
            r"\b(?:each|every|varje|hver)\s+(?:project\s+|projekt|prosjekt)?(?:partner|participant|deltagare|deltager|deltaker|"
            r"part|country|land|member|medlem)\b\s[^.;:,]{0,40}$"
        ),
        # "300 mkr per år i tre år": a part of a sum that is not stated.
        "several_years": (
            r"\s*(?:per|pr\.?|om|i|a|each|/)?\s*(?:år(?:et|lig(?:en|t)?)?|year|annum|annually)\s+(?:i|under|för|for|over|"
            r"gjennom)\s+(?:\w+\s+)?(?:[0-9]+|\w+)\s+(?:år|years)\b"
        ),
        # "Kommuner kan söka del av 30 miljoner": the pot, whatever the verb.
        "share_of": (
            r"\b(?:share|slice|part|andel|del|delar?|dele)\s+(?:of|av|af|i|på)\s+(?:the\s+|de\s+|a\s+|totalt\s+|i\s+alt\s+|"
            r"more\s+than\s+|over\s+|drygt\s+|up\s+to\s+|upp\s+till\s+|op\s+til\s+|inntil\s+)?(?:€|£|\$|kr\.?|[a-z]{3})?\s*$"
        ),
        # A heading of the sum that one applies for; it is the pot's where it holds a single sum.
        "asked_label": (
            r"\b{asked_amount}\s*[:?]\s*(?:from\s+|från\s+|fra\s+|between\s+|mellan\s+|mellem\s+|mellom\s+)?"
            r"(?:€|£|\$|kr\.?|[a-z]{3})?\s*$"
        ),
        # Money for each of something that nobody applies for by itself.
        # "Per lägenhet lämnas högst 20 000 kronor".
        "unit_before": (
            r"(?:^|[.!?:;]\s*)(?:per|pr\.?|för\s+varje|for\s+hver|for\s+each)\s+{unit_counted}\w*\s+"
            r"(?:lämnas|ges|betalas|får|är|utgår|gis|gives|ydes|er|is|are|we)\b[^.;,]{0,25}$"
        ),
        "unit_rate": r"\s*(?:per|pr\.?|/|each|for\s+hver|för\s+varje)\s+{unit_counted}\w*",
    },
    others=(NUMBERS,),
)
# Currencies whose figures are no sums here. These patterns know small and capital letters.
_OTHER = (
    "(?:AUD|CAD|NZD|SGD|HKD|CZK|HUF|RON|BGN|ISK|TRY|UAH|RUB|JPY|CNY|INR|ZAR|BRL|MXN|KRW|RSD|BAM|MKD|MDL|GEL|"
    "ILS|AED|THB|IDR|EEK|LVL"
    "|LTL|HRK)"
)
OTHER_PREFIX = re.compile(rf"(?:(?<!\w){_OTHER}|[A-Za-z]{{1,3}}\$|[¥₽₺₹₩₴]|Kč){_GAP}$")
OTHER_SUFFIX = re.compile(rf"{_GAP}(?:{_OTHER}{_END}|[¥₽₺₹₩₴]|Kč)")
# Cents after a blank, as badly set prices have it: "1.837, 32".
LOOSE_CENTS = re.compile(rf",{BLANK}(?P<cents>[0-9]{{2}})(?![0-9.,])")
YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_SWEDISH_LETTER = re.compile("[äö]", re.IGNORECASE)
_NEIGHBOUR_NAMES = re.compile(r"\b(?:NOK|DKK|Norwegian|Danish|Norway|Denmark)\b")


@lru_cache(maxsize=2048)
def holds(name: str, words: str) -> bool:
    """Tell whether a pattern is found in the words next to a sum; tables and noise repeat them by the thousand."""
    return PATTERNS[name].search(words) is not None


def is_least(before: str) -> bool:
    """Tell whether the words before a figure make it a lower bound: "minst", "more than", but not "no more than"."""
    return holds("is_least", before) and not holds("is_most", before)


def is_fixed(before: str, after: str, *, each: bool) -> bool:
    """Tell whether a sum between two stretches of its sentence is a fixed one; `each` tells that it is said of each applicant.

    A sum with a bound, an estimate or a cost before it, or directly behind, is not fixed.
    """
    if holds("apart", before) or PATTERNS["apart"].match(after.lstrip(" ,(")):
        return False
    return holds("fixed", before) or holds("fixed", after) or holds("gets", before) or (each and holds("each", before))


def read_scale(words: str | None) -> int:
    """Return the factor of a word of scale ("miljoner", "k"); 1 for any other word."""
    key = (words or "").casefold().rstrip(f". {chr(0xA0)}")
    if key in _LETTER_SCALES:
        return _LETTER_SCALES[key]
    if key in _SCALED_KRONA:
        return _SCALED_KRONA[key]
    return next((factor for table, factor in _SCALES.items() if key and PATTERNS[table].fullmatch(key)), 1)


def is_english_scale(words: str | None) -> bool:
    """Tell whether a word of scale is English, where a comma separates thousands."""
    return (words or "").casefold().strip() in _ENGLISH_SCALES


def read_currency(words: str | None) -> str:
    """Return the ISO code of a currency as written; KRONA or KRONER where the language decides; "" for any other word."""
    key = " ".join((words or "").casefold().split())
    return next((code for table, code in _CURRENCIES.items() if key and PATTERNS[table].fullmatch(key)), "")


def krona_of(language: str, text: str) -> dict[str, str]:
    """Return the ISO codes of a bare krona (KRONA) and of "kroner" (KRONER) in a text; "" where it could be several.

    The language decides: Swedish SEK, Danish DKK, Norwegian NOK. English says "kroner" of both neighbours. A text with words or
    letters of the neighbours, and without ä and ö, is not Swedish whatever its source says.
    """
    nordic = {"no": "NOK", "nb": "NOK", "nn": "NOK", "da": "DKK"}.get(language)
    if nordic is None and language in ("", "sv") and PATTERNS["not_swedish"].search(text) and not _SWEDISH_LETTER.search(text):
        danish, norwegian = len(PATTERNS["danish"].findall(text)), len(PATTERNS["norwegian"].findall(text))
        nordic = "DKK" if danish > norwegian else "NOK" if norwegian > danish else ""
    if nordic is not None:
        return {KRONA: nordic, KRONER: nordic}
    return {KRONA: "" if language == "en" and _NEIGHBOUR_NAMES.search(text) else "SEK", KRONER: ""}
