"""Sums, shares and days in further words: what counts for a call, and what is only told beside it. The phrases are ours."""

from datetime import date

import pytest

from monitor.calls import Precision
from monitor.language.budget import find_budget
from monitor.language.deadlines import find_deadlines, with_bounds
from monitor.language.shares import find_shares

PUBLISHED = date(2026, 11, 20)

# Language, text, and the total, the least and the most of one project.
MONEY = [
    # A bound on costs is no bound on grants.
    ("sv", "Åtgärder med en totalkostnad under 150 000 kronor får inget stöd.", None, None, None),
    ("sv", "Kommuner kan söka stöd. Insatser under 90 000 kronor i sammanlagd kostnad tas inte upp till prövning.", None, None, None),
    ("sv", "Investeringen måste kosta minst 80 000 kronor för att ge rätt till stöd.", None, None, None),
    ("sv", "Kostnaderna behöver uppgå till minst 60 000 kronor sammanlagt för att ett projekt ska få stöd.", None, None, None),
    ("en", "Measures costing less than EUR 30 000 in total are not considered.", None, None, None),
    ("en", "Works below EUR 25 000 in total cost are not accepted.", None, None, None),
    ("en", "Eligible expenditure must total at least EUR 40 000 for a project to receive support.", None, None, None),
    ("da", "Tiltag under 90.000 kr. i samlede udgifter behandles ikke.", None, None, None),
    ("da", "Udgifterne skal være mindst 50.000 kr. i alt, før projektet kan få tilskud.", None, None, None),
    ("nb", "Tiltak under 70 000 kroner i samlet kostnad behandles ikke.", None, None, None),
    ("nb", "Utgiftene må være minst 45 000 kroner totalt for at prosjektet skal få støtte.", None, None, None),
    ("sv", "Bidrag under 35 000 kronor i ett projekt prövas inte.", None, 35_000, None),
    # The most for a year and for all years of one project.
    ("sv", "Högsta stöd är 60 000 kronor för ett år och 150 000 kronor för hela perioden.", None, None, 150_000),
    ("sv", "En kommun kan få högst 90 000 kronor per år och sammanlagt högst 270 000 kronor för de tre åren.", None, None, 270_000),
    ("en", "The maximum grant is EUR 20 000 for one year and EUR 50 000 altogether for the full three-year period.", None, None, 50_000),
    ("da", "Det højeste tilskud er 40.000 kr. for et år og 100.000 kr. for hele perioden.", None, None, 100_000),
    ("nb", "Høyeste støtte er 70 000 kroner for ett år og til sammen 200 000 kroner for hele treårsperioden.", None, None, 200_000),
    ("sv", "Myndigheten fördelar 5 miljoner kronor per år, sammanlagt 15 miljoner kronor för hela programperioden.", 15_000_000, None, None),
    ("sv", "Det högsta bidraget för ett enskilt år är 50 000 kronor och för hela perioden 120 000 kronor.", None, None, 120_000),
    ("nb", "Maksimalt tilskudd for ett år er 60 000 kroner, og for hele prosjektperioden til sammen 150 000 kroner.", None, None, 150_000),
    ("en", "The maximum grant for one year is EUR 10 000 and for the whole period EUR 25 000 in total.", None, None, 25_000),
    # The budget of one project is neither the pot nor a grant.
    ("en", "Network budget EUR 400 000 (programme money plus local share)", None, None, None),
    ("en", "The total budget of one pilot, own funds included, is at most EUR 300,000.", None, None, None),
    ("en", "The overall budget of a partnership may be up to EUR 700 000.", None, None, None),
    ("sv", "Den totala budgeten för ett småprojekt är högst 200 000 euro.", None, None, None),
    ("sv", "Nätverkets budget: 350 000 euro inklusive egna medel", None, None, None),
    ("da", "Et netværks samlede budget er højst 300.000 euro, egne midler medregnet.", None, None, None),
    ("nb", "Det samlede budsjettet for et småprosjekt er høyst 300 000 euro.", None, None, None),
    ("en", "Call budget: EUR 4 000 000", 4_000_000, None, None),
    ("sv", "Den totala budgeten för utlysningen är 12 miljoner kronor.", 12_000_000, None, None),
    ("en", "The total budget of the call is EUR 9 million.", 9_000_000, None, None),
    # A rule from a budget on.
    ("nb", "Prosjekter med budsjett over 2 millioner kroner må ha revisor.", None, None, None),
    ("da", "Projekter med et budget på mere end 1 mio. kr. skal have en styregruppe.", None, None, None),
    ("sv", "För projekt med en budget över 3 miljoner kronor krävs en styrgrupp.", None, None, None),
    ("sv", "Har projektet en budget som överstiger 2 miljoner kronor ska en revisor granska redovisningen.", None, None, None),
    ("en", "Projects with a budget above EUR 500 000 need an audit certificate.", None, None, None),
    ("da", "Projekter med budget over 4 mio. kr. skal evalueres.", None, None, None),
    # Everybody gets the same.
    ("en", "A stipend is EUR 12,000 in all, paid monthly.", None, 12_000, 12_000),
    ("en", "A scholarship is NOK 90,000 in total.", None, 90_000, 90_000),
    ("en", "The fellowship is worth EUR 30,000 altogether.", None, 30_000, 30_000),
    ("sv", "Ett stipendium är på 45 000 kronor totalt.", None, 45_000, 45_000),
    ("sv", "Bidraget är 900 000 kronor för hela perioden om tre år.", None, 900_000, 900_000),
    ("da", "Et legat er på 30.000 kr. i alt.", None, 30_000, 30_000),
    ("nb", "Et stipend er på 60 000 kroner til sammen.", None, 60_000, 60_000),
    ("da", "Tilskuddet er et fast beløb på 9.000 kr. pr. besøg.", None, 9_000, 9_000),
    ("nb", "Det gis 12 000 kroner per tur, verken mer eller mindre.", None, 12_000, 12_000),
    ("sv", "Stödet är ett fast belopp om 8 000 kronor per studieresa.", None, 8_000, 8_000),
    ("en", "The agency offers vouchers worth EUR 6,000 to small museums.", None, 6_000, 6_000),
    ("en", "Staff can request seed funding of SEK 40,000.", None, 40_000, 40_000),
    ("sv", "Stödet är ett fast belopp om 900 kronor per hektar.", None, None, None),
    ("sv", "Fonden delar ut stipendier på sammanlagt 2 miljoner kronor.", 2_000_000, None, None),
    # Capped for each of something that nobody applies for by itself, and of what one applies for.
    ("nb", "Støtten er maksimalt 80 000 kroner per bygning.", None, None, None),
    ("sv", "Vi ersätter halva kostnaden, dock högst 25 000 kronor per byggnad.", None, None, None),
    ("sv", "Bidraget är högst 15 000 kronor per laddpunkt.", None, None, None),
    ("en", "The grant is up to EUR 4 000 per building.", None, None, None),
    ("da", "Der ydes højst 20.000 kr. pr. bolig.", None, None, None),
    ("en", "The fund covers half of the fee and never more than EUR 5,000 per title.", None, None, 5_000),
    ("da", "Puljen dækker op til 60 % af honoraret, dog aldrig mere end 40.000 kr. pr. udgivelse.", None, None, 40_000),
    # Handed out over the years, or in rounds before.
    ("sv", "Stiftelsen har genom åren delat ut över 20 miljoner kronor.", None, None, None),
    ("sv", "Sedan starten 2009 har fonden beviljat 85 miljoner kronor.", None, None, None),
    ("en", "Since 1998 the fund has awarded more than EUR 40 million.", None, None, None),
    ("en", "Over the years the foundation has given away SEK 12 million.", None, None, None),
    ("da", "Siden 2011 har fonden uddelt 60 mio. kr.", None, None, None),
    ("nb", "Gjennom årene har stiftelsen delt ut mer enn 15 millioner kroner.", None, None, None),
    ("sv", "De två förra omgångarna gav 31 projekt för sammanlagt 64 miljoner kronor.", None, None, None),
    ("sv", "Budgeten är 18 miljoner kronor. Hittills har programmet lett till 80 projekt för sammanlagt 200 miljoner kronor.", 18_000_000, None, None),
    ("en", "The budget is EUR 6 million. So far 45 projects worth EUR 90 million in total have been funded.", 6_000_000, None, None),
    ("da", "Rammen er 9 mio. kr. De første tre runder har givet 40 projekter for i alt 75 mio. kr.", 9_000_000, None, None),
    ("nb", "Rammen er 9 millioner kroner. Så langt har 25 prosjekter fått til sammen 80 millioner kroner.", 9_000_000, None, None),
    ("sv", "Verket har fått 30 miljoner kronor att fördela.", 30_000_000, None, None),
    # Compared with the year before.
    ("sv", "Potten är lika stor som förra året, 14 miljoner kronor.", 14_000_000, None, None),
    ("sv", "Summan är oförändrad jämfört med i fjol, 9 miljoner kronor.", 9_000_000, None, None),
    ("en", "The budget is the same as last year, EUR 7 million.", 7_000_000, None, None),
    ("nb", "Rammen er den samme som i fjor, 11 millioner kroner.", 11_000_000, None, None),
    ("sv", "Vi fördelar 8 miljoner kronor, 1 miljon kronor mer än förra året.", 8_000_000, None, None),
    ("en", "EUR 6 million is available, EUR 1 million more than last year.", 6_000_000, None, None),
    ("nb", "Det er satt av 20 millioner kroner, 3 millioner kroner mer enn i fjor.", 20_000_000, None, None),
    ("da", "Der er afsat 15 mio. kr., hvilket er 4 mio. kr. mindre end sidste år.", 15_000_000, None, None),
    ("sv", "Förra året delade vi ut 8 miljoner kronor.", None, None, None),
    ("da", "Sidste år var der afsat 15 mio. kr.", None, None, None),
    # Other names of the pot.
    ("en", "The partners have a joint pot of DKK 30 million.", 30_000_000, None, None),
    ("en", "The call has an envelope of EUR 9 million.", 9_000_000, None, None),
    ("sv", "Ram: 6 miljoner kronor", 6_000_000, None, None),
    ("sv", "Budget totalt: 45 MEUR", 45_000_000, None, None),
    ("en", "The small-scale strand has EUR 80 million.", 80_000_000, None, None),
    ("sv", "Ämnet har 12 miljoner euro.", 12_000_000, None, None),
    ("nb", "Ordningen har en ramme på 2,5 millioner euro, og støtten kan ikke være større enn 90 000 euro.", 2_500_000, None, 90_000),
    ("da", "Puljen har en ramme på 3 mio. kr., og tilskuddet kan ikke være større end 90.000 kr.", 3_000_000, None, 90_000),
    # Other words of one project's money.
    ("en", "Applicants may seek from NOK 40,000 to NOK 90,000.", None, 40_000, 90_000),
    ("en", "You can seek between EUR 5,000 and EUR 8,000.", None, 5_000, 8_000),
    ("sv", "Det lägsta bidraget är 20 000 kronor och det högsta 90 000 kronor.", None, 20_000, 90_000),
    ("sv", "Minsta sökbara belopp är 50 tkr, det största 300 tkr.", None, 50_000, 300_000),
    ("en", "The smallest grant is EUR 5 000 and the largest EUR 60 000.", None, 5_000, 60_000),
    ("da", "Det mindste beløb, I kan søge, er 40.000 kr. og det største 200.000 kr.", None, 40_000, 200_000),
    ("nb", "Minste beløp er 100 000 kroner, det største 800 000 kroner.", None, 100_000, 800_000),
    ("sv", "Taket är 60 000 kronor.", None, None, 60_000),
    ("nb", "Taket er 250 000 kroner.", None, None, 250_000),
    ("da", "Loftet er 75.000 kr.", None, None, 75_000),
    ("en", "The cap is EUR 9 000.", None, None, 9_000),
    ("sv", "Småskaliga projekt kan få 30 000 eller 60 000 euro. För stora nätverk är klumpsummorna 90 000, 200 000 eller 350 000 euro.", None, 30_000, None),
    ("nb", "Støttebeløpet er 20 000 kroner per hospitering.", None, None, None),
]  # fmt: skip
# Text, and the shares of funder and applicant.
SHARES = [
    ("Stödet är upp till 40 procent av kostnaden. Föreningar som bygger broar kan få upp till 80 procent.", 80, None),
    ("Bidraget täcker högst 50 procent av kostnaderna. Små kommuner kan få 70 procent.", 70, None),
    ("Tilskuddet er højst 50 procent af udgifterne. Projekter, der genopretter vandløb, kan få op til 75 procent.", 75, None),
    ("Støtten er inntil 40 prosent av kostnadene. Prosjekter som restaurerer myr, kan få inntil 85 prosent.", 85, None),
    ("The grant covers up to 50 per cent of the costs. Projects that restore bogs may receive up to 85 per cent.", 85, None),
    ("Bidraget täcker högst 50 procent av kostnaderna. Ni kan få upp till 30 procent i förskott.", 50, None),
    ("The grant covers up to 50 % of costs. Applicants may receive up to 40 % as an advance.", 50, None),
    ("Vi stöttar lokala idéer med upp till 90 procent. Företag kan få 60 procent.", 90, None),
    ("Vi støtter lokale idéer med op til 90 procent.", 90, None),
    ("Finansieringsgraden är 60 procent för företag och 100 procent för offentliga organisationer.", 100, None),
    ("The funding rate is 50% for companies and 80% for public bodies.", 80, None),
    ("Public partners receive 75% ERDF co-financing, companies 60%.", 75, None),
    ("Tilskudssatsen er 50 procent for virksomheder og 80 procent for offentlige institutioner.", 80, None),
    ("Budget 30 miljoner euro och 75 procents medfinansiering från ERUF.", 75, None),
    ("Programmet ger 60 procents stöd till kostnaderna.", 60, None),
    ("Den egna insatsen ska vara minst 20 procent.", None, 20),
    ("Den egna finansieringen ska vara minst 30 procent av kostnaderna.", None, 30),
    ("Den egne indsats skal være mindst 15 procent.", None, 15),
    ("Den egne innsatsen må være minst 25 prosent.", None, 25),
    ("At least 20 percent must be self-financed.", None, 20),
    ("At least a quarter of the costs must be self-funded.", None, 25),
    ("Minst 30 procent ska egenfinansieras.", None, 30),
    ("Mindst 20 procent skal egenfinansieres.", None, 20),
    ("Stödet är 70 procent av kostnaden, och arbetsgivaren betalar minst 30 procent.", 70, 30),
    ("Programmet dekker 60 prosent av utgiftene, og arbeidsgiveren betaler minst 40 prosent.", 60, 40),
    ("The programme covers 60 % of the costs, and the employer pays at least 40 %.", 60, 40),
    ("Stödet är 50 procent av kostnaden. Bolaget betalar minst hälften själv.", 50, 50),
    ("Tilskuddet kan højst udgøre 80 procent af budgettet. De øvrige mindst 20 procent skal ansøger selv finde.", 80, 20),
    ("Bidraget är högst 75 procent. Resterande minst 25 procent ska sökanden själv ordna.", 75, 25),
    ("Arbetsgivaravgiften är 31 procent.", None, None),
    ("Stödet är 40 till 60 procent av kostnaderna.", None, None),
]  # fmt: skip

# Language, text, opening day and last days.
DATES = [
    # Days of what came in before are no last days.
    ("sv", "Ansök senast den 1 juni 2027. Ansökningar som lämnades in före den 1 oktober 2026 bedöms enligt äldre villkor.", None, ["2027-06-01"]),
    ("sv", "Ansök senast den 1 juni 2027. En ansökan som kom in innan den 1 oktober i år får det gamla beloppet.", None, ["2027-06-01"]),
    ("en", "Apply by 1 June 2027. Applications that were received before 1 October 2026 are handled under the old rules.", None, ["2027-06-01"]),
    ("da", "Ansøg senest den 1. juni 2027. Ansøgninger, der er modtaget før den 1. oktober 2026, behandles efter de gamle regler.", None, ["2027-06-01"]),
    ("nb", "Søk innen 1. juni 2027. Søknader som kom inn før 1. oktober 2026, behandles etter gamle regler.", None, ["2027-06-01"]),
    # Days of earlier rounds.
    ("sv", "Sista ansökningsdag är den 4 mars 2027. De två förra omgångarna stängde den 5 mars 2025 och den 3 mars 2026.", None, ["2027-03-04"]),
    ("sv", "Tidigare utlysningar hade sista ansökningsdag den 5 mars 2025 och den 3 mars 2026. Nu är sista dag att söka den 4 mars 2027.", None, ["2027-03-04"]),
    ("en", "The three previous rounds closed on 5 March 2024, 4 March 2025 and 3 March 2026. Apply by 4 March 2027.", None, ["2027-03-04"]),
    ("da", "De tidligere runder havde frist den 5. marts 2025 og den 3. marts 2026. Ansøgningsfristen er den 4. marts 2027.", None, ["2027-03-04"]),
    ("nb", "Fristen for andre runde var 1. oktober 2026. Tredje runde har søknadsfrist 4. mars 2027.", None, ["2027-03-04"]),
    ("nb", "De to tidligere utlysningene hadde frist 5. mars 2025 og 3. mars 2026. Søknadsfrist er 4. mars 2027.", None, ["2027-03-04"]),
    # Days beside the last one: talks, questions, forms that nobody must send.
    ("sv", "Ansök senast den 8 april 2027. Sista dag för rådgivning är den 18 mars 2027.", None, ["2027-04-08"]),
    ("sv", "Ansök senast den 8 april 2027. Boka gärna tid för ett samtal, sista dag för bokning är den 18 mars.", None, ["2027-04-08"]),
    ("en", "Apply by 8 April 2027. The last day for consultations is 18 March 2027.", None, ["2027-04-08"]),
    ("en", "Submit by 8 April 2027. Outlines may be sent until 4 February, but they are optional.", None, ["2027-04-08"]),
    ("da", "Ansøg senest den 8. april 2027. Sidste dag for vejledning er den 18. marts 2027.", None, ["2027-04-08"]),
    ("nb", "Søk innen 8. april 2027. Siste dag for veiledning er 18. mars 2027.", None, ["2027-04-08"]),
    ("sv", "Ansök senast den 8 april 2027. Skiss kan skickas in senast den 4 februari 2027, men det är inte obligatoriskt.", None, ["2027-04-08"]),
    ("nb", "Søk innen 8. april 2027. Send gjerne en skisse innen 4. februar 2027, det er frivillig.", None, ["2027-04-08"]),
    ("sv", "Frivilliga organisationer kan söka senast den 8 april 2027.", None, ["2027-04-08"]),
    ("sv", "Ansök senast den 8 april 2027, medfinansiering är inte obligatorisk.", None, ["2027-04-08"]),
    ("en", "Applications are due on 8 April 2027, five o'clock in the afternoon Brussels time.", None, ["2027-04-08T17:00+02:00"]),
    ("sv", "Ansök senast den 8 april 2027 klockan fyra på eftermiddagen.", None, ["2027-04-08T16:00+02:00"]),
    # Years and ends of what is paid for.
    ("sv", "Ansökan om stöd för spelåret 1 augusti 2027–31 juli 2028 lämnas senast den 30 april 2027.", None, ["2027-04-30"]),
    ("sv", "Sök bidrag för läsåret 15 augusti 2027–10 juni 2028 senast den 30 april 2027.", None, ["2027-04-30"]),
    ("en", "Applications for the academic year 1 September 2027 to 30 June 2028 must be received by 30 April 2027.", None, ["2027-04-30"]),
    ("da", "Ansøgning om tilskud for regnskabsåret 1. juli 2027 til 30. juni 2028 sendes senest den 30. april 2027.", None, ["2027-04-30"]),
    ("sv", "Ansök senast den 30 april 2027. Sista slutdatum för åtgärderna är den 31 december 2029.", None, ["2027-04-30"]),
    ("sv", "Ansök senast den 30 april 2027. Sista dag för genomförande är den 31 december 2029.", None, ["2027-04-30"]),
    ("en", "Apply by 30 April 2027. The latest end date of the project is 31 December 2029.", None, ["2027-04-30"]),
    ("da", "Ansøg senest den 30. april 2027. Seneste slutdato for projektet er den 31. december 2029.", None, ["2027-04-30"]),
    ("nb", "Søk innen 30. april 2027. Siste sluttdato for prosjektet er 31. desember 2029.", None, ["2027-04-30"]),
    ("en", "Apply by 30 April 2027. Events must start between 1 June 2027 and 31 December 2027.", None, ["2027-04-30"]),
    ("sv", "Ansök senast den 30 april 2027. Arrangemangen ska börja mellan den 1 juni och den 31 december 2027.", None, ["2027-04-30"]),
    ("nb", "Søk innen 30. april 2027. Arrangementene må starte mellom 1. juni og 31. desember 2027.", None, ["2027-04-30"]),
    ("da", "Ansøg senest den 30. april 2027. Arrangementerne skal begynde mellem den 1. juni og den 31. december 2027.", None, ["2027-04-30"]),
    # Days that another one replaces.
    ("en", "The closing date, first announced as 4 February 2027, has been replaced by 18 February 2027.", None, ["2027-02-18"]),
    ("sv", "Sista ansökningsdag, som tidigare angetts till den 4 februari 2027, ersätts av den 18 februari 2027.", None, ["2027-02-18"]),
    ("da", "Ansøgningsfristen den 4. februar 2027 er erstattet af den 18. februar 2027.", None, ["2027-02-18"]),
    ("nb", "Søknadsfristen 4. februar 2027 er erstattet av 18. februar 2027.", None, ["2027-02-18"]),
    ("nb", "Søknadsfristen utsettes fra 4. februar til 18. februar 2027 kl. 12.00.", None, ["2027-02-18T12:00+01:00"]),
    ("da", "Ansøgningsfristen udskydes fra den 4. februar til den 18. februar 2027.", None, ["2027-02-18"]),
    ("sv", "Sista dag att söka skjuts fram från den 4 februari till den 18 februari 2027.", None, ["2027-02-18"]),
    ("en", "The deadline is moved from 4 February to 18 February 2027.", None, ["2027-02-18"]),
    ("nb", "Søknadsperioden er fra 4. februar til 18. februar 2027.", "2027-02-04", ["2027-02-18"]),
    # Tables.
    ("sv", "Sista ansökningsdag | Styrelsemöte\n3 februari 2027 | 10 mars 2027\n5 maj 2027 | 9 juni 2027", None, ["2027-02-03", "2027-05-05"]),
    ("en", "Round | Deadline | Decision\n1 | 3 February 2027 | 10 March 2027\n2 | 5 May 2027 | 9 June 2027", None, ["2027-02-03", "2027-05-05"]),
    ("da", "Runde | Åbner | Ansøgningsfrist | Svar\nForår | 4. januar 2027 | 3. februar 2027 | 10. marts 2027", "2027-01-04", ["2027-02-03"]),
    ("nb", "Styremøte | Søknadsfrist\n10. mars 2027 | 3. februar 2027\n9. juni 2027 | 5. mai 2027", None, ["2027-02-03", "2027-05-05"]),
    ("sv", "Fonden i korthet\nÖppnar | 4 januari 2027\nStänger | 3 februari 2027\nBeslut | 10 mars 2027", "2027-01-04", ["2027-02-03"]),
    # Other words of the last day.
    ("en", "Applications: 9 March 2027 at 17:00 Brussels time.", None, ["2027-03-09T17:00+01:00"]),
    ("da", "Ansøgninger: 9. marts 2027 kl. 12.00", None, ["2027-03-09T12:00+01:00"]),
    ("nb", "Søknader: 9. mars 2027", None, ["2027-03-09"]),
    ("en", "The spring round in 2027 ends on 4 March at noon and the autumn one on 7 October at the same time.", None, ["2027-03-04T12:00+01:00", "2027-10-07T12:00+02:00"]),
    ("en", "The first round of 2027 closes on 4 March and the second on 7 October.", None, ["2027-03-04", "2027-10-07"]),
    ("en", "Submission ends on 9 March 2027 at 17:00.", None, ["2027-03-09T17:00+01:00"]),
    ("en", "Submission closes 9 March 2027.", None, ["2027-03-09"]),
    ("nb", "Kommuner kan søke støtte.\nI 2027 er det tre frister:\n- 15. januar\n- 15. mai\n- 10. november", None, ["2027-01-15", "2027-05-15", "2027-11-10"]),
    ("sv", "Kommuner kan söka stöd.\nUnder 2027 har vi tre stopp:\n- 15 januari\n- 15 maj\n- 10 november", None, ["2027-01-15", "2027-05-15", "2027-11-10"]),
    ("sv", "Nästa ansökningsdag är den 2 mars, och det kommer en till den 7 september.", None, ["2027-03-02", "2027-09-07"]),
    ("nb", "Neste søknadsfrist er 2. mars, og det kommer en til 7. september.", None, ["2027-03-02", "2027-09-07"]),
    ("en", "The next deadline is 2 March, and there is another on 7 September.", None, ["2027-03-02", "2027-09-07"]),
    ("nb", "Hovedsøknaden skal være levert 9. juni 2027.", None, ["2027-06-09"]),
    ("sv", "Skissen ska vara inne den 9 mars 2027 kl. 14.00.", None, ["2027-03-09T14:00+01:00"]),
    ("da", "Projektskitsen skal være indsendt den 9. marts 2027.", None, ["2027-03-09"]),
    ("sv", "För små broar gäller den 9 mars 2027 som sista ansökningsdag.", None, ["2027-03-09"]),
    ("en", "The call is published today, with 9 March 2027 as the closing date.", None, ["2027-03-09"]),
    ("da", "Puljen er åben med den 9. marts 2027 som ansøgningsfrist.", None, ["2027-03-09"]),
    ("nb", "Ordningen har 9. mars 2027 som søknadsfrist.", None, ["2027-03-09"]),
    ("sv", "För städer är sista ansökningsdag den 2 mars 2027 och för landsbygd (B) den 9 mars 2027.", None, ["2027-03-02", "2027-03-09"]),
    ("en", "The deadline for applications from cities is 2 March 2027 and for villages 9 March 2027.", None, ["2027-03-02", "2027-03-09"]),
    ("sv", "Sista ansökningsdag är den 2 mars 2027 och för slutrapporten den 9 mars 2028.", None, ["2027-03-02"]),
    ("da", "Der er to trin: skitse den 2. marts 2027 og fuld ansøgning den 8. juni 2027.", None, ["2027-03-02", "2027-06-08"]),
    ("nb", "Søknader tas imot to ganger i 2027: 2. mars og 7. september.", None, ["2027-03-02", "2027-09-07"]),
    ("sv", "Ansökningar tas emot tre gånger under 2027: 2 mars, 4 maj och 7 september.", None, ["2027-03-02", "2027-05-04", "2027-09-07"]),
    ("sv", "Fonden är öppen för nya idéer. Sista dag 12 januari, kl. 12.", None, ["2027-01-12T12:00+01:00"]),
    # Opening days.
    ("sv", "Verket tar emot ansökningar från den 1 mars 2027. Sista dag att söka är den 30 april 2027.", "2027-03-01", ["2027-04-30"]),
    ("da", "Vi modtager ansøgninger fra den 1. marts 2027 og indtil den 30. april 2027.", "2027-03-01", ["2027-04-30"]),
    ("nb", "Vi tar imot søknader fra 1. mars 2027. Søknadsfrist er 30. april 2027.", "2027-03-01", ["2027-04-30"]),
    ("en", "We accept applications from 1 March 2027. The closing date is 30 April 2027.", "2027-03-01", ["2027-04-30"]),
    ("sv", "Ansökningsomgången startar den 1 mars 2027 och slutar den 30 april 2027.", "2027-03-01", ["2027-04-30"]),
    ("nb", "Søknadsrunde nummer 3 starter 1. mars og avsluttes 30. april 2027.", "2027-03-01", ["2027-04-30"]),
    ("sv", "I går öppnade utlysningen. Ansök senast den 30 april 2027.", "2026-11-19", ["2027-04-30"]),
    ("en", "The call opened yesterday. Apply by 30 April 2027.", "2026-11-19", ["2027-04-30"]),
    ("nb", "Fondet har i dag åpnet en utlysning. Søk innen 30. april 2027.", "2026-11-20", ["2027-04-30"]),
    ("sv", "Myndigheten har idag öppnat årets utlysning. Ansök senast den 30 april 2027.", "2026-11-20", ["2027-04-30"]),
    ("sv", "I går öppnade en ny bro. Ansök om stöd senast den 30 april 2027.", None, ["2027-04-30"]),
]  # fmt: skip
# Texts on consultations, with the days to answer: the day of a regulation is none.
ANSWERS = [
    ("nb", "Forslaget endrer forskrift 9. oktober 2015 nr. 1166. Høringsfristen er 1. mars 2027.", ["2027-03-01"]),
    ("nb", "Departementet sender endringer i forskrift 12. mai 2018 nr. 700 på høring. Høringsfrist 1. mars 2027.", ["2027-03-01"]),
    ("da", "Udkastet ændrer lov nr. 450 af 3. juni 2020. Høringsfristen er den 1. marts 2027.", ["2027-03-01"]),
    ("en", "The questionnaire, available in 24 languages, remains open until 1 March 2027.", ["2027-03-01"]),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "total", "low", "high"), MONEY)
def test_only_what_is_handed_out_is_the_pot_or_a_grant(language, text, total, low, high):
    budget = find_budget(text, language)
    assert (budget.total, budget.project_min, budget.project_max) == (total, low, high)


@pytest.mark.parametrize(("text", "funder", "own"), SHARES)
def test_shares_of_further_cases_and_payers(text, funder, own):
    found = find_shares(text)
    assert (found.funder, found.own) == (funder, own)


def written(deadlines):
    return [
        item.at.date().isoformat() if item.precision is Precision.DAY else item.at.isoformat("T", "minutes") for item in deadlines
    ]


@pytest.mark.parametrize(("language", "text", "opens", "days"), DATES)
def test_only_days_to_apply_by_are_deadlines(language, text, opens, days):
    found = with_bounds(find_deadlines(text, reference=PUBLISHED, language=language))
    assert (found.opens and found.opens.isoformat(), written(found.deadlines)) == (opens, days)


@pytest.mark.parametrize(("language", "text", "days"), ANSWERS)
def test_days_of_regulations_are_no_days_to_answer(language, text, days):
    assert written(find_deadlines(text, reference=PUBLISHED, language=language).answers) == days
