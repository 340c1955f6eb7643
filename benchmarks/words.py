"""The benchmarks' own vocabulary: what generated texts are made of where the captures do not lie beside the project.

ENGLISH and SWEDISH have the commonest words of calls first.
"""

ENGLISH = """project proposal research activity support energy solution data technology system action outcome use impact innovation result development
service infrastructure strategy health climate europe approach policy digital programme area country local public sector knowledge community
objective implementation authority tool target market process risk state management challenge building capacity model stakeholder security
design funding framework practice product organisation material resource member soil information initiative work industry science life
assessment value collaboration integration scale cooperation quality user resilience change platform network training biodiversity business
benefit cost measure environment skill supply safety decision efficiency future regulation region group analysis water city economy
monitoring adaptation transition opportunity performance food protection sustainability society study governance citizen right understanding
participation test gender institution evidence method demonstration nature transport civil people border pilot standard education mobility
uptake waste engagement emission recommendation exchange heritage learning air demand land experience expert participant place carbon media
company partner creative scenario pollution provider care planning inclusion awareness neighbourhood exploitation transfer barrier report
renovation facility dissemination cycle prevention farmer concept goal disaster procedure crisis task treatment guidance rule young child
intelligence agriculture consumer equipment grid growth technique restoration population language heating law twin recycling culture vehicle
vulnerable democracy road recovery staff housing progress plant employment finance trade labour student electricity leadership competence
habitat family forest equality tourism enterprise school volunteer workshop youth home ownership migration worker literacy promotion river
manufacturer university responsibility municipality teacher surface nutrition welfare library wellbeing park museum town history
rehabilitation railway elderly settlement arts village""".split()  # noqa: SIM905 - a list of words is read more easily so

SWEDISH = """utlysning projekt kommun ansökan region stöd samarbete social integration kultur ungdomsutbyte företag barn utveckling organisation medel
hållbar stad arbetsmarknad utbyte innovation nätverk energi insats mobilitet gymnasium skola utbildning natur arbete ekonomi digitalisering
energieffektivisering förvaltning kulturarv förening biologisk hälsa lärande område verksamhet gemensam medborgare deltagare idrott
kompetens landsbygd plan samverkan ungdom vuxenutbildning äldreomsorg beslut boende miljö mångfald näringsliv samhälle strategi demokrati
fastighet förskola grundskola klimat migration naturvård omsorg bibliotek infrastruktur klimatanpassning lärare museum satsning sjukvård
skog avfall skydd studie vatten folkhälsa upphandling vänort framtid förnybar invånare jämställdhet psykisk system trygghet väg äldre behov
bostad kris ledning livsmedel odling park resurs säkerhet trafik turism återbruk översvämning ansvar brand bygd cykel elever familj
kollektivtrafik kvalitet nämnd pilot process unga uppföljning vattenskydd vård""".split()  # noqa: SIM905 - a list of words is read more easily so

GLUE_ENGLISH = "the of and to in for on with by from that will should are is be as at an or their this these which through within between".split()  # noqa: SIM905 - a list of words is read more easily so
GLUE_SWEDISH = (
    "och att i för som till av med på är ska den det en ett kan om eller inom mellan genom samt vid från har inte".split()  # noqa: SIM905 - a list of words is read more easily so
)

ENDINGS_ENGLISH = ("", "", "", "s", "s", "-based", "-related")
ENDINGS_SWEDISH = ("", "", "", "en", "et", "er", "erna", "s")
SYLLABLES = "ba be bo da de di fa fi ga ge ka ki ko la le li lo ma me mi mo na ne ni no pa pe po ra re ri ro sa se si so ta te ti to va ve vi".split()  # noqa: SIM905 - a list of words is read more easily so
