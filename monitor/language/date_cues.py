"""The words around a date that tell what it is for: deadline, opening, decision, publication, or something else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from monitor.language.date_words import WEEKDAY


class Cue(StrEnum):
    """What a word says about the date it belongs to."""

    MOVED = "moved"  # "förlängd till": the day behind it takes the place of an earlier one
    RENEWED = "renewed"  # "ny sista dag": closes like CLOSE, and takes the place of an earlier day
    ANSWER = "answer"  # names the last day to answer a consultation: decides alone
    VIEWS = "views"  # answers and views: with "senast" or a closing word, the last day for them
    APPLY = "apply"  # names the application itself: decides alone
    CLOSE = "close"  # something closes: decides unless reports, meetings and the like stand by
    UNTIL = "until"  # "senast", "till": decides only where one applies
    OPENS = "opens"
    DECISION = "decision"
    PUBLISHED = "published"
    ELSE = "else"  # reports, questions, meetings, registrations
    WORK = "work"  # projects start, run and end


CONSULTS = frozenset({Cue.ANSWER, Cue.VIEWS})
CLOSES = frozenset({Cue.CLOSE, Cue.RENEWED})
OTHERWISE = CONSULTS | {Cue.ELSE}

_NOT_WORK = (
    r"(?!avslut|slutför|genomför|klar|färdig|start|pågå|redovis|rapport|påbörj|kompletter|fråg|anmäl|öppn|projekt(?:et|en)?\b|"
    r"prosjekt(?:et|er)?\b|gennemfør|gjennomfør|afslut|avslutt|afrapport|spørgsmål|spørsmål|tilmeld|påmeld|åbn|åpn)"
)
# Swedish, then English, then Danish and Norwegian. The order matters: the first that matches at a place wins.
_CUES: tuple[tuple[Cue, str], ...] = (
    (
        Cue.MOVED,
        r"(?:förläng|flytta|senareläg|senarelag|framflytta|framskjut|uppskjut|utöka|forlæng|forleng|udskud|udskyd|udsat|udsæt|utsatt|utsett|flytte|rykke|"
        r"extend|postpon|prolong|moved|brought|tidigareläg|tidigarelag|fremryk|framskynd|forskjøv|forskud)\w*(?:\s[^\s.;:]{1,20}){0,3}?\s(?:till?|to|until)\b(?:\so(?:ch|g)\smed)?|"
        r"(?:skjut\w*|skyd\w*|skutt\w*|skudt)\s(?:upp|fram|op|ut|frem)\s(?:till?)\b|(?:ändra[dts]\w*|ændret|endret|changed)\s(?:till?|to)\b|pushed\sback\sto",
    ),
    (
        Cue.RENEWED,
        r"\b(?:ny|nytt|nya|new|revised)\s(?:sista\s(?:ansöknings|inlämnings)?(?:dag|datum)\w*|deadline|frist|slutdatum|ansökningsdag|ansøgningsfrist|søknads?frist|"
        r"closing\sdate)(?:\s(?:är|er|is))?",
    ),
    (
        Cue.ANSWER,
        r"(?:remiss|svars|samråds|yttrande)(?:tid|period|frist|dag|datum)\w*|sista\s(?:dag|datum)\w*\s(?:för\s(?:att\s)?|att\s)(?:lämna\s(?:in\s)?)?"
        r"(?:svar|remissvar|synpunkter|yttrande|yttra|tycka)\w*|"
        r"(?:consultation|feedback)\s(?:period|deadline|closes|ends|closing\sdate)|(?:deadline|closing\sdate)\sfor\s(?:responses?|comments?|feedback|replies|contributions)|"
        r"(?<!\bwe\s)(?<!\bwill\s)\b(?:reply|respond)\b(?:\s[\w-]+){0,4}?\s(?:by|before|until|no\slater\sthan)\b|\b(?:comments|replies|responses)\b(?:\s[\w-]+){0,4}?\s(?:by|before|until|no\slater\sthan)\b|"
        r"intresseanmälan\b(?:\s[^\s.:;]+){0,6}?\s(?:senast|före|innan)\b|"
        r"granskningstid\w*|høringsfrist\w*|høringsperiode\w*|svarfrist\w*|innspillsfrist\w*|frist\sfor\s(?:å\s(?:gi\s)?|at\s(?:afgive\s)?)?"
        r"(?:høring|innspill|merknad|bemærkning|svar|uttal)\w*",
    ),
    (
        Cue.VIEWS,
        r"\bremiss\w*|\bremitter\w*|\bsamråd\w*|\bsynpunkt\w*|\byttra\w*|\bsvar(?:a|en|et)?\b|\bbesvara\w*|consultations?|\bfeedback\b|have\syour\ssay|"
        r"\bresponses\b|\breplies\b|\bcomments\b|call\sfor\sevidence|\bhøring(?:en|a|er|s\w*)?\b|\binnspill\w*|\bmerknad\w*|\bbemærkning\w*|\buttalelse\w*|"
        r"\bhøringssvar\w*|\bsvare\b|\brespond\b|"
        # Who seeks a partner asks for a word by a day.
        r"\bhör\sav\ser\b|\b(?:visa|meddela|anmäl)\s(?:ert|ditt)\sintresse\b|\bexpress\s(?:your|an)\sinterest\b|\bwrite\sto\sus\b|\bskriv\stil\s(?:os|oss)\b|"
        r"\b(?:gi|giv)\s(?:os\s|oss\s)?besk(?:jed|ed)\b|\btag?\skontakt(?:a)?\b|\bkontakta\soss\b|\bcontact\sus\b|\bget\sin\stouch\b",
    ),
    (
        Cue.PUBLISHED,
        r"(?:senast\s|senest\s|sist\s)?(?:uppdatera[dt]\w*|granska[dt]\w*|ändra[dt]\b|redigera[dt]|opdatere[t]\w*|oppdater[t]\w*|endret|ændret|redigeret)|publicera\w*|"
        r"publiceringsdatum|utgivningsdatum|nyhetsdatum|sidan\s(?:uppdaterades|granskades)|(?:last\s)?(?:updated|modified)|published|posted|publication\sdate|"
        r"publisert|publiceret|offentliggjort|udgivet|utgitt|lagt\s(?:ut|op)",
    ),
    (
        Cue.APPLY,
        r"sista\s(?:\w+\s)?(?:ansöknings|inlämnings|inskicknings)\w*|sista\sansökan\b|"
        # "Ansökan ska vara diarieförd hos oss fredag 12 mars": where it has to be on a day.
        r"\b(?:ansök(?:an|ningen|ningar(?:na)?)|ansøgning(?:en|er|erne)?|søknad(?:en|er|ene)?|applications?|proposals?)\s(?:ska|skall|måste|behöver|må|skal|must|should|(?:has|have|needs?)\sto)\s"
        rf"(?:ha\s|have\s)?(?:vara|be|være|vært|reach|nå|finnas|kommit|komma|ankomme)\b(?:\s{_NOT_WORK}[^\s:.;]+){{0,6}}?(?=\s(?:{WEEKDAY}|den\s[0-9]|on\s|[0-9]{{1,2}}\.?\s[a-z]))|"
        rf"sista\s(?:dag|datum|chans|tid|möjlighet)\w*\s(?:för\s(?:att\s)?|att\s)(?:{_NOT_WORK}\w+\s){{0,3}}?(?:ans[öo]k\w*|söka|inlämn\w*|bidragsans\w*)|"
        r"ansöknings(?:dag|datum|frist|deadline|stopp|tid|period|fönst)\w*\b(?!\s(?:börjar|startar|inleds)\b)|"
        r"\b(?:lämna|skicka)[rs]?\s(?:in\s)?(?:[^\s.:;]+\s){0,2}?(?:förslag|skiss|ansökan|idébeskrivning)\b|\b(?:idébeskrivning|skiss|förslag)(?:en|et)?\s(?:[^\s.:;]+\s){0,3}?lämnas\b|"
        r"\b(?:aflever|lever|indlever|innlever)\w*\s(?:[^\s.:;]+\s){0,3}?(?:den\sfulde|ansøgning\w*|\w{0,10}søknad\w*)|\bskit?s?se?frist\w*|"
        r"(?:first|second)[-\s]stage\s(?:proposals?|applications?)\s?:|applications?\s(?:dates?|rounds?)(?:\sare\splanned)?\s?:|hand\sin\b(?:\s[^\s.:;]+){1,6}?\s(?:by|before|until)|utlysnings(?:tid|period)\w*|inlämnings(?:dag|datum|tid|frist)\w*|"
        r"(?:utlysning\w*|omgång(?:en|ar|arna)?|ansök(?:an|ningarna|ningstiden)|ansökningsomgång\w*)\s(?:är\söppen|pågår|löper|håller\söppet)|"
        rf"\b(?:ans[öo]k\w*|sök|söka|söks|rekvirera\w*|nominera\w*|begär\sut)\b(?:\s{_NOT_WORK}[^\s:]+){{0,9}}?\s(?:senast|före|innan|fram\still|till\soch\smed)|"
        r"\b(?:sök|begär\sut)(?:\s[1-9])?:|"
        r"(?:application|submission)\s(?:deadline|period)|deadline\sfor\s(?:the\s)?(?:applications?|submi\w+|proposals?|applying)|last\sday\s(?:to\sapply|for\sapplications?)|"
        r"(?:apply|submit\w*|applications?|proposals?)\b(?:\s(?!report|question|start|open)[\w-]+){0,8}?\s(?:by|before|until|no\slater\sthan)|"
        r"(?:send|submit|lodge|make)\s(?:[\w-]+\s){0,2}?requests?\b(?:\s[\w-]+){0,12}?\s(?:by|before|until|no\slater\sthan)|"
        r"call\s(?:closes|ends|deadline)|closing\sdate|"
        r"(?:søknads?|ansøgnings|ansökings|søkar)(?:frist|dato|periode|runde)\w*|frist(?:en)?\s(?:for\s(?:å\ssøke|at\ss[øö]ge|(?:å\ssende|indsendelse|innsending|innlevering|"
        r"indlevering)(?:\s(?:inn|av|af))?(?:\s(?:ansøgning|søknad)\w*)?|(?:din\s|deres\s)?(?:ansøgning|søknad)\w*)|til\sat\ss[øö]ge)|"
        r"sid?ste\s(?:ansøgnings|søknads?)\w*|sid?ste\s(?:dag|frist|mulighed|mulighet|chance|sjanse)\s(?:for\s)?(?:at\s|å\s)?(?:s[øö]ge?\b|søke\b|ansøg\w*|søknad\w*)|"
        rf"(?:\bans[øö]g\w*|\bsøg\b|\bsøge[rs]?\b|\bsøk\b|\bsøke[rs]?\b|\bsøkes\b|\bsøknad\w*)(?:\s{_NOT_WORK}[^\s:]+){{0,9}}?\s(?:sene?st|inden|innen|før|"
        r"fr[ae]m\stil|til\sog\smed)|(?:puljen|ordningen|ordninga|utlysningen|utlysninga|opslaget|indkaldelsen|ansøgningsrunden|søknadsrunden)\ser\så[bp]en",
    ),
    (
        Cue.WORK,
        r"plane\w+\sslutdatum|projekt(?:start|slut|period|tid|avslut)\w*|projektets\s(?:start|slut)\w*|\bf[öo]r\s(?:the\s)?period(?:en)?\b|(?:stöd|bidrags|budget|tilskuds|tilskudds)period\w*|pros?jekt(?:periode|slutt|afslutning|avslutning)\w*",
    ),
    (
        Cue.ELSE,
        r"\bclos(?:e|ed|es|ing)\s(?:for|over|during)\s(?:the\s)?(?:\w+\s)?(?:holiday|christmas|easter|summer|vacation)\w*(?:\sfrom\b)?|\b\w{0,10}(?:semester|ferie|jul|sommar|sommer|påsk|påske)(?:stäng|luk|steng)\w*|"
        r"(?:stäng|lukk|steng)\w*\s(?:för|for|över|over|i)\s(?:\w+\s)?(?:semester|sommar|sommer|jul|påsk|ferie)\w*(?:\sfr(?:ån|a)\b)?|"
        r"(?:ändrades|reviderades)\ssenast|last\samended|(?:blev\ssenest|ble\ssist)\s(?:ændret|endret|revideret|revidert)|\bfråg(?:or|a|orna|estund)\b|klargör\w*|kompletter\w*(?:\s(?:av\s)?(?:[^\s.:;]+\s){0,2}?(?:ansök|ansøg|søknad)\w*)?|redovis\w*|\b\w{0,30}rapport(?:en|er|era|eras|ering|eringen)?\b|uppfölj\w*|utkast\w*|"
        r"webb?inari\w*|webinars?|seminari\w*|\b\w{1,20}(?:seminar|webinar)(?:et|er|s)?\b|konferens\w*|conference|workshops?|\b\w{0,30}träff(?:en|ar)?\b|\b\w{0,30}möte[tn]?s?\b|info\s?da(?:y|g)\w*|"
        r"\banmäl(?:an|d|a|er|ning\w*)?\b|intresseanmäl\w*|registrera\w*|registration|register|studiestart|kursstart|terminsstart|antagning\w*|"
        r"questions?|clarifications?|reporting|reports?|hearing|utbetal\w*|sidoevent\w*|datum|tid\soch\splats|"
        r"födelse\w*|grunda\w*|webbsänd\w*|sänds|kurs(?:en|er)?\b|utbildningsda\w*|arbetsansök\w*|intervju\w*|"
        r"spørgsmål\w*|spørsmål\w*|\b\w{0,30}rapporter(?:e|es|ing|ingen)\b|webinar\w*|konference\w*|konferanse\w*|\b\w{0,30}m[øö]de(?:t|r)?\b|\b\w{0,30}møte(?:t|r)?\b|"
        r"\btilmeld\w*|\bpåmeld\w*|\bkurset\b|kursus\w*|regnskab\w*|regnskap\w*|udbetal\w*",
    ),
    (
        Cue.CLOSE,
        r"stäng(?:er|s|d|t|da|a|as|de|des|t|ning\w*)\b|slutdatum|stoppdatum\w*|\blast\s(?:day|date)\b(?!\sof\b)|deadlines?\b|deadlinen\b|sista\s(?:dag|datum|chans|tid)\w*|tidsfrist\w*|\bfrist(?:en|er|ene|erne)?\b|\bstopp\b(?=[^.:\n]{0,20}:)|"
        r"\b(?:twice|thrice|times|gånger|ganger|gange)\s(?:a|per|om|i)\s(?:year|år|året)\s?:|\bthe\snext\s(?:ones?\s)?(?:fall\son|are|is)\b|\bde\sn(?:este|æste)\s(?:er|bliver)\b|\bde\snästa\sär\b|"
        r"öppe[nt]\w*\s(?:fram\s)?till(?:\soch\smed)?|öppe[nt]\st\.?o\.?m|pågår\s(?:fram\s)?(?:till|t\.?o\.?m)(?:\soch\smed)?|"
        r"förläng\w*|(?:extended|postponed)\s(?:to|until)|"
        r"(?:kom|kommit|komma|inkommit|inkomna|inkomma)\s(?:in\s)?(?:\S+\s){0,5}?(?:senast|före|innan)|tillhanda\w*|(?:skicka|lämna)s?\sin\b|"
        r"clos(?:es|ing|ed)\b|\bclose\s?(?:on\b|at\b|$)|cut-?off\w*|\bdue\b|gick\sut|går\sut|utgår|löper\sut|open\suntil|\bslutar|"
        r"\blukke[rst]?\b|\blukkede\b|\bstenge[rs]?\b|\bstengte\b|\bstengt\b|\budløber|\budløb\b|\bgår\sut\b|\bgikk\sut\b|\bfrist(?:en)?\b|"
        r"\bå[bp]en(?:t)?\s(?:for\s\w+\s)?(?:fr[ae]m\s)?til\b(?:\sog\smed)?|sid?ste\s(?:dag|frist|dato|chance|sjanse)\w*|"
        r"(?:være|vært)\s(?:\S+\s){0,3}?(?:modtaget|mottatt|indsendt|innsendt|sendt\sinn|fremme|i\shænde)\b|(?:indsend|innsend|indlever|innlever)\w*",
    ),
    (
        Cue.OPENS,
        r"\b(?:ansöknings|ansøgnings|søknads)?(?:period|tid|perioden|tiden)\s(?:börjar|startar|starter|begynder|begynner|inleds)\b|ansöknings(?:perioden|tiden)\s(?:börjar|startar|inleds)|"
        r"\bpublish\w*\sthe\s(?:[\w-]+\s){0,2}call\b|öppn(?:ar|ade|ades|as|a|at|ing\w*)\b|öppningsdatum|startdatum|startar?\spreliminärt|(?:ansökan|utlysningen|ansökningstiden)\sstartar?|"
        r"\bopens?\b|opened|opening(?:\sdate)?|launch\w*|lanseras?|från\soch\smed|fr\.?\s?o\.?\s?m\b\.?(?!\s(?:kl\.?\s?)?[0-9]{1,2}[:.][0-9]{2})|kan\ssökas\sfrån|forthcoming|"
        r"\bå[bp]ne(?:r|s|de|t)?\b|\bå[bp]ning\w*|kan\ss[øö][gk]es\sfra|\bfra\sog\smed|f\.?\s?o\.?\s?m\.|\blanceres\b|\blanseres\b|\blyses\sut",
    ),
    (
        Cue.DECISION,
        r"beslut\w*|\bbesked\w*|prioriteras?\b|decisions?|results?|vedtak|tilldel\w*|notification\sof|award\sof|godkände\w*|"
        r"\bafgørelse\w*|\bavgjørelse\w*|\btilsagn\w*|\btildel\w*|\bvedtas\b|\bbeskjed\b",
    ),
    (
        Cue.WORK,
        r"\b(?:projekt|prosjekt|insats|aktivitet|åtgärd|arbete|resa|mobilitet|verksamhet)(?:et|en|er|erna|erne|ene|s|na)?\b[^.;:]{0,50}?\b(?:start|börj|påbörj|pågå|avslut|"
        r"slutför|genomför|begynd|afslut|gennemfør|gjennomfør|pågår)\w*|"
        r"\bklar(?:a|t)?\b|färdig\w*|genomför\w*|avslut\w*|slutför\w*|påbörj\w*|tidigast|hålls|äger\srum|arrangera\w*|ordna[rs]?\b|firas?\b|invig\w*|"
        r"träder\si\skraft|gäller|giltig\w*|implement\w*|completed|takes?\splace|held|born|programperiod\w*|startar\b|börjar\b|projects?\s(?:start|end)\w*|"
        r"\bfærdig\w*|\bferdig\w*|\bgennemfør\w*|\bgjennomfør\w*|\bafslutte\w*|\btidligst\b|\bafholdes\b|\bavholdes\b|\bfinder\ssted|\bfinner\ssted|\btræder\si\skraft|"
        r"\btrer\si\skraft|\bgælder\b|\bgjelder\b|\bbegynder\b|\bstarter\b",
    ),
    (
        Cue.UNTIL,
        r"\bsenast\b|till\soch\smed|\bt\.?\s?o\.?\s?m\b\.?|fram\still|\bup\sto\sand\sincluding\b|\binnan\b|\bföre\b|\btill\b|\buntil\b|\bby\b|\bbefore\b|no\slater\sthan|pågår|"
        r"\bsenest\b|\bseinast\b|til\sog\smed|\bfr[ae]m\stil\b|\binden\b|\binnen\b|\bfør\b|\btil\b|\bat\sthe\slatest\b",
    ),
)
_CUE = re.compile("|".join(f"(?P<{cue.value}{i}>{pattern})" for i, (cue, pattern) in enumerate(_CUES)), re.IGNORECASE)

APPLIES = re.compile(
    r"ans[öo]k|\b(?:söka|söks|söker|sökas|sökbar\w*|sökande)\b|utlys|omgång|inlämn|\bskiss|\bskitse|idébeskriv|interessetilkende|rekvi(?:r|sit)|nominer|\bappl(?:y|ica)|submi|proposal|\bcalls?\b|"
    r"(?<!be)(?<!under)(?<!opp)søk|expressions?\s+of\s+interest|ans[øö]g|\bsøge[rs]?\b|\bsøg\b|\bsöges\b|\bskicka\s+in|\bsök\b|begär\s+ut|\bindkald|\bopslag|\bpulje|\bkunngjør|\bindsend|\binnsend",
    re.IGNORECASE,
)
# What is extended is what one applies for, unless reports, meetings or projects stand by.
EXTENDS = re.compile(r"förläng|forlæng|forleng|\bextend|\bprolong", re.IGNORECASE)
_PAST = re.compile(
    r"stäng(?:d|t|da|de|des)\b|öppna(?:de|des|t)\b|gick\s+ut|har\s+gått\s+ut|\bvar\b|\bwas\b|closed|opened|ended|launched|startade|har\s+stängt|\bstengte?\b|\blukkede\b|\blukket\b|\budløb\b|"
    r"\bgikk\s+ut|\bå[bp]nede\b|\båpnet\b",
    re.IGNORECASE,
)
_OTHER_ROUND = re.compile(
    r"\b(?:tidigare\s+i\s+år|förra\s+(?:året|omgång\w*|utlysning\w*)|föregående|(?:previous|last|former|earlier)\s+(?:call|round|edition)|förra\s+(?:upplagan|rundan|gången)|last\s+year|"
    r"tidligere\s+i\s+år|sid?ste\s+år\b|i\s+fjor|forrige\s+(?:runde|utlysning|ansøgningsrunde|gang)|sidste\s+(?:runde|gang)\s+(?:lukkede|var|havde))\b",
    re.IGNORECASE,
)
_CANCELLED = re.compile(
    r"skjut(?:s|a|as|er|it|its)?\s+(?:fram|upp)|sköts?\s+upp|senarelägg\w*|ställs?\s+in\b|inställ[dt]\w*|pausas?\b|flyttas?\s+fram|postponed|cancelled|canceled|"
    r"\baflys\w*|\bavlys\w*|\budskyd\w*|\budskudt|\butsettes?\b",
    re.IGNORECASE,
)
_USUALLY = re.compile(
    r"\b(?:oftast|vanligtvis|vanligen|normalt|brukar|i\s+regel|usually|normally|varje\s+år|årligen|every\s+year|normalt|som\s+regel|sædvanligvis|vanligvis|"
    r"hvert\s+år|årlig[t]?)\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"\b(?:månader|månad|veckor|vecka|dagar|dag|months?|weeks?|days?|måneder|uger|uker|dage|dager)\s+(?:efter|etter|after|innan|före|before|før|inden|innen)\b",
    re.IGNORECASE,
)
_WOULD_HAVE = re.compile(r"\b(?:skulle\s+ha|was\s+(?:due|supposed)\s+to)\b", re.IGNORECASE)
_NEW_DATE = re.compile(rf"\b(?:till?|to|until)\s+(?:o(?:ch|g)\s+med\s+)?(?:{WEEKDAY},?\s+)?(?:(?:den|the)\s+)?$", re.IGNORECASE)
_OLD_DATE = re.compile(
    r"(?:\b(?:förläng|ändra|flytta|forlæng|forleng|flytte|rykke|ændre|endre|extend|moved|changed|postpone)\w*\s+(?:från|fra|from)|\bi\s?stället\s+för|\bi\s?sted(?:et|en)\s?for|\binstead\s+of|\brather\s+than|\b(?:tidigare|tidligere|previous(?:ly)?|former(?:ly)?|original(?:ly)?|"
    r"ursprunglig\w*|opprinnelig\w*|oprindelig\w*|förut|før|was))(?:\s+(?:(?:sista\s+(?:ansöknings)?(?:dag|datum)\w*|deadline|datum|dato|date|frist\w*|ansøgningsfrist\w*|"
    rf"søknads?frist\w*|slutdatum)(?:\s+(?:var|was))?|as|som|satt|set\s+for|scheduled\s+for))?[\s:]{{1,2}}(?:{WEEKDAY},?\s+)?(?:(?:den|the|d\.)\s+)?$",
    re.IGNORECASE,
)
_VOID_BEFORE = re.compile(
    r"\b(?:tidigare|ursprunglig\w*|tidligere|opprinnelig\w*|oprindelig\w*|previously|originally|previous|original|former)\s+"
    r"(?:oppgitt\w*|opgivet|angive[nt]|annonserad\w*|utlyst\w*|meddelad\w*|stated|announced|published|satte?)\s+"
    r"(?:deadline|sista\s+\w+|datum|date|\w*frist(?:en)?)(?:\s+(?:var|was|is|är|er))?[\s:]{1,2}"
    rf"(?:{WEEKDAY},?\s+)?(?:(?:den|the|d\.)\s+)?$",
    re.IGNORECASE,
)
_VOID_AFTER = re.compile(
    r"[\s,)]{0,3}(?:som\s+|which\s+)?(?:gäller\s+inte\s+läng|gäller\s+ej\s+läng|gjelder\s+ikke\s+leng|gælder\s+ikke\s+læng|(?:is\s+)?no\s+longer\s+(?:applies|valid))",
    re.IGNORECASE,
)
_CORRECTION = re.compile(r"\b(?:correction|corrected|rättelse|rettelse)\b\s?:", re.IGNORECASE)
_OPEN_FROM = re.compile(
    r"\b(?:öppe[nt]|öppnas?|åbent?|åbner|åpent?|åpner|open)\s(?:for|för|til)\s(?:\w+\s){1,2}?"
    rf"(?:från(?:\soch\smed)?|fra(?:\sog\smed)?|from)\s(?:{WEEKDAY},?\s)?(?:(?:den|the|d\.)\s)?$",
    re.IGNORECASE,
)
"""Words before the first day of a round: "åben for ansøgninger fra den"."""
_FROM = re.compile(rf"\b(?:från|fra|from)\s+(?:{WEEKDAY},?\s+)?(?:(?:den|the|d\.)\s+)?$", re.IGNORECASE)
_MOVES = re.compile(
    r"\b(?:förläng|flytta|senarel|framflytt|skjut|ändra|forlæng|forleng|flytte|rykke|udskud|utsatt|ændre|endre|extended|postponed|moved|changed)",
    re.IGNORECASE,
)
_ADJACENT = re.compile(r"[\s:,)-]{0,4}(?:(?:är|er|blir|bliver|var|is|was)\s+)?", re.IGNORECASE)
_LIST_LINK = re.compile(
    rf"[\s,;/&•)-]*(?:(?:{WEEKDAY}|och|og|samt|eller|respektive|resp\.?|and|or|den|the|senast|senest|sedan|därefter|derefter|deretter|then|kl\.?)\b[\s,]*)*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue and where it stands."""

    cue: Cue
    start: int
    end: int


def find_cues(text: str, start: int, end: int) -> list[Hit]:
    return [
        Hit(Cue((hit.lastgroup or "").rstrip("0123456789")), hit.start(), hit.end()) for hit in _CUE.finditer(text, start, end)
    ]


def is_past(words: str) -> bool:
    return bool(_PAST.search(words))


@dataclass(frozen=True, slots=True)
class Sentence:
    """Meaning that a sentence gives all its dates.

    `applies`: it is about applying. `other_round`: about an earlier round. `usual`: about what is so most years. `counted`: days are counted from
    another date ("tre veckor efter beslut").
    """

    applies: bool
    other_round: bool
    usual: bool
    counted: bool


def read_sentence(text: str, start: int, end: int) -> Sentence:
    """Return what the sentence at these offsets says; read once for all its dates."""
    return Sentence(
        *(
            any(pattern.search(text, start, end) is not None for pattern in patterns)
            for patterns in ((APPLIES, EXTENDS), (_OTHER_ROUND,), (_USUALLY,), (_RELATIVE,))
        )
    )


def is_cancelled(before: str, after: str, *, more: bool) -> bool:
    """Whether the day between these words is called off. `more`: another date follows in the same sentence, the new one."""
    if _NEW_DATE.search(before) and _CANCELLED.search(before):
        return False
    return bool(
        _WOULD_HAVE.search(before)
        or _CANCELLED.search(after)
        or (more and re.search(r"\bfrån\b", before) and _CANCELLED.search(before))
    )


def is_replaced(before: str) -> bool:
    """Return whether the words before a day say that another one stands in its place: "i stället för den", "tidigare"."""
    return bool(_OLD_DATE.search(before))


def is_void(before: str, after: str) -> bool:
    """Return whether a day is said to hold no longer, be it without the new one: "tidigare angiven frist var", "gäller inte längre"."""
    return bool(_VOID_BEFORE.search(before) or _VOID_AFTER.match(after))


def is_correction(before: str) -> bool:
    """Return whether a day corrects the one before it: "12 March … correction: 19 March"."""
    return bool(_CORRECTION.search(before))


def is_open_from(before: str) -> bool:
    """Return whether a round is open from the day that follows these words: "åben for ansøgninger fra den 1. december"."""
    return bool(_OPEN_FROM.search(before))


def is_source(between: str) -> bool:
    """Return whether only "from" stands between a day that something was moved to and this one."""
    return bool(_FROM.fullmatch(between.lstrip()))


def is_moved_from(before: str) -> bool:
    """Return whether the period behind these words is a move from its first day to its last: "flyttad från 1 mars till 15 mars"."""
    return bool(_FROM.search(before) and _MOVES.search(before))


def is_extension(words: str) -> bool:
    """Return whether a cue speaks of an extension, which only what closes can have; an opening is moved."""
    return EXTENDS.search(words) is not None


def is_list_link(words: str) -> bool:
    """Whether nothing but commas and "och" stands between two dates."""
    return _LIST_LINK.fullmatch(words) is not None


def stands_next(text: str, end: int, cue: Hit) -> bool:
    """Whether the cue follows the date directly: "15 mars öppnar ansökan"."""
    gap = _ADJACENT.match(text, end)
    return gap is not None and cue.start <= gap.end()
