"""Word tables for reading who may apply: groups of applicants, adjectives that name a group, and words that part a clause.

Four languages in one table: pages mix them, and few words mean different things (see BY_LANGUAGE). `*` stands for the beginning
of a compound. Each row bears a sentence that must be read as its group; tests/language/test_applicants.py reads them all.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Group(StrEnum):
    """Group of applicants."""

    MUNICIPALITY = "municipality"
    """Municipalities, cities, local authorities, their companies and their associations."""
    REGION = "region"
    AGENCY = "agency"
    """State agencies and ministries."""
    PUBLIC = "public"
    """Public bodies in general."""
    UNIVERSITY = "university"
    """Universities, research institutes and researchers."""
    SCHOOL = "school"
    """Schools, preschools and those who run them."""
    COMPANY = "company"
    ASSOCIATION = "association"
    """Civil society: associations, foundations, faith communities."""
    INDIVIDUAL = "individual"
    ANY = "any"
    """Organisations or legal entities in general."""


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text parted by white space."""
    return frozenset(words.split())


class Noun(NamedTuple):
    """Word for a group. `kind` tells which adjectives turn it into another group: "authority", "body", "company", "school", "unit" (a general
    noun that its compound narrows) or "" for none."""

    group: Group
    kind: str = ""


class Row(NamedTuple):
    """Words of one group, parted by commas, with a sentence in which one of them applies."""

    group: Group
    kind: str
    words: str
    example: str


_M, _P, _A, _U = Group.MUNICIPALITY, Group.PUBLIC, Group.AGENCY, Group.UNIVERSITY
NOUN_ROWS = (
    Row(
        _M,
        "",
        "kommun, kommuner, kommunen, kommunerna, *kommuner, primärkommun, kommunstyrelsen, kommunstyrelser, kommunledningar, "
        "kommunkoncerner, stad, städer, staden, städerna, kommunalförbund, kommunalförbunden, kommunalförbundet, "
        "räddningstjänster, "
        "räddningstjänsten, allmännyttan, allmännyttiga bostadsbolag, allmännyttiga bostadsföretag, kommunägda bo"
        "lag, kommunägda företag, "
        "va-huvudmän, va-organisationer, vatten- och avloppshuvudmän, vänorter, vänortskommittéer",
        "Kommuner kan söka bidraget.",
    ),
    Row(
        _M,
        "",
        "municipality, municipalities, city, cities, town, towns, city councils, town councils, local councils, m"
        "unicipal councils, "
        "urban authorities, city halls, town halls, local government, local governments, municipal companies, mun"
        "icipal utilities, local self-governments",
        "Municipalities can apply for the grant.",
    ),
    Row(_M, "", "kommune, kommunerne, byer, byerne", "Kommunerne kan søge puljen."),
    Row(_M, "", "kommunene, kommunar, kommunane, byar og tettstader", "Kommunane kan søkje om tilskot."),
    Row(
        Group.REGION,
        "",
        "region, regioner, regionen, regionerna, landsting, landstingen, regionförbund, sjukvårdsregioner, region"
        "erne, regionene, "
        "fylkeskommune, fylkeskommuner, fylkeskommunen, fylkeskommunene, fylkeskommunar, fylker, regions, county "
        "councils, counties",
        "Regioner kan söka stödet.",
    ),
    Row(
        _A,
        "authority",
        "myndighet, myndigheter, myndigheten, myndigheterna, förvaltningsmyndigheter, styrelser og direktorater",
        "Myndigheter kan söka medel.",
    ),
    Row(
        _A,
        "",
        "länsstyrelse, länsstyrelser, länsstyrelsen, länsstyrelserna, departement, centralmyndigheter, ministerie"
        "r, ministerierne, "
        "direktorater, direktoratene, statsforvaltere, statsforvalterne, departementer, departementene, ministries, agencies, "
        "government agencies, state agencies, government departments, member states",
        "Länsstyrelser kan söka medel.",
    ),
    Row(
        _P,
        "authority",
        "authority, authorities, administrations, administration, myndigheder, myndighederne, forvaltninger, etater, "
        "förvaltning, förvaltningar",
        "Public authorities can apply.",
    ),
    Row(
        _P,
        "",
        "offentlig verksamhet, stadsnät, stadsnäten, offentligt ägda bolag, offentligt ägda företag, offentligrättsliga organ, "
        "offentligrättsliga samfund, bibliotek, folkbibliotek, biblioteken, publicly owned companies, "
        "public undertakings, public libraries, bodies governed by public law, folkebiblioteker, folkebibliotek",
        "Offentlig sektor kan söka stödet.",
    ),
    Row(
        _U,
        "",
        "universitet, universitetet, universiteten, *universitet, *högskolor, *högskola, högskola, högskolor, hög"
        "skolan, högskolorna, yrkeshögskolor, lärosäte, lärosäten, lärosätena, "
        "akademin, akademi, forskare, forskargrupp, forskargrupper, forskningsinstitut, forskningsinstituten, for"
        "skningsorganisationer, "
        "forskningsutförare, doktorander, doktorand, forskarna, disputerade forskare",
        "Lärosäten kan söka anslaget.",
    ),
    Row(
        _U,
        "",
        "university, universities, university college, university colleges, higher education institution, higher "
        "education institutions, heis, research organisations, "
        "research organizations, research institutions, research institutes, research performing organisations, r"
        "esearchers, researcher, "
        "academia, scientists, academic institutions",
        "Universities can apply for funding.",
    ),
    Row(
        _U,
        "",
        "universiteter, universiteterne, forskere, forskningsinstitutioner, videregående uddannelsesinstitutioner"
        ", universitetene, "
        "høgskoler, høyskoler, høgskolene, høyskolene, høyere utdanningsinstitusjoner, utdanningsinstitusjoner, f"
        "orskningsmiljøer, "
        "forskningsinstitutter, forskningsinstitusjoner, forskningsorganisasjoner",
        "Forskere kan søge bevillingen.",
    ),
    Row(
        Group.SCHOOL,
        "school",
        "skola, skolor, skolan, skolorna, *skolor, *skola, förskola, förskolor, förskolan, kulturskolan, utbildningsanordnare, "
        "skolenheter, gymnasier, huvudman, huvudmannen, huvudmän, huvudmännen, skolhuvudman, skolhuvudmän, vuxenutbildningen, "
        "vuxenutbildning, yrkesutbildning",
        "Grundskolor kan söka bidraget.",
    ),
    Row(
        Group.SCHOOL,
        "school",
        "school, schools, kindergartens, preschools, education providers, education and training providers, vet providers, "
        "skoler, skolerne, skolene, *skoler, *skole, børnehaver, daginstitutioner, barnehage, barnehager, skoleei"
        "ere, barnehageeiere",
        "Schools may apply.",
    ),
    Row(
        Group.COMPANY,
        "company",
        "företag, företaget, företagen, *företag, bolag, bolaget, bolagen, *bolag",
        "Företag kan söka checken.",
    ),
    Row(
        Group.COMPANY,
        "",
        "näringsliv, näringslivet, företagare, näringsidkare, egenföretagare, entreprenörer, operatörer, industrin, "
        "smf, nätägare",
        "Näringslivet kan söka stödet.",
    ),
    Row(
        Group.COMPANY,
        "company",
        "company, companies, business, businesses, enterprise, enterprises, firms, undertakings",
        "Companies can apply for support.",
    ),
    Row(
        Group.COMPANY,
        "",
        "sme, smes, start-up, start-ups, startup, startups, economic operators, industry, entrepreneurs, operators",
        "SMEs may apply.",
    ),
    Row(
        Group.COMPANY,
        "company",
        "virksomhed, virksomheder, virksomhederne, firmaer, selskaber, bedrift, bedrifter, bedriftene, foretak, s"
        "elskap, selskaper, "
        "næringsliv, næringslivet, aktører i næringslivet, erhvervslivet, gründere, iværksættere",
        "Virksomheder kan søge tilskud.",
    ),
    Row(
        Group.ASSOCIATION,
        "",
        "förening, föreningar, föreningen, föreningarna, *föreningar, *förening, civilsamhälle, civilsamhället, c"
        "ivilsamhällesorganisation, "
        "civilsamhällesorganisationer, organisationer i civilsamhället, organisationer inom civilsamhället, civil"
        "samhällets organisationer, "
        "*organisationer, stiftelse, stiftelser, trossamfund, samfund, folkhögskola, folkhögskolor, studieförbund"
        ", riksförbund, *förbund, "
        "byalag, byalaget, intresseföreningar, idrottsklubbar, klubbar, *klubbar, föreningslivet, församlingar, kyrkor, samebyar",
        "Idrottsföreningar kan söka bidraget.",
    ),
    Row(
        Group.ASSOCIATION,
        "",
        "association, associations, ngo, ngos, cso, csos, non-governmental organisations, non-governmental organizations, "
        "civil society, civil society organisation, civil society organisations, civil society organizations, cha"
        "rities, charity, "
        "clubs, sports clubs, federations, foundations, foundation, non-profits, nonprofits, trade unions, social"
        " partners, cooperatives, faith communities, "
        "organisations representing civil society, youth organisations, umbrella organisations",
        "NGOs can apply for grants.",
    ),
    Row(
        Group.ASSOCIATION,
        "",
        "forening, foreninger, foreningerne, *foreninger, frivilligorganisationer, civilsamfundsorganisationer, c"
        "ivilsamfundet, ngo'er, "
        "klubber, menigheder, foreningene, *organisasjoner, idrettslag, lag og foreninger, stiftelsen, trossamfun"
        "n, sivilsamfunnet, "
        "velforeninger, frivilligheten, foreiningar, fonde",
        "Idrettslag kan søke om støtte.",
    ),
    Row(
        Group.INDIVIDUAL,
        "",
        "privatperson, privatpersoner, enskilda personer, enskild person, personer, individer, medborgare, invånare, studenter, "
        "student, studerande, elever, ungdomar, unga, konstnär, konstnärer, kulturskapare, lantbrukare, jordbrukare, "
        "villaägare, småhusägare, fiskare, yrkesfiskare, vattenbrukare, privatpersonen, dödsbon, författare, jour"
        "nalister, lärare, lantbruksföretagare",
        "Privatpersoner kan söka bidraget.",
    ),
    Row(
        Group.INDIVIDUAL,
        "",
        "individuals, natural persons, natural person, private individuals, private persons, citizens, students, artists, "
        "young people, farmers, journalists, teachers, residents, borgere, privatpersoner, enkeltpersoner, studer"
        "ende, kunstnere, "
        "landmænd, bønder, forfattere, innbyggere, enkeltperson",
        "Individuals may apply.",
    ),
    Row(
        Group.ANY,
        "body",
        "organisation, organisationer, organisationen, organisationerna, aktör, aktörer, aktören, aktörerna, juridisk person, "
        "juridiska personer, sektor, sektorn, verksamheter, institutioner, fastighetsägare, behovsägare, organ",
        "Organisationer kan söka.",
    ),
    Row(
        Group.ANY,
        "unit",
        "markägare, skogsägare, lodsejere, grunneiere, landowners, land owners, *verksamheter, *institutioner, *i"
        "nstitusjoner, *inrättningar",
        "Kulturverksamheter kan söka.",
    ),
    Row(
        Group.ANY,
        "body",
        "organisations, organization, organizations, legal entity, legal entities, entity, entities, legal person"
        ", legal persons, actor, "
        "actors, stakeholders, institutions, institution, body, bodies, sector, providers, service providers",
        "Any legal entity can apply.",
    ),
    Row(
        Group.ANY,
        "body",
        "aktører, aktørene, aktørerne, juridiske personer, juridiske enheder, juridiske enheter, organisasjon, or"
        "ganisasjoner, institusjoner, "
        "virksomheter, enheter, organisasjonar, organisationerne",
        "Juridiske personer kan søke.",
    ),
)

ADJECTIVES: dict[str, Group] = {
    word: group
    for group, words in (
        (_P, "offentlig offentliga offentligt offentlige offentligrättsliga public publika publicly"),
        (_M, "kommunal kommunala kommunalt kommunale municipal kommunägda local lokal lokala lokale lokalt urban city"),
        (Group.REGION, "regional regionala regionalt regionale regionägda fylkeskommunale"),
        (_A, "statlig statliga statligt statlige statslige national nationella nationell nationale nasjonale central centrala centrale"
             " governmental federal"),
        (Group.ASSOCIATION, "ideell ideella ideelt ideelle idéburen idéburna frivillig frivilliga frivillige non-profit nonprofit voluntary"
                            " non-governmental nongovernmental not-for-profit icke-vinstdrivande almennyttige almennyttiga charitable religiösa"),
        (Group.COMPANY, "enskilda fristående privat privata private commercial kommersiella kommersielle privatägda"),
        (Group.SCHOOL, "educational"),
    )
    for word in words.split()
}  # fmt: skip
"""Adjectives that say which group a general noun stands for: "ideella organisationer", "local and regional authorities"."""
LOCAL = word_set("local lokal lokala lokale lokalt urban city")
"""Adjectives that mean the municipality only before a word for an authority: "lokala aktörer" are no municipalities."""
COMPANY_ADJECTIVES = frozenset(("kommunal", "kommunala", "kommunalt", "kommunale", "municipal", "kommunägda"))
PLAIN = word_set("""alla alle all any samtliga svenska svensk svenske nordiska nordiske nordisk baltiska europeiska europeiske european swedish nordic
    eligible legal olika övriga andra andre other various different following interested en ett et a an the de den det dessa båda
    både minst två tre flera enskild vissa våra era landets sveriges juridiska juridiske separate independent at least two three
    one or more
    etablerade hele typer slags former every each either both several""")
"""Words before a general noun that narrow nothing."""
NARROWING = word_set("""med inom within with working active som that which who verksamma verksam operating der utan without specialised
    representing of innenfor innanfor indenfor arbetar""")
"""Words after a general noun that narrow it: "organisationer inom idrott"."""
WIDE_CLAUSE = word_set("vill önskar ønsker vil wish want wishing har är are kan established søker söker använder uses")
"""Verbs of a clause after "som" that narrow nothing that a municipality would not fulfil: "organisationer som vill söka"."""
GATHERING = word_set("""typer typ slag sorter former types type kinds kind grupper grupp group groups gruppe grupper sammanslutningar sammanslutning konsortier
    konsortium consortium consortia nätverk networks network antal number range en ett någon one minst flera partnership partnerships""")
"""Words before "av" or "of" that leave the noun after it the head: "grupper av kommuner"."""

TAGS: dict[str, str] = {
    phrase: tag
    for tag, phrases in (
        ("m", "möjlighet att, möjligheten att, chansen att, chans att, the opportunity to, the chance to, an opportunity to, mulighed for at, mulighet til å, høve til å, kan, får, kunna, kunne, can, may, could, ska, skall, måste, bör, skal, must, shall, should, will, har möjlighet att, har rätt att, "
              "är välkomna att, är välkommen att, välkomnas att, inbjuds att, uppmanas att, are invited to, is invited "
              "to, are welcome to, "
              "are encouraged to, are allowed to, are entitled to, have to, has to, needs to, need to, har mulighed for"
              " at, har mulighet til å, "
              "inviteres til at, inviteres til å, oppfordres til å, opfordres til at, må, er velkomne til at, er velkomne til å, "
              "har anledning til å, är behöriga att, är berättigade att, har behörighet att"),
        ("X", "inte möjlighet att, ikke mulighed for at, ikke mulighet til å, no opportunity to, ingen möjlighet att, cannot, can't, can’t, may not, can not"),
        ("x", "inte, ej, icke, not, ikke, ikkje, never, aldrig, aldri, varken, neither, nor, verken, hverken, inga, ingen, inget, no, "
              "utom, except, excluding, undantaget, med undantag för, med undantag av, with the exception of, bortsett fra, bortset fra, undtagen, unntatt"),
        ("o", "endast, bara, enbart, enkom, uteslutande, only, solely, exclusively, kun, bare, utelukkende, udelukkende, berre, blott, alene"),
        ("Y", "inte bara, inte enbart, inte endast, not only, not just, ikke kun, ikke bare, ikkje berre"),
        (".", "at least, up to, upp till, op til, opp til, final beneficiaries, ultimate beneficiaries, slutliga mottagare, granting authority, awarding authority, "
              "managing authority, contracting authority, managing authorities, granting authorities, contracting autho"
              "rities, förvaltande myndighet, "
              "to be, bara en, endast en gång, only once"),
        ("a", "söka, ansöka, nominera, rekvirera, apply, enter, søge, ansøge, søke, søkje, tillansöka, be applicants, vara med och söka"),
        ("p", "går att söka, går det att söka, möjligt att söka, mulig å søke, muligt at søge, sökas, ansökas, söks, ansöks, rekvireras, søges, ansøges, søkes, søkast, applied for"),
        ("s", "søker, söker, ansöker, applies, søger, ansøger om, ansöker om, rekvirerar"),
        ("u", "skickas, lämnas, göras, görs, ges in, submitted, made, indsendes, sendes, leveres, indgives, lodged"),
        ("K", "are excluded, is excluded, är undantagna, är undantagen, är undantaget, undantas, er undtaget, er undtagne, er unntatt, är uteslutna, "
              "er udelukket, er utelukket, omfattas inte, omfattas ej, are not covered, are ineligible"),
        ("U", "lämna, skicka, inkomma, submit, indsende, sende, levere, indgive, submitting, ge in, komma in, hand in, send in"),
        ("A", "ansökan, ansökningar, ansökningarna, ansökan om, application, applications, proposal, proposals, ansøgning, ansøgninger, "
              "ansøgningen, ansøgningerne, søknad, søknader, søknaden, søknadene, intresseanmälan, ansökningen, projektansökan"),
        ("g", "få, erhålla, beviljas, tilldelas, receive, get, obtain, få tildelt, modtage, motta, få del av, ta del av, ta emot, be awarded, "
              "request, be granted, benefit from, be funded, be supported"),
        ("R", "rätt till, entitled to, ret til, rett til, rett på, berättigade till, berättigad till, berettiget til, berettigede til, berettiget til at få"),
        ("$", "bidrag, bidraget, bidragen, stöd, stödet, stöden, medel, medlen, ersättning, ersättningen, finansiering, finansieringen, pengar, "
              "pengarna, anslag, anslaget, statsbidrag, statsbidraget, *bidrag, *bidraget, *stöd, *stödet, *medel, *che"
              "ckar, *check, funding, "
              "grant, grants, finance, financing, money, tilskud, tilskuddet, støtte, støtten, midler, midlene, midlern"
              "e, tilskudd, "
              "tilskot, *tilskud, *tilskudd, bevilling, bevillinger, millioner, miljoner, miljon, million, mkr, mnkr, m"
              "dkr, tkr, msek, meur, mio, mill, sek, nok, dkk, eur, kronor, kroner, euro, kr, financial support, "
              "lump sum, co-funding"),
        ("S", "support"),
        ("c", "utlysning, utlysningen, utlysningar, *utlysning, *utlysningen, call, calls, ansökningsomgång, ansökningsomgången, omgången, "
              "programmet, program, programme, scheme, fonden, fond, fund, pulje, puljen, ordning, ordningen, tilbud, t"
              "ilbuddet, ordninga, "
              "*ordningen, *ordning, erbjudandet, satsningen, tilskudsordningen, utlysinga, initiative, initiativet, co"
              "mpetition, opportunity, participation, deltagande, ansökningstiden, "
              "checken, stipendiet"),
        ("e", "stödberättigade, stödberättigad, bidragsberättigade, bidragsberättigad, behöriga, behörig, eligible, støtteberettigede, "
              "støtteberettiget, støtteberettigete, støtteberettigede ansøgere, ansøgningsberettigede, søknadsberettigede, ineligible, tilskudsberettigede"),
        ("k", "ansøgerkreds, ansøgerkredsen, søkekrets, sökande, sökanden, sökandena, applicant, applicants, ansøger, ansøgere, ansøgeren, ansøgerne, søkere, søkeren, søkar, søkarar, "
              "stödmottagare, stödmottagaren, bidragsmottagare, beneficiary, beneficiaries, stödsökande, bidragssökande"
              ", recipients, "
              "søkerne, behöriga sökande, eligible applicants, projektägare, projektägaren, projekteier, prosjekteier, "
              "prosjekteiere, tilskudsmodtagere, "
              "tilskuddsmottakere, tilskuddsmottaker"),
        ("l", "huvudsökande, koordinator, koordinatorn, huvudman för projektet, lead partner, lead partners, lead applicant, lead applicants, "
              "coordinator, coordinators, project leader, project lead, hovedansøger, hovedansøgeren, hovedsøker, hovud"
              "søkar, projektleder, "
              "main applicant, main applicants, projektledande, lead beneficiary, koordinerande part, projektpartner som leder"),
        ("L", "ledas, leds, led, ledes, drivas, koordineras, coordinated, samordnas"),
        ("b", "är, vara, are, is, be, være, inkluderar, include, includes, omfattar, omfatter, företräder, representerar, represent, represents, repræsenterer, representerer, blir, utgörs av, er også, comprise"),
        ("r", "som, that, which, who, vilka, vars, där, where, whose"),
        ("w", "vem, vilka, who, hvem, kven, hvilke, which organisations, which entities, vilka organisationer, vilka aktörer, vem är det som"),
        ("P", "som partner, som partners, som part, som parter, som medsökande, som samarbetspart, som samarbetspartner, som projektpartner, "
              "som projektpart, som projektparter, som deltagare, som deltagande part, as partner, as partners, as a pa"
              "rtner, as project partners, "
              "as project partner, as a project partner, as associated partners, as an associated partner, as co-applic"
              "ants, as a co-applicant, "
              "som partnere, som medansøger, som medansøgere, som medsøker, som medsøkere, som samarbeidspartner, som s"
              "amarbejdspartner, "
              "som samarbejdspartnere, som samarbeidspartnere, i rollen som partner, in the role of partner, as consort"
              "ium partners, "
              "as consortium members, as pilot sites, as test sites, som testbädd, som samverkanspart, som samverkansparter"),
        ("Q", "partner, partners, part, medsökande, samarbetspart, samarbetspartner, samverkanspart, projektpartner, partnere, co-applicants, "
              "co-applicant, associated partners, project partners, project partner, samarbejdspartner, samarbejdspartn"
              "ere, samarbeidspartnere, "
              "samarbeidspartner, parter, samverkansparter, medansøgere, medsøkere"),
        ("H", "som huvudsökande, som koordinator, as lead, as lead or partner, as lead partner, as lead partners, as coordinator, "
              "som lead, as a lead partner, som projektägare, as leaders, som leadpartner, som hovedansøger, som hoveds"
              "øker, som sökande, as applicants, "
              "as an applicant, as lead applicants, as coordinators"),
        ("D", "delta, medverka, ingå, participate, join, take part, deltage, delta i, vara med, være med, inngå, indgå, be involved, be included"),
        ("T", "riktar sig, vänder sig, öppen, öppet, öppna, open, avsedd, avsett, avsedda, riktad, riktat, riktade, riktas, rettet, henvender sig, "
              "åben, åbent, åbne, åpen, åpent, åpne, aimed, addressed, targeted, directed, intended, available, designe"
              "d, retter sig, vender seg, "
              "retter seg, ope, open for, är till, er til, målrettet, målrettede, øremerket, øremærket, öronmärkt, öron"
              "märkta, öronmärkt, reserverade, reserveret, forbeholdt, reserverad, reserverat, reserved, restricted, li"
              "mited, "
              "begränsad, begränsat, förbehållet, förbehållen, tillgängligt, tillgänglig"),
        ("I", "inviterar, inbjuder, bjuder in, inviterer, invites, invite, uppmanar, välkomnar, welcomes, welcome, encourages, oppfordrer, välkomna, välkommen, velkomne, velkommen, "
              "opfordrer, bjuder nu in, inviterar nu"),
        ("M", "behörighet, eligibility, målgrupp, målgruppen, målgrupper, målgruppe, target group, target groups, målgruppa"),
        ("G", "fördelar, fördelas, delar ut, delas ut, betalas ut, ges, lämnas, går, avsätter, avsätts, utdelas, beviljas, gives, ydes, bevilges, "
              "uddeles, gis, innvilges, tildeles, fordeles, awarded, granted, allocated, provided, distributed, lämnar,"
              " ger, betalar ut, utbetalas, "
              "utgår, utlyser, reserverar, satsar, deler ut, uddeler, yder, gir, provides, offers, awards, allocates, given, utgis"),
        ("N", "saknar, mangler, vil gjerne ha med, vil gerne have med, would like to add, would like to include, would like to invite, trenger, ser etter, etterlyser, efterlyser, har brug for, har bruk for, vill hitta, vil finde, vil finne, ønsker å finne, would love to find, want to find, wants to find, letar efter, leter etter, leder efter, is seeking, are seeking, seeks, looking for, is looking for, are looking for, we seek"),
        ("F", "finansierar, medfinansierar, finances, co-finances, finansierer"),
        ("2", "stödjer, stöder, supports, støtter"),
        ("d", "are involved, is involved, involveras, deltar, medverkar, ingår, deltager, inngår, indgår, participates, er med, är med"),
        ("h", "verksam vid, verksamma vid, anställd vid, anställda vid, anställd av, knuten till, knutna till, ansluten till, employed by, employed at, "
              "affiliated with, affiliated to, based at, ansat ved, ansat på, tilknyttet, ansatt ved, ansatte ved, tilknyttet til, knyttet til"),
        ("V", "whether, oavsett om, uansett om, uanset om, hvad enten, vare sig"),
        ("J", "redan skickat in, redan ansökt, redan sökt, redan har sökt, redan har ansökt, redan lämnat, har already applied, have already applied, already applied, "
              "already submitted, have already submitted, allerede har søgt, allerede har ansøgt, allerede har søkt, har allerede søkt"),
        ("C", "samarbeten, utbyten, samarbejder, partnerships, samarbete, samverkan, tillsammans, cooperation, collaboration, partnership, together, samverkar, samarbetar, samarbejde, samarbeid, "
              "sammen, i lag, fellesskap, konsortium, cooperate, collaborate, samverka, samarbeta, samarbejder, samarbeider, konsortie, saman"),
        ("B", "men, but, dock, while, medan, whereas, however, mens, däremot, dog, medens, imens, utan, derimot"),
        ("&", "och, eller, samt, and, or, og, eller och, and/or, och/eller, liksom, respektive, as well as, såväl som, plus, &, /"),
        ("z", "but not limited to, not limited to, till exempel, t.ex, exempelvis, såsom, such as, e.g, for example, bland annat, bland andra, inklusive, including, f.eks, "
              "for eksempel, blandt andet, blandt andre, herunder, blant annet, blant andre, som exempelvis, som till e"
              "xempel, som t.ex, inter alia, "
              "som f.eks, som for eksempel, for instance, like, däribland, among others, among them, bland dem, blandt dem, blant dem, slik som, så som, i första hand, främst, primarily"),
        ("Z", "även, också, dessutom, also, additionally, likaså, også, desuten, desuden, in addition, too"),
        ("t", "till, åt, to, til"),
        ("f", "för, for, mot, mod, at, towards"),
        ("v", "av, by, af, hos, from, från, fra, vid"),
        ("i", "i, på, med, inom, mellan, genom, under, om, vid, in, on, of, with, within, between, through, into, about, ved, mellem, "
              "mellom, gjennom, gennem, innen, inden, enligt, utanför, outside, around, kring, gällande, regarding, bla"
              "nd, among, against, "
              "across, över, via, på uppdrag av, on behalf of, för att, to support, to help, innenfor, efter"),
        ("E", "per"),
        ("y", "den som, de som, dem som, those who, ni, du, you, dere, er organisation, din organisation, your organisation, they, those, jer"),
        ("q", "om, if, hvis, dersom, såfremt, provided"),
        ("O", "andra, övriga, others, andre, øvrige, andra sökande, other applicants, ingen annan, nobody else, no one else, ingen andre"),
        ("W", "vill, önskar, want, wants, wish, wishes, wishing, wanting, ønsker, vil, looking, planerar, behöver, seeking, interested"),
    )
    for phrase in phrases.split(", ")
}  # fmt: skip
"""Phrases and the letter by which the patterns of monitor/language/applicants.py know them; of several readings the last row wins."""
