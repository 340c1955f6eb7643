"""Words and patterns of shares: who pays, in which words, and of what. The words are in `shares.toml`, the grammar is here."""

from __future__ import annotations

import re

from monitor.language.datafile import Patterns
from monitor.language.money_words import PATTERNS as MONEY_PATTERNS
from monitor.language.number_words import NUMBERS

_FIGURES = r"(?<![\w.,/:])[0-9]{1,3}(?:[.,][0-9]{1,2})?"
PATTERNS = Patterns(
    "shares.toml",
    {
        "figures": _FIGURES,
        "verb": r"\b{pays}\b",
        "agent": r"\b(?:(?P<funder>{funder_word})|(?P<own>{own_word}))\b",
        "passive": (
            r"\b(?:(?:med)?finansieras|betalas|täckas|täcks|bekostas|ersätts|stå[rs]?|kom(?:mer|ma)|come|covered|paid|"
            r"financed|co-?financed|funded|borne|provided|reimbursed|(?:med)?finansieres|dækkes|dekkes|betales|"
            r"komme|met)\b[^.\n]{0,60}?\b(?:av|af|by|från|from|fra)\s+(?:the\s+|den\s+|de\s+|"
            r"andra\s+)?(?:(?P<funder>{funder_word})|(?P<own>{own_word}|er|egna\s+medel|egne\s+midler|own\s+(?:resources|"
            r"funds)))\b"
        ),
        # In English the bare word is the applicant's where it is demanded, and says nothing elsewhere.
        "co_financing": r"\bco-?(?:financing|funding)\b(?!\s+(?:rate|by|from))",
        # "... själv": the applicant, unless the clause names the funder before it.
        "self": (
            r"\b(?:själv(?:a|t)?|selv|sjølv(?:e)?|themselves|itself|yourself|yourselves)\b(?=[^.;\n]{0,40}(?:{pays}|[0-9]|"
            r"hälften|half|halv))|"
            r"\b(?:dækkes|dekkes|betales|täcks|betalas|finansieras|finansieres)\s+(?:av|af)\s+[^.;,\n]{1,30}?\s(?:själv(?:a)?|selv|sjølv)\b|"
            r"\b(?:själv(?:a|t)?|selv|sjølv(?:e)?|themselves|itself|yourselves)\s+(?:finde|finne|hitta|ordna|skaffa|skaffe|stille|raise|find|"
            r"secure|finansiera|finansiere|tillföra)\b|\b(?:{pays})\b[^.;,\n]{0,40}?\b(?:själv(?:a|t)?|selv|sjølv(?:e)?|themselves|itself|yourself|"
            r"yourselves)\b"
        ),
        # "Resten står kommunen för": the subject between the verb and its particle.
        "turned": (
            r"\b(?:står|svarar|svarer|går)\s+(?:(?P<funder>{funder_word})|(?P<own>{own_word}))\s+(?:själv(?:a|t)?\s+|"
            r"selv\s+)?(?:för|for|in\s+med|inn\s+med)\b"
        ),
        "pronoun": r"\b(?:{own_word})\b",
        "is_municipality": r"\s*{municipality}",
        "has_municipal_applicant": r"\b{municipal_applicant}\b",
        "has_other_applicant": r"\b{other_applicant}\b",
        # A share of the grant, or of the pot of the call, is none of the costs.
        "of_grant": (
            r"[^.,;\n]{0,12}?\b(?:av|of|af)\s+(?:(?:the|det|den|de|total\w*|sökt\w*|beviljad\w*)\s+){0,3}(?:bidrag(?!sberätt|"
            r"sgrund)\w*|stöd(?:et|beloppet)?\b|eu-stöd\w*|grant\b|tilskud(?!sbere)\w*|støtte(?!bere)\w*|beviljat|bevilget|"
            r"(?:(?:available|overall)\s+)?(?:call|programme|topic|fund)(?:['’]s)?\s+budget|(?:utlysning|program|pulj|utlysing)\w*s\s+budg?\w*)"
        ),
        "parted": r"[,;]|\b(?:och|og|and|men|but|while|medan|mens)\b",
        # "Högst 20 procent av budgeten får användas till utrustning": the percentage is itself what is ruled.
        "of_use": (
            r"(?:\s+(?:av|af|of)\s+[^.,;:]{0,50}?)?\s+(?:får|kan|ska|skal|må|may|can|must|should)\s+(?:be\s+|bara\s+|endast\s+|kun\s+)?"
            r"(?:användas|vara|gå|bestå|avse|utgöras|anvendes|bruges|brukes|være|gå|spent|used|allocated)\b"
        ),
        # "... rate of 20 % by the applicant": the word directly behind decides.
        "by": r"\s*(?:by|from|från|fra)\s+(?:the\s+|den\s+|de\s+)?(?:(?P<funder>{funder_word})|(?P<own>{own_word}|er))\b",
        # "Ingen egen finansiering krävs, men arbetstid ersätts inte fullt ut": a share is asked for after all.
        "but": r"\s*,?\s*(?:men|but|dock|dog|however|although|även\s+om)\b",
        "clause": r"[,;()]|\b(?:och|and|og|men|but|medan|mens|while|samt|där|where|hvor|som|which|whereas|resten|dvs|i\.e)\b",
        "word_last": r"(?<!\w)(?:{word_number})$",
        "link_last": r"(?:-|\b(?:till|til|to|och|og|and))\s?$",
        "low_last": (
            r"(?:{figures}|(?<!\w)(?:{word_number}))\s?(?:%|procent|prosent|pct|per\s?cent)?\s?(?:-|till|til|to|och|og|"
            r"and)\s?$"
        ),
        "of_costs": r"(?:\s+(?:av|af|of))?(?:\s+(?!(?:av|of|af)\b)[\w'’-]{1,30}){0,3}?\s+{costs}\b",
        # "Mindst halvdelen af rådgivningen": a service that is paid for, not people or time.
        "of_thing": (
            r"(?=\s+(?:av|af|of)\s+\w)(?!\s+(?:av|af|of)\s+(?:(?:the|de|den|det|alla|alle|all)\s+){0,2}(?:deltag|delta[kg]|"
            r"partner|part|participant|organi|kommun|region|municip|cit|member|medlem|tid|time|möte|møte|unga|unge|young|"
            r"women|men\b|kvinn|kvind|elev|pupil|student|företag|compan|virksom|bedrift|people|person|land|lænd|countr|grant|"
            r"bidrag|stöd|tilskud|støtte|medl|midl))"
        ),
        # Shares in words: of the costs, or by themselves at the end of a clause behind a bound ("minst hälften"). Each begins
        # with one of the letters before "\b", which are tried first: the rest is tried at few places.
        "part": (
            r"(?=[taoeh])\b(?:(?P<quarters>tre\s+fjärdedelar|tre\s+fjerdedele?r?|three[\s-]quarters){of_costs}|"
            r"(?<!three )(?<!three-)\b(?P<quarter>en\s+fjärdedel|en\s+fjerdedel|a\s+quarter|one\s+quarter)(?:{of_costs}|"
            r"(?<=minst en fjärdedel)(?=\s*(?:[.,;)]|$))|(?<=mindst en fjerdedel)(?=\s*(?:[.,;)]|$))|"
            r"(?<=minst en fjerdedel)(?=\s*(?:[.,;)]|$))|"
            r"(?<=least a quarter)(?=\s*(?:[.,;)]|$))|(?<=least one quarter)(?=\s*(?:[.,;)]|$)))|"
            r"\b(?P<half>hälften|halva|halve|halvdelen|halvparten|half)(?:{of_costs}|\s+(?:av|af|of)\s+(?:ett|et|a|each|every|"
            r"the|varje|hvert)\s+(?:projekt|prosjekt|project)\b|(?<=minst hälften)(?=\s+själv)|(?<=mindst halvdelen)(?=\s+selv)|"
            r"(?<=minst halvparten)(?=\s+selv)|(?<=least half)(?=\s+(?:themselves|itself))|"
            r"(?<=minst hälften){of_thing}|(?<=mindst halvdelen){of_thing}|"
            r"(?<=minst halvparten){of_thing}|(?<=least half){of_thing}|(?<=hälften)(?=\s*(?:[.,;)]|$))|"
            r"(?<=halvdelen)(?=\s*(?:[.,;)]|$))|(?<=halvparten)(?=\s*(?:[.,;)]|$))|(?<=half)(?=\s*(?:[.,;)]|$)))|"
            r"(?<!inte )(?<!not )(?<!ikke )\b(?P<whole>hela|hele|the\s+whole|the\s+full|the\s+entire|all)(?:\s+(?:the|de|den|"
            r"of|eligible|projektets|prosjektets)){0,2}\s+{costs}\b)"
        ),
        # "Støtteprocenten kan ikke overstige 35": the label holds the per cent.
        "labelled": (
            r"\b(?:st[øö]tteprocent|stødprocent|stödprocent|tilskudsprocent|bidragsprocent|støtteprosent|tilskuddsprosent|"
            r"prosentsats\w*\s+for\s+støtte)(?:en|satsen)?\b[^.\n0-9]{0,40}(?P<value>100|[1-9][0-9]?)(?![0-9.,]*[0-9]|\s?(?:%|"
            r"procent|prosent|pct|per\s?cent))"
        ),
        # "... 40 % for large companies, 50 % for small ones": behind the share of one case, that of the next.
        "case_behind": (r"\s*(?:(?:av|of|af)\s+(?:[\w-]+\s+){1,3})?\(?{case_word}"),
        "case_word": r"\b(?:för|for|til|till|where|when|if|vid|ved|i|in|on|hvis|om|dersom|når|när)\b",
        # "For wetlands it rises to 90 %": a case that is named before its share, at the beginning of a sentence or line.
        "case_before": (
            r"\s*[-*–]?\s*{case_word}\s[^.:%0-9]{3,90}?\b(?:{case_verb})"
            r"(?:\s+(?:dock|altså|however|istället|i\s+stället|instead))?\s+(?:{most}\s+)?$"
        ),
        # "Projects that restore bogs may receive up to 90 %.": the case is the subject, and nothing is behind its share.
        "case_gets": (
            r"[^.:;%0-9]{3,90}?\b(?:(?:kan|får|can|may|could)\s+(?:(?:i\s+stället|istället|dock|dog|however|instead)\s+)?"
            r"(?:få|receive|get|modtage|motta|beviljas|bevilges|tildeles)|får|gets?|receives?)\s+(?:{most}\s+)?$"
        ),
        # "Towns receive 80 %, private partners 70 %": the verb counts for the second share, too.
        "got_before": r"\b(?:receives?|gets?|får|modtager|mottar)\b[^.;]*%[^.;]*",
        "ends_clause": r"\s*(?:[.!]|$)",
        # An item of a list whose items before are shares: "- Wetlands: up to 90 %".
        "case_item": r"\s*[-*–]?\s*[^.:%0-9\n]{3,80}(?::|\s[-–]|\s\|)\s*(?:{most}\s+)?$",
        "is_raised": r"\b{raised}\s+(?:{most}\s+)?$",
        # "40 procent (för små företag 50)": the second share has no sign of its own.
        "bare_case": (
            r"\s*(?:\(\s*)?(?:för|for|til|till)\s+[^.,;()%0-9]{3,40}\s(?P<value>100|[1-9][0-9])\s?\)|"
            r"[^.;%0-9]{0,40}\b(?:medan|mens|while|men|but|och|og|and)\s[^.,;%0-9]{3,60}\s{most}\s(?P<behind>100|[1-9][0-9])(?=\s*(?:\.\s|\.?$|\n))"
        ),
        "is_own": r"\b{own}\b",
        "is_asked_for": r"\b{asked_for}\b",
        "is_funder": r"\b{funder}\b",
        "is_weak_funder": r"\b{weak_funder}\b",
        "is_other_call": r"\b{other_call}\b",
        "is_rest": r"\b{rest}\b",
        "is_ours": r"\b{ours}\b",
        "is_abroad": r"\b{abroad}\b",
        "other_clause": r"[,;]|\b(?:but|men|while|medan|mens|whereas)\b",
        "is_public": r"\b{public_body}",
    },
    others=(NUMBERS, MONEY_PATTERNS),
)
FIGURES_LAST = re.compile(rf"{_FIGURES}$")
# The proper name of a funder before a verb of paying: capitals alone, or two words with capitals. Read with its case.
NAME_LAST = re.compile(
    r"(?:\b[A-ZÅÄÖÆØ]{3,}\+?|\b[A-ZÅÄÖÆØ][\w+-]+\s+[A-ZÅÄÖÆØ][\w+-]+)\s+(?:kan|kommer\s+att|will|can|may|vil|skal|ska)?\s*$"
)
# "Resekostnader får utgöra högst 10 procent av budgeten": a rule for one kind of costs.
KIND_OF_COSTS = re.compile(
    r"\b(?!projekt|prosjekt|total)\w{3,}(?:kostnad|utgift|udgift|omkostning)\w*\s+(?:får|kan|ska|skal|må)\b|"
    r"\b(?!total|eligible|project)[a-z]{3,}\s+costs\s+(?:may|can|must|should)\b",
    re.IGNORECASE,
)
COSTS = re.compile(r"kostnad|cost|utgift|udgift|omkostning|expen|budget|budsjett", re.IGNORECASE)
