"""The words and patterns sums are made of: scales, currencies, links of spans, and what tells the pot from the money for one project.

Four languages: Swedish, English, Danish, Norwegian. Codes of currencies: ISO 4217.
"""

from __future__ import annotations

import re

from monitor.language.number_words import BLANK, FIGURES, WORD_NUMBER

DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_END = r"(?![a-zåäöæøéł0-9])"
_GAP = rf"{BLANK}{{0,2}}"

# A bare krona: which country's it is, the language of the text tells.
KRONA = "KR"
KRONER = "KRONER"
# Words that hold both a scale and a krona.
_SCALED_KRONA = {"mkr": 10**6, "mnkr": 10**6, "mdkr": 10**9, "tkr": 10**3, "t.kr": 10**3, "kkr": 10**3}
_CURRENCIES = {
    "SEK": r"svensk[ae]\s+kron(?:or|er)|swedish\s+(?:kron(?:or|as?)|crowns)|sek",
    "NOK": r"norsk[ae]\s+kron(?:or|er)|norwegian\s+(?:kron(?:er|or|es?|as?)|crowns)|nok",
    "DKK": r"dansk[ae]\s+kron(?:or|er)|danish\s+(?:kron(?:er|or|es?|as?)|crowns)|dkk",
    "EUR": r"euros?|eur|€",
    "USD": r"(?:amerikansk[ae]|us)[\s-]?dollars?|american\s+dollars?|dollars?|usd|us\s?\$|\$",
    "GBP": r"(?:brittiska|britiske|engelska|engelske)\s+pund|pund(?:\s+sterling)?|(?:british\s+)?pounds?(?:\s+sterling)?|gbp|£",
    "CHF": r"schweizerfrancs?|(?:schweiziska|schweiziske|sveitsiske|swiss)\s+francs?|chf",
    "PLN": r"polska\s+zloty|polish\s+(?:zloty|zlotys|zloties)|zloty(?:s|er)?|zloties|zł(?:otych|oty)?|pln",
    KRONER: r"kroner(?:ne|s)?",
    KRONA: r"kron(?:or|orna|a)|kr\.|kr",
}
_CURRENCY = "(?:(?:" + "|".join(_CURRENCIES.values()) + rf")(?:(?<=[€£$.])|{_END}))"
_DOTTED = (
    rf"(?:\.(?={_GAP}{_CURRENCY})|{_END})"  # the dot is the word's own where the currency follows, else it may end the sentence
)
_SCALES: tuple[tuple[str, int], ...] = (
    (rf"(?:miljarder|miljard|milliarder|milliards?|billions?|bn){_END}|(?:mdr|mrd|mia|mld){_DOTTED}", 10**9),
    (rf"(?:miljoner|miljon|millioner|millions?|mn){_END}|(?:milj|mill|mio|mln){_DOTTED}", 10**6),
    (rf"(?:tusentals|tusen|tusind|thousands?){_END}", 10**3),
)
_SCALE = "(?:" + "|".join(words for words, _ in _SCALES) + ")"
_ENGLISH_SCALES = frozenset({"million", "millions", "billion", "billions", "thousand", "thousands", "m", "bn", "k"})

# What stands before a figure: codes, signs and "kr". Longer words belong to the figure before them.
_CODES = "sek|nok|dkk|eur|usd|gbp|chf|pln"
_BEFORE = rf"(?:{_CODES}|euros?|us{BLANK}?\$|€|£|\$|zł|kr\.|kr)"
# Currencies that are known to be others: a figure beside one of them is no sum here.
_OTHER = "(?:AUD|CAD|NZD|SGD|HKD|CZK|HUF|RON|BGN|ISK|TRY|UAH|RUB|JPY|CNY|INR|ZAR|BRL|MXN|KRW|RSD|BAM|MKD|MDL|GEL|ILS|AED|THB|IDR|EEK|LVL|LTL|HRK)"

NUMBER = re.compile(
    rf"{FIGURES}|(?<!\w)(?P<word>{WORD_NUMBER})(?={BLANK}(?:(?:till|til|to|och|og|and){BLANK}(?:{WORD_NUMBER}|{FIGURES}){BLANK})?(?:{_SCALE}|procent\b|prosent\b|per\s?cent\b))",
    re.IGNORECASE,
)
UNIT = re.compile(
    rf"(?P<stroke>[,:]-(?![0-9]))(?:{_GAP}(?P<stroke_currency>{_CURRENCY}))?"
    rf"|{_GAP}(?:(?P<krona>(?:mkr|mnkr|mdkr|tkr|kkr){_END}|t\.kr\.?)"
    rf"|(?P<scale>{_SCALE})(?:{_GAP}(?:of{BLANK})?(?P<scale_currency>{_CURRENCY}))?"
    rf"|(?P<letter>(?:[mk]|bn){BLANK}?|t)(?P<letter_currency>(?:{_CODES}|kr){_END}|euros?{_END}|[€£$])"
    rf"|(?P<currency>{_CURRENCY}))",
    re.IGNORECASE,
)
LETTER_SCALE = re.compile(rf"(?:[mk]|bn){_END}", re.IGNORECASE)
# "100k and 500k EUR": the letter of the first figure counts where the second bears it too.
SHARED_LETTER = re.compile(
    rf"[mk](?={BLANK}{{0,2}}(?:-|(?:till|til|to|och|og|and)\b){BLANK}{{0,2}}{FIGURES}{BLANK}?[mk](?:{BLANK}?(?:{_CODES}|kr|euros?){_END}|[€£$]))",
    re.IGNORECASE,
)
PREFIX = re.compile(
    rf"(?<![\w$])(?:(?P<krona>mkr|mnkr|mdkr|tkr|kkr|t\.kr\.?)|(?P<letter>(?:[mk]|bn){BLANK}?|t)?(?P<currency>{_BEFORE}))(?P<label>[):]{{0,2}}){_GAP}$",
    re.IGNORECASE,
)
OTHER_PREFIX = re.compile(rf"(?:(?<!\w){_OTHER}|[A-Za-z]{{1,3}}\$|[¥₽₺₹₩₴]|Kč){_GAP}$")
OTHER_SUFFIX = re.compile(rf"{_GAP}(?:{_OTHER}{_END}|[¥₽₺₹₩₴]|Kč)")
PERCENT = re.compile(rf"(?:{BLANK}|-)?(?:%|(?:procent(?:igt|ig)?|prosent|pct|per{BLANK}?cent)\b)", re.IGNORECASE)
CENTS = re.compile(rf"{BLANK}(?:(?:och|og|and){BLANK})?(?P<cents>[0-9]{{1,2}}){BLANK}?[öø]re{_END}", re.IGNORECASE)
# Cents after a blank, as badly set prices have it: "1.837, 32".
LOOSE_CENTS = re.compile(rf",{BLANK}(?P<cents>[0-9]{{2}})(?![0-9.,])")
LINK = re.compile(rf"{_GAP}(?:(?P<to>-|till|til|to)|(?P<both>och|og|and)){_GAP}", re.IGNORECASE)
# "Lägst 150 000 och högst 500 000 kronor": the upper bound of a span stands behind its lower one.
UPPER_LINK = re.compile(
    rf"{_GAP}(?P<both>,|,?{BLANK}?(?:och|og|and|men|but))?{_GAP}(?:högst|max|maximalt|maks|maksimalt|højst|høyst|at{BLANK}most|upp{BLANK}till|up{BLANK}to|op{BLANK}til|opp{BLANK}til|inntil|indtil){_GAP}",
    re.IGNORECASE,
)
# "120.000, 250.000 eller 400.000 euro": fixed sums of which one is chosen.
CHOICE_LINK = re.compile(rf"{_GAP}(?:(?P<comma>,)|,?{_GAP}(?:eller|or)){_GAP}", re.IGNORECASE)
CHOICE = re.compile(
    r"\bfast[ae]?\s+(?:\w+\s+)?(?:belopp|summor|bidrag|beløb|beløp|summer)\w*|\b(?:belopp|beløb|beløp|amounts?|sums?)\w*\s+(?:är|er|are)\s+(?:fast|fixed)\w*|\bfixed\s+(?:\w+\s+)?(?:amounts|sums|grants)\b|\blump[\s-]sums?\b|\b(?:engangs|engångs|schablon)(?:beløb|beløp|belopp)\w*",
    re.IGNORECASE,
)
# "Budget: €250,000 lump sum": directly behind a sum.
LUMP = re.compile(
    r"\s*\(?(?:lump[\s-]sum|engangs(?:beløb|beløp)|engångsbelopp|klumpsumma|schablonbelopp)\b(?!\s+(?:grants|projects))",
    re.IGNORECASE,
)
BETWEEN = re.compile(rf"(?:mellan|mellem|mellom|between){BLANK}+$", re.IGNORECASE)
YEAR = re.compile(r"(?:19|20)[0-9]{2}")
# A figure after one of these is the number of a part, not a sum.
PART = re.compile(
    rf"(?:\b(?:del|steg|etapp|fas|lot|part|phase|stage|step|topic|axis|fase|trin|delmål|mål|goal|artikel|article|kapitel|nr|no|projekt|project|prosjekt)\.?|§){BLANK}?$",
    re.IGNORECASE,
)

# Without a currency, "10 miljoner" is money only where no noun follows: not people, not tons.
NO_NOUN = re.compile(
    r"\s*(?:$|[.,;:!?)\n·|-]|(?:i|till|för|från|per|om|av|under|ur|och|eller|som|på|inom|att|är|ska|kan|finns|utlyses|avsätts|fördelas|till|årligen|totalt|under|"
    r"for|to|in|from|per|and|or|is|are|will|til|fra|pr|og|eller|af|skal|er|som|over|would|could|may|can|during|depending|with|which|while|each|at|over|kan|må|får|beroende|avhengig|afhængig)\b)",
    re.IGNORECASE,
)
RESTATED = re.compile(
    r"\s*(?:[,(=]|(?:dvs\.?|motsvar\w+|svarende\s+til|tilsvarende|equivalent\s+to|i\.e\.))\s*(?:ca\.?|cirka|ungefär|omkring|drygt|nästan|närmare|över|motsvar\w+|about|approx\w*\.?|around|=)?\s*",
    re.IGNORECASE,
)
# What millions without a currency may be instead of money.
COUNTED = re.compile(
    r"invånare|innevånare|befolkning\w*|folkmängd\w*|människor|personer|medborgare|hushåll|besök\w*|användare|turister|resenärer|väljare|barn\b|ton\b|inhabitants|population|people|citizens|households|visitors|"
    r"innbyggere|indbyggere|borgere|mennesker|husstande|\bbor\b|\blever\b|föds|född",
    re.IGNORECASE,
)
MONEY = re.compile(
    r"kron(?:or|er)|\bkr\b|\beuro?\b|€|\bsek\b|bidrag|stöd|medel|pengar|budget|anslag|anslå|utlys|avsätt|avsatt|avsätts|finansier|kost|invester|satsa|belopp|\bpott|\bram\b|summa|söka|delar?\s+ut|"
    r"tilskud|støtte|pulje|bevilg|midler|grant|fund|money|allocat|cost",
    re.IGNORECASE,
)

_POT = r"(?:ordning(?:en)?|fonden|fondet|\w*pulje[nr]?|\w*potten|programmet|programmets|utlysning(?:en)?|utlysingen|fund|pot|scheme|call|ram(?:en)?|ramme[nr]?|budget(?:en)?|budsjett(?:et)?)"
_HANDS_OUT = r"(?:bevilja|dela\s+ut|fördela|satsa|grant|award|distribute|allocate|hand\s+out|uddele|bevilge|fordele|dele\s+ut|udmønte|tildele)"
TOTAL = re.compile(
    r"\bbetalar\s+ut\b|\butbetalar\b|\budbetaler\b|\butbetaler\b|\bsatsa[rt]?\b|\bdela[rs]?\s+(?:\w+\s+){1,3}ut\b|\btillfört?\b|\btillför\b|\btillskjut\w*|\bskjuter\s+till\b|\bdistribut(?:es|ing)\b|\binvester(?:ar|er|s)\b|\b(?:will|to)\s+invest\b|\binvests\b|"
    r"\butlys(?:er|t|ta|es)\b|\btotal(?!\s+(?:cost|eligible|budget\s+of\s+the\s+project))\w*|sammanlagt|tillgänglig\w*\s+medel|\bavsätt\w*|\bavsatt\w*|\bfördela[rst]?\b|delas?\s+ut|potten?\b|budget(?:en|ram\w*)?\b(?!\s+(?:på|om|kring|över)\b)|available|overall|"
    r"\bram(?:en)?\s+(?:på|är|om|blir)|\ballocat\w*|\bindicative|call\s+budget|medel:|utlysningens|anslår|finns\s+(?:det\s+)?(?:\w+\s+)?(?:[0-9]|cirka|ca|en|att)|omfattar|disponib\w*|ska\s+fördelas|earmarked|eu-medel|"
    r"\bi\s+alt\b|samle(?:t|de)|\bpulje[nr]?\b|\bafs(?:at|ætte[rs]?)\b|til\s+rådighed|til\s+fordeling|fordele[rs]|uddele[rs]|udmønte[rs]|\blys(?:er|es)\s+ut|\butlyst\b|budsjett(?:et|ramme\w*)?\b|\bramme[nr]?\b|tilgjengelig\w*|tilgængelig\w*|"
    rf"\b{_POT}\b[^.;:\n]{{0,30}}?\s(?:har|holds?|has|er\s+på|är\s+på|rymmer|rummer|rommer|omfatter|råder\s+över|disponerer|disponerar|inneholder|indeholder|innehåller|contains|amounts?\s+to|worth|is|blir|bliver)\b|"
    r"\bsette?[rs]?\s+av\b|\bsatt\s+av\b|\bset\s+aside\b|\b(?:har|have|has)\s+reserver(?:at|et|t|ed)\b|\bsets\s+aside\b|\budmelder\b|\bförfogar\s+över\b|\bråder\s+över\b|\brår\s+over\b|\bråder\s+over\b|\btil\s?sammen\b|\btillsammans\b(?=\s+[0-9])|\butlysning\s+(?:om|på|värd)\b|\bopslag\s+på\b|\bcall\s+(?:of|worth)\b|"
    rf"\b(?:planerar\s+att|kommer\s+att|avser\s+att|räknar\s+med\s+att|may|will|plans?\s+to|expects?\s+to|intends?\s+to|vil|skal|forventer\s+at|planlegger\s+å)\s+{_HANDS_OUT}\b(?!\s+(?:up|upp|op|opp|inntil|indtil|høyst|højst|högst|max\w*|maks\w*|at\s+most)\b)|"
    r"\b(?:er\s+br[ug]+[kg]?t|är\s+(?:slut|förbrukade|slutsålda)|(?:is|are)\s+(?:spent|used\s+up|exhausted))\b|\b(?:i|in)\s+(?:den(?:na|ne)\s+|this\s+|the\s+)?(?:runden|omgången|potten|puljen|utlysningen|utlysingen|call|round|pot)\b",
    re.IGNORECASE,
)
_PROJECT_NOUN = (
    r"(?:projekt|prosjekt|kommun|kommune|ansök\w*|ansøg\w*|søknad|søker|sökande|organisation|organisasjon|förstudie|project|grant|applicant|application|beneficiary|municipality|"
    r"tiltak|åtgärd|insats|indsats|innsats|initiativ|initiative|exchange|utbyte|ud?veksling|partnerskap|partnerskab|partnership|nätverk|netværk|nettverk|network|möte|møde|møte|meeting|evenemang|arrangemang|arrangement|event|"
    r"skola|skole|school|pilot|konsortium|consortium|vinnare|vinder|vinner|winner|förening|forening|association|företag|virksomhed|bedrift|company|stad|by|city|lekplats|anläggning|mottagare|modtager|mottaker|recipient|stipendiat|huvudman)"
)
_ASKS = r"(?:få|söka|sökas|beviljas|ansöka|søge|søges|søke|søkes|søkje|ansøge|bevilges|tildeles|innvilges|receive|request|obtain)"
PROJECT = re.compile(
    rf"(?:per|pr\.?)\s+(?:{_PROJECT_NOUN}|år\s+och\s+projekt)|(?:varje|ett|en|et|hvert?|each|every|a)\s+(?:\w+\s+)?(?:projekt|prosjekt|kommun|förstudie|sökande|ansökan|ansøger|søker|project|grant|application)\w*\s+"
    rf"(?:kan|får|bör|ska|skal|må|måste|may|can|will|must|should|gets?|receives?)|(?:kan|får|may|can)\s+(?:\w+\s+){{0,2}}?{_ASKS}\b|bidraget?\s+(?:är|uppgår|kan\s+vara)|bidrag\s+(?:på|à|om)|"
    r"stöd(?:et)?\s+(?:är|på|om|uppgår)|tilskud(?:d(?:et)?|det)?\s+(?:på|er|udgør)|støtte(?:n)?\s+(?:på|er|udgør|inntil)|\bà\b|"
    r"(?:contribution|support|grant)\s+(?:per|of|is)|projekt(?:en|et)?\s+med\s+en\s+budget|projektbudget|\bprojekt(?:en|et)\s+(?:bör|ska|kan)|lump\s+sum|\b\w{0,20}pris(?:en|et)?\s+på\b|\bprize\s+(?:of|is)\b|checkar?\s+på|ledarcheck|"
    r"\b(?:grants?|vouchers?|stipends?|awards)\s+(?:(?:is|are)\s+)?(?:of|worth|between|rang\w+|var(?:y|ies)|amounts?\s+to|from)\b|\bsupport\s+(?:may|can)\s+reach\b|\bproject\s+size|"
    r"\b(?:bidrag|stöd|stipendi|tilskud|støtte|tilskot|checkar|medel)\w*\s+(?:(?:kan|som)\s+)?(?:ges|gis|ydes|lämnas|beviljas|varierar?|variera|ligger|ligga|storlek|uppgår|utgör|udgør|utgjør|om|på)\b|"
    r"\bprojekt(?:en)?\s+får\b|\bprosjekt(?:er|ene|et)?\s+får\b|\bprojekter(?:ne)?\s+får\b|\b(?:projects?|networks?|consorti(?:um|a)|partnerships?|grantees?)\b[^.;,\n]{0,40}?\s(?:gets?|receives?|obtains?)\b|"
    r"\bf(?:ast|asta|ixed|lat)\s+(?:\w+\s+)?(?:belopp|bidrag|summa|ersättning|stöd|tilskud\w*|beløb|beløp|støtte|sum|amount|grant|rate)|\bf(?:år|ick)\s+(?:var|hver|varsin)\w*|\bsöka\s+(?:belopp|summor)|"
    r"\b(?:minimum|maximum|minimums|maximi|minsta|minste|mindste|lägsta|laveste|högsta|høyeste|højeste|största|største|maximala?|maksimale?|minimala?|minimale?|smallest|largest|highest|lowest|minstebeløp\w*|mindstebeløb\w*|minimi\w+|minimums\w+|maxbelopp\w*|maksbeløp\w*|"
    r"maksimums\w+)\s+(?:\w{0,10}belopp\w*|bidrag\w*|stöd\w*|tilskud\w*|\w{0,10}beløb\w*|\w{0,10}beløp\w*|støtte\w*|sum|amount|grant|award|support|contribution)|\b(?:belopp|beløb|beløp)\w*\s+(?:är|er)\s+fast\w*|\bdet\s+sökta\s+beloppet|\bbelopp(?:et)?\s+per\b",
    re.IGNORECASE,
)
PER = re.compile(
    rf"^\s*(?:[^\s0-9]+\s+){{0,4}}?(?:per|pr\.?|/|till\s+varje|til\s+hvert?|i\s+(?:varje|hvert?)|in\s+each)\s*{_PROJECT_NOUN}\b",
    re.IGNORECASE,
)
ASKED = re.compile(
    r"(?:ansökningar|ansökte|sökt|ansökt|beviljat\w*|omsätt\w*|omsättning|omsetning|omsætning|turnover|balansomslutning|revenues?)\b[^.]{0,50}$",
    re.IGNORECASE,
)
# What a project costs in all, as its own people reckon: nobody hands it out.
OWN_COST = re.compile(
    r"\b(?:(?:estimated|planned|expected|tentative|our|total|beräknad|uppskattad|planerad|preliminär|total|forventet|anslået|estimert|anslått|samlet)\s+)(?:projekt|prosjekt|project\s+)(?:ets\s+|'s\s+)?(?:budget|budsjett|kostnad|costs?)\w*\W*(?:\w+\W+){0,2}?$|"
    r"\b(?:projektets|projektens|prosjektets|projektbudgeten|the\s+project['’]s|our|vår|vores)\s*(?:totala\s+|samlede\s+|total\s+)?(?:budget|budsjett|kostnad|omkostning|costs?)?\w*\s+(?:\w+\s+)?(?:beräknas|uppskattas|väntas|anslås|forventes|beregnes|is\s+(?:estimated|expected)|is|är|er)\b[^.;]{0,25}$|"
    r"\b(?:total)?(?:kostnad|omkostning|cost)\w*\s+(?:ska|skal|får|må|kan|must|may|should|has\s+to|need\w*\s+to|är|er|is)\b[^.;,]{0,40}$|\b(?:avgift|medlemsavgift|deltagaravgift|fees?|gebyr|kontingent)\w*\b[^.;,]{0,30}$|"
    r"\b(?:costs?\s+(?:of|about)|kostar?|koster?|cost)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
# Sums of a round that is over say nothing of this one.
PAST = re.compile(
    r"\b(?:förra|föregående|sidste|forrige|foregående|last|previous|earlier|tidigare)\s+(?:gången|gang|året|års?|omgången|utlysningen|runde[n]?|time|year|round|call|utlysning|utlysing|omgång)\w*|\bi\s+fj(?:ol|or)\b|\butfallet\b|\bvi\s+förra\b|\bsenast\s+delades\b",
    re.IGNORECASE,
)
# What is usual is no bound, and money for another country's side of a programme is not the pot.
USUAL = re.compile(
    r"\b(?:oftast|vanligen|vanligtvis|usually|typically|often|ofte|oftest|vanligvis|som\s+regel|sædvanligvis|normalt\s+sett|genomsnittligt|i\s+(?:genom)?snitt|on\s+average|i\s+gjennomsnitt|i\s+gennemsnit|gennemsnitligt)\b[^.;]{0,40}$",
    re.IGNORECASE,
)
OTHER_SIDE = re.compile(
    r"\b(?:norska?|danska?|finska?|finsk|tyska?|tysk|polska?|norwegian|danish|finnish|german|polish)\s+(?:sid[ae]n?|side)\b",
    re.IGNORECASE,
)
PART_OF = re.compile(
    r"(?:varav|därav|heraf|hvoraf|herav|hvorav|derav|of\s+which|including)\s+(?:\w+\s+){0,2}(?:€|£|\$|kr\.?|[a-z]{3})?\s*$",
    re.IGNORECASE,
)
YEARLY = re.compile(
    r"\s*(?:\([^)]*\)\s*)?(?:per|pr\.?|om|i|a|each|/)\s*(?:år(?:et|lig)?|year|annum)\b(?!\s+(?:och|and|og)\s+(?:projekt|project))|\s*(?:årligen|årlig|årligt|annually|yearly)\b",
    re.IGNORECASE,
)
# A fixed sum: with these words in its sentence, or said of each applicant without any bound.
FIXED = re.compile(
    r"\bfast(?:a|e)?\s+(?:\w+\s+)?(?:belopp|bidrag|summa|ersättning|stöd|tilskud\w*|beløb|beløp|støtte|sum)|\b(?:fixed|flat)\s+(?:\w+\s+)?(?:amount|grant|sum|fee|payment|rate\s+grant)|\b(?:engangs|engångs|standard|schablon)(?:beløb|beløp|belopp|summa|bidrag|tilskud\w*|ersättning)|\blump[\s-]sums?\b|\bklumpsumma\b|"
    r"\bfår\s+(?:var|hver|varsitt|varsin|hvert)\w*\b|\beach\s+(?:will\s+)?(?:receive|get)s?\b|^\s*(?:var|vardera|hver|hver\s+især|each|apiece)\b(?!\s+(?:är|gång|other))|\b\w{0,20}pris(?:en|et)?\s+på\b|\bprize\s+of\b",
    re.IGNORECASE,
)
EACH = re.compile(
    r"(?:\b(?:är|er|is|are|of|om|på|à|worth|uppgår\s+till|utgör|udgør|utgjør|får|gets?|receives?)\s+|^\s*)(?:€|£|\$|kr\.?|[a-z]{3})?\s*$|^\s*(?:bidrag|stöd|grants?|tilskudd?|støtte|vouchers?|\w{0,20}check)(?:et|en)?\s*:\s*$",
    re.IGNORECASE,
)
GETS = re.compile(
    r"\b(?:networks?|consorti(?:um|a)|partnerships?|cit(?:y|ies)|municipalit(?:y|ies)|schools?|kommuner|kommun|nätverk|skolor|skoler)\b[^.;,\n0-9]{0,12}(?:[0-9]+\s+(?:to|till|til|-)\s+[0-9]+\s+\w+\s+)?\s?(?:gets?|receives?|får)\s+(?:€|£|\$|kr\.?|[a-z]{3})?\s*$|"
    r"\b(?:\w{1,30}?)?stipendi\w+\s+(?:om|på)\s*$|\bgrants?\s+of\s+exactly\s*$",
    re.IGNORECASE,
)
_APART = re.compile(
    r"(?:högst|högsta|max\w*|maks\w*|upp\s+till|up\s+to|op\s+til|opp\s+til|opptil|inntil|indtil|most|more\s+than|exceed\w*|överstig\w*|overstig\w*|overskrid\w*|reach|højst|højeste|høyst|høyeste|minst|lägst|lägsta|minimum|mindst|least|"
    r"cirka|\bca\b|omkring|ungefär|about|around|approx\w*|roughly|average|genomsnitt\w*|snitt|gjennomsnitt\w*|gennemsnit\w*|mellan|mellem|mellom|between|budget\w*|kostnad\w*|costs?)",
    re.IGNORECASE,
)
GRANTED = re.compile(
    r"bidrag|stöd|medel|beviljas|\bsök|\bfå[r]?\b|tilskud|tilskot|støtte|\bsøge|\bsøke|\bgi[rs]?\b|\bydes?\b|ansøg|ansök|søknad|grant|apply|applic|funding|award|stipend|bevilg|beløb|beløp|belopp",
    re.IGNORECASE,
)
_BOUND_TAIL = r"[.:\s]*(?:på\s+|är\s+|om\s+|er\s+|of\s+|is\s+|søke\s+om\s+|søge\s+om\s+)?(?:cirka\s+|ca\.?\s+|about\s+)?(?:et\s+beløb\s+på\s+)?$"
_BEYOND = r"(?:mer(?:a)?\s+än|mere?\s+enn|mere\s+end|more\s+than|over|above|över)"
_BELOW = (
    r"(?:mindre\s+än|mindre\s+end|mindre\s+enn|lägre\s+än|lavere\s+e(?:nd|nn)|less\s+than|fewer\s+than|lower\s+than|under|below)"
)
_NO = r"(?:inte|ej|aldrig|ikke|ikkje|aldri|not|never|no|cannot|can't|won't|varken)"
_STATED = r"(?:\s+(?!per\b|pr\b)[a-zåäöæøé]+){0,3}\s+(?:är|er|is|på|of|om|utgör|udgør|utgjør|skal\s+være|ska\s+vara|must\s+be)"
MOST = re.compile(
    r"(?:upp\s+till|upptill|högst|max\w*|as\s+mest|up\s+to|at\s+most|as\s+much\s+as|som\s+mest|maximum\s+of|maks\w*|højst|høyst|inntil|indtil|(?<!lægges\s)op\s+til|(?<!legges\s)opp\s+til|opptil|"
    rf"{_NO}\s+{_BEYOND}|{_NO}\s+(?:\w+\s+)?(?:exceed(?:ing)?|överstiga|överskrida|overstige|overskride|gå\s+over|gå\s+över)|(?:may|can|support)\s+reach|"
    rf"(?:maximal[at]?|maximum|maxbelopp\w*|maksimal[et]?|maksbeløp\w*|maksimums\w+|maximi\w+|högsta|høyeste|højeste|største|största|highest|largest|biggest|öv(?:re|erst\w*)\s+gräns\w*|upper\s+limit){_STATED}|takbelopp\w*|loft\s+på|tak\s+på|ceiling\s+of|capped\s+at)"
    + _BOUND_TAIL,
    re.IGNORECASE,
)
LEAST = re.compile(
    rf"(?:minst|mindst|mindst|lägst|minimum|at\s+least|från|fra|from|över|more\s+than|mer\s+enn|mere\s+end|mer\s+än|{_NO}\s+{_BELOW}|{_NO}\s+(?:understiga|understige|underskride|fall\s+below)|"
    rf"(?:minimum|minimi\w+|minimums\w+|minste?beløp\w*|mindstebeløb\w*|minsta|minste|mindste|lägsta|laveste|smallest|lowest|lower\s+limit|nedre\s+gräns\w*|undre\s+gräns\w*)(?:{_STATED})?)"
    + _BOUND_TAIL,
    re.IGNORECASE,
)
# "Belopp under 50 000 kr beviljas inte": a bound by what is refused; the refusal stands in the same sentence.
TOO_SMALL = re.compile(rf"\b{_BELOW}\s*$", re.IGNORECASE)
TOO_LARGE = re.compile(rf"\b{_BEYOND}\s*$", re.IGNORECASE)
DENIED = re.compile(rf"{_NO}\s+(?:{_BEYOND}|{_BELOW})\s*$", re.IGNORECASE)  # "never less than" is a bound, no refusal
_GRANT_VERB = (
    r"(?:bevilja[srt]?|ge[sr]?|giv?es|gir|gis|lämna[sr]?|lämnar|pröva[sr]?|behandla[sr]?|behandle[rs]?|tas?|tar|upp|med|ydes?|yder|utgå[r]?|godkänn\w*|godkend\w*|godkjen\w*|støtte[rs]?|stöd[sj]\w*|stöder|finansiera[sr]?|finansiere[rs]?|"
    r"consider\w*|award\w*|grant\w*|accept\w*|fund|funded|support|supported|eligible|approved|given|admissible)"
)
REFUSED = re.compile(
    rf"\b{_NO}\s+(?:\w+\s+){{0,2}}?{_GRANT_VERB}\b|\b{_GRANT_VERB}\s+(?:\w+\s+){{0,2}}?{_NO}\b|\b(?:avslås|avvisas|avvises|afvises|rejected|ineligible|refused|excluded)\b",
    re.IGNORECASE,
)
# How it is paid is another matter: "belopp över 100 000 kr betalas inte ut i förskott".
PAYMENT = re.compile(
    r"förskott|efterskott|forskud|forskudd|\bin\s+advance|arrears|betalas?\b|betales|\bpaid\b|utbetal", re.IGNORECASE
)
# Money for each of something that nobody applies for by itself.
UNIT_RATE = re.compile(
    r"\s*(?:per|pr\.?|/|each|for\s+hver|för\s+varje)\s+(?:elev|barn|person|deltag|deltak|tim|time\b|hekt|kvadrat|kvm|m2|m²|km\b|kilomet|mil\b|dag|dygn|døgn|vecka|uke|uge|månad|måned|plats|plass|plads|student|pupil|participant|child|hour|day|week|"
    r"month|hectare|square|bostad|bolig|lägenhet|leilighet|lejlighed|ladd|träd|ton\b|tonne|invånar|innbygg|indbygg|inhabitant|anställd|ansatt|employee|besök|volunteer)\w*",
    re.IGNORECASE,
)
MORE = re.compile(
    r"\s*(?:eller\s+mere?|och\s+uppåt|or\s+more|og\s+opp(?:over)?\b|og\s+opefter|and\s+(?:more|above|upwards))", re.IGNORECASE
)


def is_least(before: str) -> bool:
    """Return whether the words before a figure make it a lower bound: "minst", "more than", but not "no more than"."""
    return LEAST.search(before) is not None and MOST.search(before) is None


def is_fixed(before: str, after: str, *, each: bool) -> bool:
    """Return whether a sum between two stretches of its sentence is what everyone gets; `each` tells that it is said of each applicant.

    A bound, an estimate or a cost in front of it, or directly behind, makes it none.
    """
    if _APART.search(before) or _APART.match(after.lstrip(" ,(")):
        return False
    return (
        FIXED.search(before) is not None
        or FIXED.search(after) is not None
        or GETS.search(before) is not None
        or (each and EACH.search(before) is not None)
    )


# Words that are not Swedish, and those in which Danish and Norwegian differ, for texts whose language nobody told.
_SWEDISH = re.compile("[äö]", re.IGNORECASE)
_NOT_SWEDISH = re.compile(
    r"[æø]|\b(?:tilskud\w*|mindst|pulje[nr]?|op\s+til|opp\s+til|inntil|prosjekt\w*|budsjett\w*|midler|af|hvert?|kommuner?ne)\b",
    re.IGNORECASE,
)
_DANISH = re.compile(
    r"\b(?:af|tilskud(?:det)?|projekt\w*|ansøg\w*|afs\w+|højst|mindst|pulje\w*|op\s+til|rådighed)\b", re.IGNORECASE
)
_NORWEGIAN = re.compile(
    r"\b(?:av|tilskudd\w*|prosjekt\w*|søknad\w*|søke|søkes|høyst|minst|inntil|opp\s+til|midler|budsjett\w*)\b", re.IGNORECASE
)
_NEIGHBOURS = re.compile(r"\b(?:NOK|DKK|Norwegian|Danish|Norway|Denmark)\b")


def read_scale(words: str | None) -> int:
    """Return the factor of a word of scale ("miljoner", "k"), 1 where it is none."""
    key = (words or "").casefold().rstrip(f". {chr(0xA0)}")
    letters = {"m": 10**6, "k": 10**3, "t": 10**3, "bn": 10**9}
    if key in letters:
        return letters[key]
    if key in _SCALED_KRONA:
        return _SCALED_KRONA[key]
    return next((factor for pattern, factor in _SCALES if key and re.fullmatch(pattern, key)), 1)


def is_english_scale(words: str | None) -> bool:
    """Return whether a word of scale is English, where a comma parts thousands."""
    return (words or "").casefold().strip() in _ENGLISH_SCALES


def read_currency(words: str | None) -> str:
    """Return the ISO code of a currency as written; KRONA or KRONER for one that only the language settles; "" where it is none."""
    key = " ".join((words or "").casefold().split())
    return next((code for code, pattern in _CURRENCIES.items() if key and re.fullmatch(pattern, key)), "")


def krona_of(language: str, text: str) -> dict[str, str]:
    """Return the ISO code behind a bare krona and behind "kroner" in a text; "" where it could be several.

    The language decides: Swedish SEK, Danish DKK, Norwegian NOK. English says "kroner" of both neighbours. A text with words or
    letters of its neighbours, and without ä and ö, is not Swedish whatever its source says.
    """
    nordic = {"no": "NOK", "nb": "NOK", "nn": "NOK", "da": "DKK"}.get(language)
    if nordic is None and language in ("", "sv") and _NOT_SWEDISH.search(text) and not _SWEDISH.search(text):
        danish, norwegian = len(_DANISH.findall(text)), len(_NORWEGIAN.findall(text))
        nordic = "DKK" if danish > norwegian else "NOK" if norwegian > danish else ""
    if nordic is not None:
        return {KRONA: nordic, KRONER: nordic}
    return {KRONA: "" if language == "en" and _NEIGHBOURS.search(text) else "SEK", KRONER: ""}
