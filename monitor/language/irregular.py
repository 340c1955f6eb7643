"""Swedish words whose forms no rule and no list gives right: irregular verbs, comparisons, and words that are spelled like a form of another."""

from __future__ import annotations

# Infinitive: the present, past and supine that are not the infinitive's regular ones. Verbs made of these with a prefix follow them.
_VERBS = """
be ber bett beds|binda binder bundit binds bundits|bita biter bitit|bjuda bjuder bjöd bjudit bjöds bjuds|bli blir blev blivit|brinna brinner brann brunnit
brista brister brast brustit|bryta bryter bröt brutit bröts bryts|bära burit burits|dra drar drog dragit drogs dras|dricka dricker drack druckit
driva driver drivit drevs drivs drivits|dö dör dog dött|falla faller föll fallit|finna finner fann funnit|finnas finns fanns funnits|flyga flyger flög flugit
flyta flyter flöt flutit|frysa fryser frös frusit|få får fick fått fås|ge ger gav gett givit ges gavs givits|gripa griper grep gripit greps grips
gå går gick gått|göra gör gjorde gjort görs gjordes gjorts gjord gjorda|gälla gäller gällde gällt|ha har hade haft|hinna hinner hann hunnit
hålla håller höll hållit hölls hålls hållits|heta heter hette hetat|hugga hugger högg huggit|klä klär klädde klätt|knyta knyter knöt knutit knöts
komma kommer kom kommit|krypa kryper kröp krupit|kunna kan kunde kunnat|le ler|lida lider lidit|ligga ligger legat|låta låter lät låtit
lägga lägger lade la lagt läggs lades lagts|leda leder ledde lett ledds leddes letts|njuta njuter njöt njutit|rida rider ridit|riva river rivit revs rivs
rinna rinner rann runnit|se ser såg sett ses sågs setts|sitta sitter satt suttit|sjunga sjunger sjöng sjungit|sjunka sjunker sjönk sjunkit
skilja skiljer skilde skiljs skildes|skina skiner skinit|skjuta skjuter sköt skjutit sköts|skriva skriver skrev skrivit skrevs skrivs skrivits
skära skär skurit|slippa slipper slapp sluppit|slita sliter slitit|slå slår slog slagit slogs slås|sova sover sov sovit|spricka spricker sprack spruckit
sprida sprider spred spridit spreds sprids spridits spridd spridda|springa springer sprang sprungit|sticka sticker stuckit|stiga stiger stigit
stjäla stjäl stulit stals|strida strider stridit|stå står stod stått|svika sviker svikit|säga säger sade sa sagt sägs sades sagts
sälja säljer sålde sålt säljs såldes sålts såld sålda|sätta sätter satte sätts sattes satts|ta tar tog tagit tas togs tagits|tiga tiger tigit
är var varit vore|veta vet visste vetat|vilja vill ville velat|vinna vinner vann vunnit vinns vanns vunnits|vrida vrider vridit
välja väljer valde valt väljs valdes valts vald valda|vänja vänjer vande|växa växer växte vuxit|äga äger ägde ägt ägs|äta äter åt ätit|böra bör borde
stödja stödjer stöder stödde stött stöds stöddes stötts|glädja gläder gladde|ska skall skulle
"""
_PREFIXES = """an av be bi bort efter emot er fram från för före förut genom hop igenom ihop in inne kvar med medel miss mot ned ner om på
runt sam samman sönder till tillbaka under undan upp ur ut uti utom vid åt åter över"""
PREFIXES = tuple(_PREFIXES.split())

# Base form: forms of it that lists get wrong or leave out.
_WORDS = """
ung yngre yngst yngsta unga ungas|hög högre högst högsta höga högt|låg lägre lägst lägsta låga lågt|lång längre längst längsta långa långt
stor större störst största stora stort|tung tyngre tyngst tyngsta tunga tungt|grov grövre grövst|liten litet lilla små mindre minst minsta smått
gammal gammalt gamla äldst äldsta|äldre äldres|god gott goda|bra bättre bäst bästa|dålig sämre sämst sämsta|nära närmare närmast närmaste|många fler flest flesta
få färre|mycket mer mera mest|bred brett breda bredare bredast|fri fritt fria friare friast fritts|vid vitt vida vidare|vit vita vitt|röd rött röda|död dött döda
glad glatt glada|hård hårt hårda|het hett heta|platt platta|sann sant sanna|ren rent rena|enkel enkelt enkla enklare enklast enklaste|vuxen vuxet vuxna vuxnas|egen eget egna
öppen öppet öppna|säker säkert säkra säkrare säkrast|trygg tryggt trygga tryggare tryggast|stark starkare starkast|svensk svenskt svenska svenskar svenskarna
mars|maj|januari|februari|april|juni|juli|augusti|september|oktober|november|december|år års året åren årets årens år|land landet länder länderna ländernas länders lands landets
ansvar ansvaret ansvarets|faktum faktumet fakta|medium mediet medier media medierna|data|öga ögon ögat ögonen|öra öron örat öronen|dag dagen dagar dagarna dags dagens
man mannen män männen mannens männens mäns|son söner sönerna|dotter döttrar|bror bröder|mor moder mödrar|far fader fäder|hus huset husen husens|gås gäss|mus möss
hand handen händer händerna|natt natten nätter|stad staden städer städerna städers städernas stadens|bok boken böcker böckerna böckers bokens|rot rötter|fot fötter|tand tänder
ko kor korna|sko skor skorna|vän vänner|tå tår|idé idéer idén|avtal avtalet avtalen|mål målet målen målens målets|tal talet talen|val valet valen valets|barn barnet barnen barns barnens
krona kronor kr|plan planen planer planerna planens planers|led leden leder lederna|vård vården vårdens|sport sporten|port porten portar|bas basen baser
resa resan resor resorna|ö ön öar öarna öns|by byn byar byarna byns|el elen elens|bo|sjö sjön sjöar sjöarna sjöns|hav havet haven havets havens|älv älven älvar älvarna älvens
modern modernt moderna modernare|europé européer européerna europén|län läns länet länen länets länens|kurs kursen kurser kurserna kursens|art arten arter arterna artens
del delen delar delarna delens|krav kravet kraven|form formen former formerna|fråga frågan frågor frågorna|grupp gruppen grupper|elev elever eleven eleverna elevers elevernas
beslut beslutet besluten beslutets beslutens|slut slutet sluten slutets|kår kåren kårer kårerna kårens|jämställd jämställt jämställda jämställdas
anställd anställda anställdas anställde anställt|avfall avfallet avfallets avfalls|underhåll underhållet underhålls|samla samlar samlade samlat samlas samlades
sin sitt sina|runda rundan rundor rundorna|flotta flottan flottor|stadium stadiet stadiets stadier stadierna stadiernas|tryck trycket tryckets trycken|träd trädet trädets träden trädens träds|deadline deadlinen deadlines|stötta stöttar stöttade stöttat stöttas
träff träffen träffarna träffs|uppväxt uppväxten|nyanländ nyanlänt nyanlända nyanländas|asylsökande asylsökandes|fullmäktige fullmäktiges
"""
# Words that are spelled like a form of another word, and are words of their own.
_OWN = """fullmäktige handla tryck åt va to redo vart för till från över under om mot av wifi första andra vår flera lika data media tillväxt växt uppväxt utväxt följd dator rike himmel tekniker kritiker historiker politiker praktiker musiker grundare nämnd fiske vete bete rot
moder väst öst skjuts täcke ros halt drag utdrag föredrag understöd bifall myt brons gråt kurs gräns ände vrede växel segel pendel koppel gödsel
mögel ånger rymd finans kvarts skift sås jubel rulle backe tum stadium premie supporter fläkt fånge modern tes mos majs lins essens sabbat blockad
fasad parad stig officer krångel blick upplaga granne vilt medel fiske kost post rest vinst lön aktiv passiv bredd längd höjd vidd inlägg fordran
försök beslut besök avslut intryck uttryck avtryck avbrott upphov uppdrag uppror upprop anlag avdrag utslag inslag bidrag företag intag uttag
mottagare utgivare uppgift avgift nämndeman förening inkomst utkomst ankomst utkast lantbruk jordbruk skogsbruk driftig
"""

# Words that look like two, but whose halves do not carry the meaning together.
_SIMPLE = """erfarenhet nyfikenhet beskriva beskrivning uppskatta deltagande nordisk jordbruk redovisa redovisning åstadkomma patetisk förutom hittills
fullständig ifrågasätta nästintill frivillig helvete framförallt yttrande kristina patrik magdalena bråttom elände repris kanske fortfarande kärlek frukost lägenhet universitet villkor tvinga vinter papper undantag förråd förresten portfölj porträtt miljon
kollega kontrollera programmera formulera formulär intressera passera lokalisera assistans koppar buller galler kvarter hallon redaktör regissör
retorik bokstav tallrik hertig maraton anklaga nyttja anordna hushåll nackdel handikapp operatör kvantitet provins kommendör tortyr lansera
sammanställning självinsikt annons parkering avtryck främling anhörig fängelse egendom oktober hantera bankett skillnad ledning trappa bostad kontakt kontroll kontrakt fartyg kultur kostnad fordon medborgare mångfald landskap verkstad skola försvar människa
ändamål hantverk ledamot granskning trädgård mottagare ordning ordförande vecka handel bransch kommun region äventyr arbete
hinder hemlig vanlig enskild tidning lördag söndag måndag tisdag onsdag torsdag fredag tillfälle rättighet skyldighet ungdom ålderdom
ansvar ensam gemensam lantbruk framtid nutid särskild personal material marknad egendom fullmakt lösning styrelse rörelse händelse
konstnär patient student president agent resurs respekt person personlig partner parti turist artist konst balans tryck uppgift
världen europa sverige norden finland norge danmark tyskland frankrike england jönköping stockholm göteborg malmö småland skåne
"""


def _lines(text: str) -> list[list[str]]:
    return [line.split() for line in text.replace("\n", "|").split("|") if line.strip()]


def verbs() -> dict[str, list[str]]:
    """Infinitives of irregular verbs and all their forms."""
    return {infinitive: [infinitive, *forms] for infinitive, *forms in _lines(_VERBS)}


def word_forms() -> dict[str, str]:
    """Forms of other irregular words and their base forms."""
    return {form: base for base, *forms in _lines(_WORDS) for form in (base, *forms)}


def own_words() -> frozenset[str]:
    """Words that are their own base form, though a list says otherwise."""
    return frozenset(_OWN.split())


def simple_words() -> frozenset[str]:
    """Words that look like compounds and are none, or no longer: the parts do not carry the meaning."""
    return frozenset(_SIMPLE.split())
