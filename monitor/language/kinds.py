"""What an article is: a call, news, an event, policy, a partner search, or nothing for this house; from the words of its title and text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.calls import Kind

_Cues = Sequence[tuple[int, str, str]]

# (weight, what it is called in the reason, pattern). A cue counts once, and twice as much in the title. Swedish reasons: the coordinator reads them.
_CALL: _Cues = (
    (
        4,
        "sista ansökningsdag",
        r"sista\s+(?:\w+\s+)?(?:ansöknings|inlämnings)\w*|sista\s+dag(?:en)?\s+(?:för|att)\s+(?:\w+\s+){0,2}(?:ansök\w*|söka)|ansök\w*[^.!?\n]{0,60}\bsenast\b|"
        r"\bsenast\b[^.!?\n]{0,40}\bansök\w*|søknads?frist|ansøgningsfrist|deadline\s*(?:date)?\s*:|\bdeadline\s+(?:is\s+)?[0-9]{1,2}[ ./]|\bopening\s+[0-9]{1,2}[ ./]|deadline\s+for\s+(?:applic|submi|propos)\w*|closing\s+date|"
        r"skicka\s+in\s+(?:er\s+|din\s+)?ansök\w*|cut-?off\s+date",
    ),
    (
        3,
        "vem kan söka",
        r"\bvem\s+(?:som\s+)?kan\s+(?:an)?söka|\bvem\?|vad\s+kan\s+(?:ni|du)\s+söka|who\s+can\s+apply|eligible\s+(?:applicants|entities|countries)|not\s+eligible",
    ),
    (
        3,
        "utlysning",
        r"\butlys(?:er|es|t|ning(?:en|ens)?)\b|\b\w{1,30}utlysning(?:en)?\b|\bthe\s+call\s+(?:for\s+)?\w+s\b|call\s+budget|ansökningsomgång\w*|ansöknings(?:period|tid)\w*|\bcalls?\s+for\s+(?:proposals?|applications?)|"
        r"søke?r?\s+om\s+støtte|extra\s+(?:ansöknings)?(?:om|r)(?:gång|unda)\w*",
    ),
    (
        3,
        "går att söka",
        r"\bkan\s+(?:(?!inte\b|ej\b)\S+\s+){0,4}?(?:(?:an)?sök(?:a|as)|rekvirera|nomineras?)\b|\brekvi(?:rera|sition)\w*|går\s+(?:det\s+)?att\s+(?:an)?söka|möjligt\s+att\s+(?:an)?söka|tar\s+(?:\w+\s+)?emot\s+ansökningar|tas\s+[^.]{0,30}emot|"
        r"\bsök\s+(?:om\s+)?(?:eu-?)?(?:stöd|bidrag|medel|finansiering|pengar|projekt\w*)|\bansök\s+(?:om|till|nu|här|senast)|can\s+(?:now\s+)?(?:apply|be\s+submitted)|open\s+for\s+applications",
    ),
    (
        3,
        "öppnar eller stänger",
        r"\b(?:öppnar|stänger|stängs|stängd|öppnas)\s*:?\s+(?:den\s+)?[0-9]|\b(?:öppen|öppet)\s+(?:nu|från|till|fram|mellan)|beräknas\s+öppna|öppnar\s+(?:för\s+ansök|en\s+(?:extra|ny))\w*|"
        r"utlysningen\s+(?:är\s+öppen|pågår)|mellan\s+(?:den\s+)?[0-9][^.]{0,40}kan\s+\w+\s+söka",
    ),
    (
        2,
        "stödets villkor",
        r"stöd(?:et)?\s+(?:ges|lämnas|är)\b|bidraget\s+(?:är|täcker|uppgår|kan|ska)|kan\s+(?:\w+\s+)?få\s+(?:\w+\s+)?(?:bidrag|stöd|medel|högst|mellan)|utlys(?:ta?|t)\s+(?:medel|belopp)|"
        r"(?:högst|upp\s+till|max(?:imalt)?)\s+[0-9]+\s*(?:procent|%)|hur\s+mycket|at\s+least\s+(?:two|three)\s+organi[sz]ations|the\s+action\s+supports|co-?financing\s+rate|funding\s+rate|"
        r"\bper\s+project\b|(?:fördelar|avsätter|utlyser)\s+(?:\w+\s+)?[0-9][0-9 ,.]*\s*(?:miljon|milj|mkr|kr)\w*",
    ),
    (
        2,
        "ansökan nämns",
        r"\bansök(?:an|ningar(?:na)?|er|t)\b|\butlysningar(?:na)?\b|\bsøke?\b|\bapplications?\b|\bproposals?\b|\bapplicants?\b|\bapply(?:ing)?\b",
    ),
    (
        2,
        "sista dag nämns",
        r"\bdeadlines?\b[^.\n]{0,30}[0-9]|\bopening\b[^.\n]{0,20}[0-9]|\bstänger\b|\böppnar\b[^.]{0,30}(?:[0-9]|ansök|utlys)",
    ),
    (
        2,
        "medel nämns",
        r"\b(?:stats|projekt|eu-?|investerings|verksamhets)?bidrag(?:et|en)?\b|\bstöd\s+(?:till|för)\b|\bprojektmedel\b|\bgrants?\b|\bfunding\b|co-?financ\w+|\bcall\s+budget\b|"
        r"\bkan\s+(?:\w+\s+)?finansiera(?:s)?\b|\btilskudd\b|\bstøtte\b",
    ),
    (
        2,
        "villkor för sökande",
        r"\bmedfinansiering\w*|\begenfinansiering|\bminst\s+(?:två|tre|fyra|fem|[2-9])\s+(?:\w+\s+)?(?:partner|organisation|länder|parter|kommuner)\w*|\bkonsorti\w*|\bconsorti\w+|"
        r"\beligib\w+|\bbeneficiar\w+|\bprojects?\s+(?:should|must|may|will|can|last)\b|\bprojekt(?:en|et)\s+(?:ska|får|bör|kan|måste)\b|\btrans-?nation\w+",
    ),
    (
        2,
        "kommande stöd",
        r"\bkommande\b|planerade\s+utlysningar|nytt\s+(?:stöd|bidrag)|införs\s+ett\s+(?:stöd|bidrag)|väntas\s+öppna|snart\s+(?:öppnar|införs)",
    ),
)
_NEWS: _Cues = (
    (
        5,
        "har fått pengar",
        r"\b(?:har|hade|blivit|blev)\s+(?:nyligen\s+)?(?:beviljats|beviljad|tilldelats|fått|valts\s+ut|utsetts)|\bbeviljas\b|\bbeviljade[st]?\b(?!\s+ackred)|\bdela[rd]?e?\s+på\b|valts\s+ut|"
        r"reservlista\w*|\bfår\s+(?:nu\s+)?(?:del\s+av|stöd|[0-9][0-9,. ]*\s*(?:miljon|kr|euro|mkr)\w*|varsin)|\b(?:har|have|has)\s+(?:been\s+)?(?:awarded|approved|granted|selected)|"
        r"får\s+\S+\s+(?:miljoner|euro|kronor)|vardera\b|winners?\b|vinnare",
    ),
    (
        4,
        "efter omgången",
        r"\bstort\s+intresse\b|ansökningar\s+(?:har\s+)?(?:kom|kommit|inkom)|kom\s+[0-9]+\s+ansökningar|har\s+(?:nu\s+)?(?:an)?sökt\b|\bansökte\b|\bsökt\s+(?:stöd|bidrag)|"
        r"resultat(?:et)?\s+(?:av|från)|öppnade[^.]{0,40}och\s+stängde|which\s+(?:ended|closed)|när\s+utlysningen\s+var\s+öppen",
    ),
    (
        6,
        "godkänt eller uppskjutet",
        r"\bhar\s+(?:nu\s+)?godkänt|godkän(?:t|d)s?\b(?=\s*$|[.!])|programmet\s+godkänt|\bpausas\b|skjuter\s+upp|skjuts\s+upp|ställs\s+in|postponed|senareläggs",
    ),
    (
        2,
        "berättande",
        r"\b(?:tackade|besökte|deltog|lärde|åkte|reste|träffade(?:s)?|i\s+uppdrag|gott\s+exempel|anslår|presenterade|invigde|berättar|säger|konstaterar|menar|stod\s+värd|uppmärksammas?|kampanj\w*|reportage|trend\w*|genomfördes|undersökning\w*|rapport\s+visar|dåligt\s+på)\b|"
        r"(?:sverige|kommuner(?:na)?)\s+(?:är\s+)?(?:dålig|bäst|sämst)\w*|\bvarje\s+år\s+[0-9]",
    ),
)
_EVENT: _Cues = (
    (
        5,
        "inbjudan",
        r"\bbjuder\s+(?:\w+\s+){0,2}in\s+till|välkomm(?:en|na)\s+(?:till|på)|(?:^|\n)[^\S\n]*(?:plats|lokal|venue|location)\s*:|save\s+the\s+date|join\s+us|"
        r"(?:^|\n)[^\S\n]*(?:tid|när)\s*:[^\n]*[0-9]{1,2}[.:][0-9]{2}",
    ),
    (
        3,
        "sammankomst",
        r"\b(?:informations|info|nätverks|drop-?in|digital\w*\s+)?(?:möte|träff)\b(?=[^.]{0,30}[0-9])|\b(?:seminari\w+|webbinari\w+|webinar|konferens|conference|workshop|info\s?day|mässa|festival|hearing)\b|"
        r"\bevent(?:et|en)?\b|europeiska\s+veckan|week\s+of\s+regions",
    ),
    (4, "firas", r"\bfiras?\b|europadagen|europe\s+day|stödkonsert|invigning"),
    (
        3,
        "anmälan",
        r"\banmäl(?:an|\s+dig|\s+er)\b[^.]{0,40}(?:senast|här|via|till)|register\s+(?:by|here|now|before)|sista\s+anmälningsdag",
    ),
    (
        3,
        "hålls",
        r"\b(?:hålls|äger\s+rum|arrangeras|ordnas|takes\s+place|will\s+be\s+held)\b[^.]{0,50}(?:\b[0-9]{1,2}\b|klockan|kl\b)",
    ),
)
_POLICY: _Cues = (
    (
        5,
        "rättsakt",
        r"\bCOM\s?\([0-9]{4}\)|\b(?:förordning|direktiv|regulation|directive|decision|beslut|rekommendation|recommendation)\s*\((?:EU|EG|EC|Euratom)\)|förslag\s+till\s+(?:europaparlamentets|rådets|förordning|direktiv)|"
        r"proposal\s+for\s+a\s+(?:regulation|directive|council|decision)|(?:delegerad|genomförande)\s*(?:förordning|akt|beslut)|(?:implementing|delegated)\s+(?:regulation|act|decision)|\bprop\.\s[0-9]{4}/|\bSOU\s[0-9]{4}:",
    ),
    (
        3,
        "förslag eller samråd",
        r"kommissionen\s+(?:föreslår|lägger\s+fram|antar|har\s+antagit|presenterar\s+(?:sitt\s+)?(?:förslag|en\s+strategi))|(?:offentligt|öppet)\s+samråd|public\s+consultation|call\s+for\s+evidence|på\s+remiss|"
        r"commission\s+(?:proposes|adopts)|(?:parliament|council)\s+(?:adopts|agrees|approves)|träder\s+i\s+kraft|enters\s+into\s+force|(?:rådet|parlamentet)\s+(?:antar|antog|enas|godkänner)|ny\s+(?:lag|förordning)\b",
    ),
)
_PARTNER: _Cues = (
    (
        7,
        "söker partner",
        r"\bsöker\s+(?:\w+\s+){0,2}(?:projekt|samarbets|utbytes)?partners?\b|partner(?:s|er)?\s+sökes|partnersök\w*|partner\s+search|(?:looking|searching)\s+for\s+(?:\w+\s+){0,3}partners?|partners?\s+wanted|"
        r"seeking\s+(?:\w+\s+){0,2}partners?|vill\s+(?:hitta|finna|ha)\s+(?:\w+\s+){0,2}partner\w*|expression\s+of\s+interest\s+to\s+join",
    ),
)
_OTHER: _Cues = (
    (
        9,
        "platsannons",
        r"\b(?:utlyser|söker|ledig\w*)\s+(?:en\s+|nu\s+en\s+)?(?:tjänst\w*|projektledare|samordnare|medarbetare|praktikant\w*|handläggare|kommunikatör)|\bjobbet\s+som\b|lediga?\s+(?:jobb|tjänst\w*)|"
        r"lönegrad\w*|uttagningsprov|tillsvidareanställning|visstidsanställning|anställningsform\w*|vacancy|vacancies|job\s+(?:offer|opening)|traineeships?|\bpraktikplats\w*|provanställning|"
        r"nationell\w*\s+expert\w*|kontraktsanställ\w*|(?:skicka|bifoga)\s+(?:ditt\s+)?(?:cv|meritförteckning)",
    ),
    (
        9,
        "antagning till kurs",
        r"studiestart|antagnings\w+|\bantagning(?:en)?\b|\bbehörighet(?:skrav)?\b|formellt\s+behörig|restplats\w*|kompletter\w*\s+(?:av\s+)?ansökan|svarsdag|betyg\b|kursstart|vuxenutbildningens?\s+kurs\w*|"
        r"yh-utbildning|yrkeshögskoleutbildning|söka\s+till\s+(?:gymnasi|kurs|utbildning|förskol)\w*|course\s+admission",
    ),
    (
        9,
        "kommunens eget bidrag",
        r"föreningsbidrag|aktivitetsbidrag|anläggningsbidrag|grundbidrag|lokalbidrag|bidragsberättigad\w*\s+förening\w*|förening(?:ar|en)\s+(?:och\s+\S+\s+\S+\s+)?kan\s+(?:an)?söka\s+bidrag|bidrag\s+(?:till|för)\s+[^.]{0,30}förening\w*|"
        r"e-tjänst\w*|lovaktivitet\w*|sommarlovs\w*|föreningslivet|årsmötesprotokoll|bygdepeng\w*|kulturstipend\w*",
    ),
    (8, "vanliga frågor", r"vanliga\s+frågor|frequently\s+asked|\bfaq\b|frågestund"),
    (
        7,
        "ingen öppen omgång",
        r"(?:finns\s+)?(?:för\s+närvarande\s+)?(?:det\s+)?(?:finns\s+)?inga\s+öppna|inga\s+(?:aktuella|pågående|öppna)\s+utlysningar|no\s+open\s+calls|för\s+er\s+som\s+redan\s+har|sidan\s+samlar|för\s+dig\s+som\s+har\s+beviljats",
    ),
    (
        3,
        "stående sida",
        r"har\s+du\s+frågor|\bkontoret\b|informationskontor|läs\s+mer\s+om\s+programmet|här\s+(?:kan\s+du\s+läsa|finns\s+information)|ingår\s+tillsammans|särskilt\s+betydelsefulla|registret\b|"
        r"handläggs\s+av|programmet\s+syftar|om\s+(?:programmet|fonden|oss)\b|så\s+(?:fungerar|arbetar)|är\s+en\s+årlig|ger\s+(?:vi\s+)?(?:råd|stöd\s+och\s+råd)|ta\s+gärna\s+kontakt|här\s+beskrivs|program\s+är\s+aktuella|hör\s+till\s+programområdet|svar\s+ges\s+inom|på\s+egen\s+hand|vill\s+du\s+vara\s+med|om\s+sin\s+roll",
    ),
    (
        3,
        "ekonomi eller upphandling",
        r"\bupphandling(?:en|sannons)\b|anbud(?:stid|et)?\b|kommunfullmäktige\s+beslutade|detaljplan\w*|bygglov\b",
    ),
)
_TABLES = {
    "call": _CALL,
    Kind.NEWS.value: _NEWS,
    Kind.EVENT.value: _EVENT,
    Kind.POLICY.value: _POLICY,
    Kind.PARTNER_SEARCH.value: _PARTNER,
    "other": _OTHER,
}
_COMPILED = {
    kind: [(weight, name, re.compile(pattern, re.IGNORECASE)) for weight, name, pattern in cues] for kind, cues in _TABLES.items()
}
_NEWS_ADDRESS = re.compile(r"nyhet|/news|aktuellt|press|artikel|reportage|arkiv|/blog|/20[0-9]{2}[/-]", re.IGNORECASE)


# Of two kinds that are equally likely, the one that promises less.
_ORDER = (Kind.PARTNER_SEARCH.value, Kind.POLICY.value, Kind.EVENT.value, Kind.NEWS.value, "other", "call")
_ENOUGH = {"call": 3, Kind.EVENT.value: 5, Kind.POLICY.value: 8}
_WEAK = 2
_STRONG = 7
_MARGIN = 4
_USUAL = 3


def guess_kind(title: str, text: str, default: Kind, language: str = "", *, url: str = "") -> tuple[Kind | None, str]:
    """The kind of an article and, in Swedish, the words it was told by. None: nothing that this house passes on.

    `default` is what the source usually sends: it tips the scale unless it is a call, since a page without a word of applying is none.
    Swedish pages bear English call titles, so the words of all languages are looked for whatever `language` says; only where it is
    neither Swedish nor English, and no words are known, the default stands.
    """
    points: dict[str, int] = {}
    strong = False
    names: dict[str, list[str]] = {}
    for kind, cues in _COMPILED.items():
        for weight, name, pattern in cues:
            hits = (2 if weight > _WEAK else 1) if pattern.search(title) else 1 if pattern.search(text) else 0
            if kind == Kind.POLICY.value and default is not Kind.POLICY and hits == 1:
                continue  # an article that mentions a law is news
            if hits:
                points[kind] = points.get(kind, 0) + weight * hits
                strong = strong or (kind == "call" and weight > _WEAK)
                names.setdefault(kind, []).append(name)
    if not points and language not in ("", "sv", "en"):
        return default, "språket är okänt"
    if not strong:
        points["call"] = points.get("call", 0) // 2  # "bidrag" and "ansökan" stand in every news item about money
    kind = _decide(points, default, url)
    words = names.get(kind, [])
    return (None if kind == "other" else Kind(kind)), ", ".join(words) or "inga tydliga ord"


def _decide(points: dict[str, int], default: Kind, url: str) -> str:
    other, call = points.get("other", 0), points.get("call", 0)
    if other >= _STRONG and other + _MARGIN >= call:
        return "other"
    if default is not Kind.CALL:
        points = points | {default.value: points.get(default.value, 0) + _USUAL}
    for kind in sorted(_ORDER, key=lambda kind: -points.get(kind, 0)):
        if points.get(kind, 0) >= (_ENOUGH.get(kind, 1) if kind != default.value or default is Kind.CALL else 1):
            return kind
    return Kind.NEWS.value if _NEWS_ADDRESS.search(url) else "other"
