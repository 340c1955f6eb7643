"""The benchmarks' own vocabulary: what generated texts are made of where the captures do not lie beside the project."""

ENGLISH = """action activity adaptation agriculture air analysis approach area arts assessment authority awareness barrier benefit biodiversity
border building business capacity carbon care challenge change child citizen city civil climate collaboration community company competence
concept consumer cooperation cost country creative crisis culture cycle data decision demand democracy demonstration design development
digital disaster dissemination economy education efficiency elderly electricity emission employment energy engagement enterprise environment
equality equipment europe evidence exchange experience expert exploitation facility family farmer finance food forest framework funding future
gender goal governance grid group growth guidance habitat health heating heritage history home housing impact implementation inclusion
industry information infrastructure initiative innovation institution integration intelligence knowledge labour land language law leadership
learning library life literacy local management manufacturer market material measure media member method migration mobility model
monitoring municipality museum nature neighbourhood network nutrition objective opportunity organisation outcome ownership park participant
participation partner people performance pilot place planning plant platform policy pollution population practice prevention procedure
process product programme progress project promotion proposal protection provider public quality railway recommendation recovery recycling
region regulation rehabilitation renovation report research resilience resource responsibility restoration result right risk river road rule
safety scale scenario school science sector security service settlement skill society soil solution staff stakeholder standard state
strategy student study supply support surface sustainability system target task teacher technique technology test tool tourism town trade
training transfer transition transport treatment twin understanding university uptake use user value vehicle village volunteer vulnerable
waste water welfare wellbeing work worker workshop young youth""".split()  # noqa: SIM905 - a list of words is read more easily so

SWEDISH = """ansökan ansvar arbete arbetsmarknad avfall barn behov beslut bibliotek biologisk boende bostad brand bygd cykel demokrati deltagare
digitalisering ekonomi elever energi energieffektivisering familj fastighet folkhälsa framtid förening förnybar förskola företag förvaltning
gemensam grundskola gymnasium hälsa hållbar idrott infrastruktur innovation insats integration invånare jämställdhet klimat klimatanpassning
kollektivtrafik kommun kompetens kris kultur kulturarv kvalitet landsbygd ledning livsmedel lärare lärande medborgare medel migration miljö
mobilitet museum mångfald natur naturvård nätverk näringsliv nämnd odling område omsorg organisation park plan pilot process projekt
psykisk region resurs samarbete samhälle samverkan satsning sjukvård skog skola skydd social stad stöd strategi studie system säkerhet
trafik trygghet turism unga ungdom ungdomsutbyte uppföljning upphandling utbildning utbyte utlysning utveckling vatten vattenskydd verksamhet
vuxenutbildning vård vänort väg återbruk äldre äldreomsorg översvämning""".split()  # noqa: SIM905 - a list of words is read more easily so

GLUE_ENGLISH = "the of and to in for on with by from that will should are is be as at an or their this these which through within between".split()  # noqa: SIM905 - a list of words is read more easily so
GLUE_SWEDISH = (
    "och att i för som till av med på är ska den det en ett kan om eller inom mellan genom samt vid från har inte".split()  # noqa: SIM905 - a list of words is read more easily so
)

ENDINGS_ENGLISH = ("", "", "", "s", "s", "-based", "-related")
ENDINGS_SWEDISH = ("", "", "", "en", "et", "er", "erna", "s")
SYLLABLES = "ba be bo da de di fa fi ga ge ka ki ko la le li lo ma me mi mo na ne ni no pa pe po ra re ri ro sa se si so ta te ti to va ve vi".split()  # noqa: SIM905 - a list of words is read more easily so
