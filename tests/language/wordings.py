"""Sentences of many wordings for each class of mistake that an independent reader's texts showed; all are ours."""

# Kind, language, day of publication ("" for none), title, text. "other": nothing to pass on.
KINDS = [
    # Ideas are taken in all the year, and the applicant must be an organisation.
    ("call", "sv", "", "Sök stöd ur Skärgårdsfonden", "Vi tar emot projektidéer året om. Den som söker ska vara en förening; en kommun kan inte beviljas stöd."),
    ("call", "sv", "", "Så söker du hos Vättersfonden", "Sökande ska vara en ideell organisation. Förslag tas emot hela året, det finns ingen sista dag."),
    ("call", "en", "", "How to apply to the Lake Fund", "Applicants must be non-profit organisations. We welcome ideas all year round; there are no application windows."),
    ("call", "da", "", "Sådan søger du Søfonden", "Ansøger skal være en forening eller anden organisation. Vi modtager idéer hele året."),
    ("call", "nb", "", "Slik søker du hos Sjøstiftelsen", "Søker må være en frivillig organisasjon. Vi tar imot søknader hele året."),
    # A coming round whose days are not set.
    ("call", "sv", "2026-11-19", "Bidrag för kyrkstallar", "Ägare av kyrkstallar, till exempel kommuner och församlingar, kan under hösten 2027 åter söka bidrag. Datum publiceras här när beslut har fattats."),
    ("call", "sv", "2026-11-19", "Stöd till fiskvägar", "Kommuner och vattenråd får i vår på nytt ansöka om stöd. Exakta tider meddelas så snart budgeten är klar."),
    ("call", "en", "2026-11-19", "Grants for village halls", "Owners of village halls, including municipalities, can again apply for a grant in spring 2027. Exact dates will be published on this page."),
    ("call", "da", "2026-11-19", "Tilskud til forsamlingshuse", "Kommuner og foreninger kan i løbet af foråret 2027 igen søge tilskud. Datoerne offentliggøres her på siden."),
    ("call", "nb", "2026-11-19", "Støtte til grendehus", "Kommuner og lag kan i løpet av våren 2027 på nytt søke om støtte. Datoene kommer her så snart statsbudsjettet er vedtatt."),
    # A meeting told by its day and its fee, without a word for a meeting.
    ("event", "sv", "2026-11-02", "Halland i Bryssel", "Den 10–11 februari 2027 samlas länets politiker i Bryssel för två dagar om nästa långtidsbudget. Deltagaravgift 2 900 kronor. Boende bokas av var och en."),
    ("event", "sv", "2026-11-02", "Kommunernas Europadagar", "Den 4 mars 2027 möts kommunernas EU-ansvariga i Linköping. Deltagaravgiften är 1 200 kronor exklusive moms."),
    ("event", "en", "2026-11-02", "Cities in Brussels", "On 10 February 2027 mayors from ten countries gather in Brussels for two days of talks. The participation fee is EUR 150."),
    ("event", "da", "2026-11-02", "Fyn i Bruxelles", "Den 10. februar 2027 mødes øens borgmestre i Bruxelles. Deltagergebyr 1.900 kr. ekskl. moms."),
    ("event", "nb", "2026-11-02", "Nordland i Brussel", "Den 10. februar 2027 samles fylkets ordførere i Brussel. Deltakeravgift 2 500 kroner."),
    # How applications are assessed, and what a programme is: pages that stand, with no round.
    ("other", "sv", "", "Så handlägger vi ansökningar", "Ansökningar granskas av två handläggare. Styrelsen beslutar om bidrag. Räkna med tio veckor från sista ansökningsdag."),
    ("other", "sv", "", "Hur prövar vi din ansökan?", "En referensgrupp bedömer kvalitet och genomförbarhet. Beslut om stöd kan inte överklagas."),
    ("other", "en", "", "How we assess applications", "Each application is read by two experts and scored from 0 to 5. Decisions are taken eight weeks after the application deadline."),
    ("other", "nb", "", "Slik vurderer vi søknaden", "Søknaden leses av to fagpersoner. Vedtak om tilskudd kommer åtte uker etter søknadsfristen."),
    ("other", "da", "", "Sådan behandler vi din ansøgning", "Ansøgningen læses af to sagkyndige. Du får svar otte uger efter ansøgningsfristen."),
    ("other", "en", "", "About the CERV programme", "CERV was created in 2021 and has funded 2 000 projects. Its budget is EUR 1.5 billion. Calls for proposals are published once a year."),
    ("other", "en", "", "About the Digital Europe Programme", "The programme is managed by the Commission. See the calls for proposals for details of who can apply."),
    ("other", "sv", "", "Om LIFE-programmet", "Programmet startade 1992 och har medfinansierat 6 000 projekt. Utlysningar publiceras en gång om året; där står vem som kan söka."),
    ("other", "da", "", "Om LIFE-programmet", "Programmet begyndte i 1992. Opslag offentliggøres en gang om året; der står hvem der kan søge."),
    # A municipality's own grants to its associations.
    ("other", "sv", "", "Bidrag till läger", "Föreningar i kommunen som ordnar läger kan få bidrag med högst 5 000 kronor. Ansökan lämnas till kultur- och fritidsnämnden en månad före lägret."),
    ("other", "sv", "", "Resebidrag till vänorter", "Ansökan ställs till kommunstyrelsen. Reglerna antogs av kommunfullmäktige 2018-04-12. Bidrag beviljas inte till anställda."),
    ("other", "da", "", "Tilskud til venskabsbyrejser", "Foreninger i kommunen kan få tilskud på højst 5.000 kr. Ansøgningen sendes til kommunen en måned før rejsen."),
    ("other", "nb", "", "Tilskudd til vennskapsbyreiser", "Lag og foreninger i kommunen kan få tilskudd på inntil 5 000 kroner. Retningslinjene er vedtatt av kommunestyret."),
    ("other", "en", "", "Grants for twin-town visits", "Local clubs based in the borough can receive up to £500. Applications go to the town clerk two months before the visit. The rules were adopted by the borough council."),
    # What will be told of winners later makes no news.
    ("call", "en", "2026-11-27", "Vouchers for small museums", "Museums can obtain a voucher of up to EUR 5,000. The call ends on 5 May 2027. Winners are told in July."),
    ("call", "en", "2026-11-27", "Design prize for schools", "Schools can get a grant of EUR 2,000. Entries close on 5 May 2027 and the winners will be announced in June."),
    ("call", "sv", "2026-11-27", "Stöd för skolgårdar", "Skolor kan få ett bidrag på 40 000 kronor. Utlysningen stänger 5 maj 2027. Vinnarna presenteras i juni."),
    ("call", "da", "2026-11-27", "Støtte til skolehaver", "Skoler kan få 40.000 kr. Ansøgningsfristen er den 5. maj 2027, og vinderne offentliggøres i juni."),
    ("call", "sv", "2026-11-27", "Smarta vägar", "Projekten kan söka mellan 1 och 2 miljoner kronor vardera. Utlysningen stänger 5 maj 2027."),
    # Requests, bids and expressions can be sent by a day.
    ("call", "en", "2026-11-17", "Advice for public administrations: next round", "National authorities can send requests for advice to the agency by 31 October 2027. The scheme was set up by Regulation (EU) 2021/240."),
    ("call", "en", "2026-11-17", "Technical assistance for islands", "Island authorities may submit a request for assistance until 30 September 2027."),
    ("call", "en", "2026-11-17", "Expert visits", "Cities can lodge requests for an expert visit by 1 February 2027."),
    ("call", "sv", "2026-11-17", "Rådgivning till öar", "Myndigheter kan lämna in en begäran om rådgivning senast den 31 oktober 2027."),
    ("call", "da", "2026-11-17", "Rådgivning til øer", "Myndigheder kan indsende en anmodning om rådgivning senest den 31. oktober 2027."),
    # A round is over and so many have applied.
    ("news", "en", "2026-11-17", "Over 200 proposals submitted", "The call for cultural projects is now closed. By noon on Friday 214 proposals had arrived, asking for EUR 19 million."),
    ("news", "en", "2026-11-17", "Strong response to the small grants", "We received 87 applications before the deadline passed. The jury decides in March 2027."),
    ("news", "sv", "2026-11-17", "Högt söktryck", "Nu har utlysningen stängt. 214 ansökningar har lämnats in, på sammanlagt 190 miljoner kronor."),
    ("news", "da", "2026-11-17", "214 ansøgninger modtaget", "Ansøgningsrunden er nu lukket. Der er indkommet 214 ansøgninger om i alt 190 mio. kr."),
    ("news", "nb", "2026-11-17", "214 søknader mottatt", "Søknadsfristen er gått ut, og 214 søknader har kommet inn."),
    # A partner is looked for in other words.
    ("partner-search", "en", "2026-11-18", "Looking for Nordic municipality – LIFE nature", "Cork County Council intends to lead a LIFE proposal. We would like to add a Swedish municipality. Express your interest no later than 29 January; a first video call follows."),
    ("partner-search", "en", "", "Latvian NGO seeks partners in youth work", "We are searching for youth centres from Sweden for an Erasmus+ cooperation project."),
    ("partner-search", "en", "", "Town museum in Kaunas", "We are looking for museums or archives from the Nordic countries for a Creative Europe project."),
    ("partner-search", "en", "", "Seeking a library in Scandinavia", "Our consortium would like to include a Scandinavian library in its CERV proposal."),
    ("partner-search", "sv", "", "Lettisk förening söker samarbetspartner inom ungdomsarbete", "Vi söker fritidsgårdar i Sverige till ett Erasmus+-projekt."),
    ("partner-search", "da", "", "Lettisk forening leder efter partnere", "Vi vil gerne have en dansk eller svensk kommune med i vores LIFE-ansøgning."),
    ("partner-search", "nb", "", "Latvisk by ser etter partnere", "Vi ønsker å ha med en svensk kommune i søknaden til LIFE."),
    # Politicians agree on money, or propose a budget: nobody can apply.
    ("news", "da", "2026-11-19", "Bred aftale om skovrejsning", "Partierne er blevet enige om at afsætte 400 millioner kroner fra 2028. Reglerne for ansøgning ventes næste år."),
    ("news", "sv", "2026-11-19", "Överenskommelse om mer pengar till skogen", "Regeringen och samarbetspartierna har enats om att avsätta 400 miljoner kronor. Hur medlen ska sökas är inte klart."),
    ("news", "nb", "2026-10-15", "Statsbudsjettet: mer til kulturskolene", "Regjeringen foreslår å øke bevilgningen med 30 millioner kroner. Stortinget behandler forslaget innen 10. desember."),
    ("news", "sv", "2026-09-22", "Höstbudgeten: mer till biblioteken", "Regeringen föreslår att anslaget till kommunernas bibliotek ökar med 30 miljoner kronor. Riksdagen röstar den 15 december."),
    ("news", "da", "2026-09-22", "Finanslovsforslag: flere penge til biblioteker", "Regeringen foreslår at afsætte 30 mio. kr. mere til kommunernes biblioteker. Folketinget stemmer den 15. december."),
    # So many have got money.
    ("news", "nb", "2026-06-18", "24 kommuner får støtte til sykkelveier", "Direktoratet deler ut 18 millioner kroner til 24 kommuner. Neste utlysning er ventet i januar."),
    ("news", "da", "2026-06-18", "12 kommuner får penge til cykelstier", "Styrelsen deler 18 mio. kr. ud til 12 kommuner. Næste pulje ventes i januar."),
    ("news", "sv", "2026-06-18", "31 kommuner får pengar till cykelvägar", "Trafikverket delar ut 18 miljoner kronor till 31 kommuner. Nästa utlysning väntas i januar."),
    ("news", "en", "2026-06-18", "Fourteen towns get funding for cycle paths", "The agency hands out EUR 3 million to 14 towns. The next call is expected in January."),
]

# What a municipality may do ("may", "partner", "not", "open"), language, text.
PARTS = [
    # A possibility is given.
    ("may", "sv", "Stödet ger kommunerna möjlighet att söka pengar till naturvård."),
    ("may", "sv", "Nu får kommuner och regioner chansen att söka medel till cykelvägar."),
    ("may", "en", "The scheme gives municipalities the opportunity to apply for grants."),
    ("may", "da", "Puljen giver kommunerne mulighed for at søge tilskud."),
    ("may", "nb", "Ordningen gir kommunene mulighet til å søke om tilskudd."),
    ("open", "sv", "Det finns möjlighet att söka bidrag hos kommunen."),
    ("not", "sv", "Kommuner har inte möjlighet att söka stödet."),
    # May not apply but is a partner.
    ("partner", "sv", "Föreningar kan söka. En kommun kan inte söka själv men är ofta en viktig samarbetspartner i projektet."),
    ("partner", "en", "Municipalities cannot apply themselves but are often an important partner in the project."),
    ("partner", "da", "Kommuner kan ikke selv søge, men er ofte en vigtig samarbejdspartner."),
    ("partner", "nb", "Kommuner kan ikke søke selv, men er ofte en viktig samarbeidspartner."),
    ("partner", "en", "Only NGOs registered in Poland can be applicants. Schools and local authorities may join as unpaid partners."),
    ("partner", "en", "Only companies may apply. Municipalities can take part as a silent partner."),
    ("partner", "sv", "Bara företag kan söka. Kommuner kan delta som oavlönad part."),
    ("partner", "da", "Kun virksomheder kan søge. Kommuner kan deltage som ulønnet partner."),
    # A colon within a word ends no clause.
    ("may", "sv", "Kommuner kan tillsammans med en part i något av ICLD:s samarbetsländer söka medel."),
    ("may", "sv", "Kommuner i EU:s medlemsländer kan söka stödet."),
    ("may", "sv", "Kommuner kan med hjälp av SKR:s kansli söka bidraget."),
    # They are asked whether they want it.
    ("may", "sv", "Vill er kommun utveckla vuxenutbildningen tillsammans med andra länder? Ansökan görs hos UHR."),
    ("may", "en", "Does your municipality want to test new cycle lanes? Apply for a grant."),
    ("may", "da", "Vil jeres kommune skabe flere cykelstier? Søg tilskud hos os."),
    ("may", "nb", "Vil kommunen deres få flere til å sykle? Søk støtte hos oss."),
    # Others are named afterwards.
    ("may", "sv", "Alla skogsägare utom staten kan få stödet, även kommuner och stiftelser."),
    ("may", "sv", "Fastighetsägare kan söka bidraget, också kommuner."),
    ("may", "en", "All landowners may apply, including municipalities."),
    ("may", "da", "Alle skovejere kan søge tilskuddet, også kommuner og fonde."),
    ("may", "nb", "Alle skogeiere kan søke om støtte, også kommuner."),
    # Nothing is granted to them.
    ("not", "sv", "Kommunala förvaltningar beviljas inte medel."),
    ("not", "sv", "Kommuner beviljas inte stöd ur fonden."),
    ("not", "sv", "Kommuner tilldelas inga bidrag."),
    ("not", "da", "Kommuner tildeles ikke støtte."),
    ("not", "nb", "Kommuner innvilges ikke støtte."),
    ("not", "en", "Municipalities are not awarded grants."),
    ("open", "sv", "Kommunen ger inte bidrag till resor."),
    # Usual partners in a partnership: they may be all there is.
    ("open", "en", "Local authorities and NGOs are typical partners."),
    ("open", "sv", "Kommuner är vanliga partner i sådana projekt."),
    ("open", "nb", "Kommuner er typiske partnere."),
]

# Currency, total, least and most of a project; language, text.
SUMS = [
    ("SEK", 40_000_000, None, None, "sv", "Vinnova satsar 40 MSEK på projekt som prövar ny teknik."),
    ("SEK", 85_000_000, None, None, "sv", "Regionalfonden satsar 85 mkr i Småland och Öarna."),
    ("SEK", 8_000_000, None, None, "sv", "Stiftelsen delar varje år ut omkring 8 Mkr till kultur och idrott i regionen."),
    ("SEK", 300_000_000, None, None, "sv", "Regeringen har tillfört 300 mnkr till stödet. Kommuner kan söka."),
    ("GBP", 4_000_000, None, None, "en", "The agency will invest up to £4 million in studies on local energy."),
    ("PLN", 2_000_000, None, None, "en", "The fund distributes PLN 2 million in this edition."),
    ("NOK", 148_000_000, 100_000, None, "nb", "Det er satt av 148 millioner kroner til ordningen, og minste søknadsbeløp er kr 100 000."),
    ("DKK", 20_000_000, None, None, "da", "Fonden investerer 20 mio. kr. i grønne byrum."),
    ("EUR", None, 8_000_000, 12_000_000, "en", "Each grant will be between EUR 8 and 12 million over four years."),
    ("NOK", None, 2_000_000, 3_000_000, "en", "Projects can get between NOK 2 and 3 million during three years."),
    ("EUR", None, 4_000_000, 6_000_000, "en", "A contribution of between EUR 4.00 and 6.00 million would allow the outcomes to be addressed."),
    ("EUR", None, 1_500_000, 2_500_000, "en", "Grants range between EUR 1.5 and EUR 2.5 million, depending on the topic."),
    ("DKK", None, 2_000_000, 4_000_000, "da", "Et projekt kan få mellem 2 og 4 mio. kr. over tre år."),
    ("SEK", None, 150_000, 500_000, "sv", "Bidraget är lägst 150 000 och högst 500 000 kronor."),
    ("NOK", None, 50_000, 200_000, "nb", "Støtten er minst 50 000 og høyst 200 000 kroner per prosjekt."),
    ("DKK", None, 50_000, 200_000, "da", "Tilskuddet er mindst 50.000 og højst 200.000 kr."),
    ("EUR", None, 30_000, 60_000, "sv", "I ett småskaligt partnerskap väljer ni mellan två fasta belopp, 30 000 eller 60 000 euro för hela projektet."),
    ("EUR", None, 120_000, 400_000, "da", "Beløbene er faste: 120.000, 250.000 eller 400.000 euro."),
    ("EUR", None, 30_000, 60_000, "en", "Choose one of two lump sums, 30 000 or 60 000 euros."),
    ("SEK", None, 500_000, 500_000, "sv", "Bidrag: 500 000 kronor per företag"),
    ("EUR", None, 5_000, 5_000, "en", "Grant: EUR 5,000 per association"),
    ("EUR", None, 250_000, 250_000, "en", "Budget: €250,000 lump sum for the whole partnership, 24 months."),
]

# Share of the funder, of the applicant; text.
SHARES = [
    (40, 60, "EU-stödet är högst 40 procent av projektets kostnader, och ni behöver ha minst 60 procent i offentlig eller privat medfinansiering."),
    (80, None, "Länsstyrelsen kan bevilja upp till 80 % av kostnaderna."),
    (30, None, "Realdania kan yde op til 30 % af anlægsudgiften, dog maks. 3 mio. kr."),
    (60, None, "Fylkeskommunen kan bevilge inntil 60 prosent av byggekostnaden."),
    (50, None, "The agency may award up to 50 % of the investment costs."),
    (50, None, "Vi finansierar normalt inte mer än hälften av ett projekt."),
    (50, None, "We never fund more than half of a project."),
    (50, None, "Vi finansierer højst halvdelen af et projekt."),
    (80, 20, "Co-financing from the Programme is up to 80 %, so partners contribute at least 20 % themselves."),
    (70, None, "Co-funding by the Fund is at most 70 % of the budget."),
    (None, 50, "Du skal selv betale mindst halvdelen af rådgivningen."),
    (None, 50, "Ni ska själva betala minst hälften av rådgivningen."),
    (40, None, "Støttenivået er maksimalt 40 % av merkostnaden, begrenset oppad til 5 mill. kroner per søknad."),
    (65, None, "Stödnivån är högst 65 % av merkostnaderna."),
    (None, None, "Ingen egen finansiering krävs, men arbetstid ersätts inte fullt ut."),
    (None, None, "No co-financing is required, but staff costs are only partly covered."),
    (None, 0, "Ingen egen finansiering krävs."),
]

# Deadlines (days, or instants), opening day, language, day of publication ("" for none), text. A deadline whose year is guessed is none.
DAYS = [
    # The application shall be somewhere on a day.
    (["2027-03-12"], None, "sv", "2026-11-20", "Ansökan ska vara diarieförd hos oss fredag 12 mars."),
    (["2027-03-12"], None, "sv", "2026-11-20", "Ansökan ska vara hos Trafikverket fredagen den 12 mars 2027."),
    (["2027-03-04T12:00"], None, "sv", "2026-11-27", "Ansökan ska vara hos UHR torsdagen den 4 mars 2027, senast klockan 12.00."),
    (["2027-03-12"], None, "nb", "2026-11-20", "Søknaden må være registrert hos oss fredag 12. mars 2027."),
    (["2027-03-12"], None, "da", "2026-11-20", "Ansøgningen skal være fremme hos os fredag den 12. marts 2027."),
    (["2027-03-12"], None, "en", "2026-11-20", "The application must be with us on Friday 12 March 2027."),
    # A complete application is no completion.
    (["2027-01-22T15:00"], None, "sv", "2026-11-18", "Ansökan ska vara komplett och inskickad senast kl. 15.00 fredagen den 22 januari."),
    (["2027-01-20", "2027-04-14", "2027-08-25"], None, "sv", "2026-11-13", "Nämnden tar upp ansökningar tre gånger under 2027. För att komma med på respektive möte behöver ansökan vara komplett senast 20 januari, 14 april eller 25 augusti."),
    (["2027-02-01"], None, "sv", "2026-11-18", "En komplett ansökan ska ha kommit in senast den 1 februari 2027."),
    ([], None, "sv", "2026-11-18", "Ni kan komplettera ansökan senast den 1 februari 2027."),
    # The year stands before the words for the last days.
    (["2027-03-15", "2027-09-15"], None, "sv", "", "Två gånger om året tar vi ställning till nya ansökningar, och 2027 är stoppdatumen den 15 mars och den 15 september."),
    (["2027-03-15", "2027-09-15"], None, "sv", "", "För 2027 är sista ansökningsdagar den 15 mars och den 15 september."),
    (["2027-03-15", "2027-09-15"], None, "nb", "", "I 2027 er søknadsfristene 15. mars og 15. september."),
    (["2027-03-15", "2027-09-15"], None, "en", "", "Applications are read twice a year, and in 2027 the deadlines are 15 March and 15 September."),
    # A period with a time behind each day, and the year last.
    (["2027-03-05T12:00"], "2027-02-08", "sv", "2026-11-17", "Ansökan kan lämnas in 8 februari kl. 09.00–5 mars kl. 12.00 2027."),
    (["2027-03-05T12:00"], "2027-02-08", "sv", "2026-11-17", "Utlysningen är öppen 8 februari kl. 09.00 – 5 mars 2027 kl. 12.00."),
    (["2027-03-05T12:00"], "2027-02-08", "da", "2026-11-17", "Ansøgninger kan indsendes 8. februar kl. 09.00-5. marts kl. 12.00 2027."),
    # The last day is told by itself.
    (["2027-02-28"], None, "en", "", "Send the form by e-mail to grants@moor.example; the last day is 28 February 2027."),
    (["2027-02-28"], None, "en", "", "Small grants for bogs. The last day is 28 February 2027."),
    # The day of an earlier round.
    (["2027-01-31"], None, "en", "2026-11-27", "Applications are accepted until 31 January 2027. The previous edition closed on 31 January 2026 with 318 applications."),
    (["2027-01-31"], None, "sv", "2026-11-27", "Sök senast den 31 januari 2027. Förra omgången stängde den 31 januari 2026."),
    (["2027-01-31"], None, "nb", "2026-11-27", "Søk innen 31. januar 2027. Forrige runde stengte 31. januar 2026."),
    (["2027-01-31"], None, "da", "2026-11-27", "Søg senest den 31. januar 2027. Sidste runde lukkede den 31. januar 2026."),
    # Holidays are no round.
    ([], None, "en", "", "Applications are received all year round. We close for holidays from 5 July to 1 August."),
    ([], None, "sv", "2026-06-01", "Ansökningar tas emot löpande. Vi har semesterstängt 5 juli–1 augusti."),
    ([], None, "da", "2026-06-01", "Ansøgninger modtages løbende. Vi holder ferielukket fra 5. juli til 1. august."),
]

# Days to answer by, language, text.
ANSWERS = [
    (["2027-01-22"], "en", "DG Competition seeks comments on the draft. Public authorities may reply by 22 January 2027."),
    (["2027-01-22"], "en", "A public consultation has opened. Cities can respond until 22 January 2027."),
    (["2027-01-22"], "en", "The draft is out for consultation. Comments are invited by 22 January 2027."),
    (["2027-01-22"], "sv", "Raseborg letar efter en svensk kommun. Intresseanmälan på svenska eller engelska senast den 22 januari 2027."),
]
