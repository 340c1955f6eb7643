"""Refusals of municipalities: lists of those who cannot apply, exceptions, and refusals that are of something else."""

import pytest

from monitor.documents.model import DocumentPage
from monitor.documents.statements import FactName, read_statements
from monitor.language.applicant_limits import limited
from monitor.language.applicant_roles import municipal_role
from monitor.language.applicants import find_applicants


def answer(text, language):
    found = municipal_role(limited(find_applicants(text, language), text))
    assert found is None or found.statement.words in text
    return found.role.value if found else None


HEADINGS = [
    ("sv", "Vilka får söka?\nStiftelser och klubbar.\nVilka får inte söka?\nRegioner, kommuner och statliga verk."),
    ("sv", "Vem kan inte få bidrag?\n- Politiska partier\n- Kommuner"),
    ("sv", "Vem omfattas inte?\nBolag, kommuner och privatpersoner."),
    ("sv", "Behöriga sökande\nEkonomiska föreningar.\nIcke behöriga sökande\nKommuner, regioner och statliga bolag."),
    ("sv", "Ej stödberättigade: regioner och kommuner."),
    ("en", "Who may not apply?\n- Political parties\n- Municipalities"),
    ("en", "Who is excluded?\nMunicipalities and ministries."),
    ("en", "Ineligible organisations:\n- city councils\n- banks"),
    ("en", "Eligible applicants: charities.\nNon-eligible applicants: banks, municipalities."),
    ("da", "Hvem kan ikke få tilskud?\nPartier og kommuner."),
    ("da", "Hvem er ikke støtteberettiget?\n- Kommuner\n- Partier"),
    ("nb", "Hvem kan ikke få tilskudd?\n- Partier\n- Kommuner"),
    ("nn", "Kven kan ikkje søkje?\nKommunar og fylkeskommunar."),
]
LISTS = [
    ("sv", "De som inte kan söka är:\n- partier\n- kommuner"),
    ("sv", "Följande organisationer har inte rätt till bidrag:\n- kommuner\n- partier"),
    ("sv", "Följande aktörer får inte ansöka:\n• statliga bolag\n• kommuner och regioner"),
    ("sv", "Vi ger inte bidrag till:\n- partier\n- kommuner"),
    ("sv", "Ni får inte söka om:\n- ni är ett parti\n- ni är en kommun"),
    ("sv", "Medlen kan inte sökas av:\n- kommuner\n- regioner"),
    ("en", "Organisations that cannot apply:\n- municipalities\n- political parties"),
    ("en", "The programme is not open to:\n- banks\n- local authorities"),
    ("en", "The following are not eligible as applicants:\n- town councils\n- banks"),
    ("da", "Følgende er ikke støtteberettigede:\n- partier\n- kommuner"),
    ("sv", "Följande kan inte söka:\n\n- partier\n\n- kommuner"),
    ("nb", "Disse er unntatt:\n- partier\n- kommuner"),
]
CLAUSES = [
    ("sv", "Du kan inte ansöka om du är en kommun."),
    ("sv", "Är ni osäkra? Om ni är en kommun kan ni inte söka."),
    ("en", "If you are a town council, you may not apply."),
    ("da", "I kan ikke søge, hvis I er en kommune."),
    ("nb", "Dere kan ikke søke hvis dere er en kommune."),
    ("sv", "Vi prövar inte ansökningar från kommuner."),
    ("sv", "Ansökningar från kommuner avvisas."),
    ("en", "Proposals from municipalities will not be considered."),
    ("en", "We are unable to accept applications from local authorities."),
    ("da", "Ansøgninger fra kommuner behandles ikke."),
    ("nb", "Vi tar ikke imot søknader fra kommuner."),
    ("sv", "Medlen gäller inte för kommuner."),
    ("sv", "Utlysningen omfattar inte kommuner."),
    ("en", "The voucher does not cover municipalities."),
    ("da", "Ordningen gælder ikke for kommuner."),
    ("nb", "Ordningen omfatter ikke kommuner."),
    ("en", "Any organisation can apply except for municipalities and their companies."),
    ("en", "All public bodies apart from municipalities can apply."),
    ("sv", "Alla organisationer, förutom kommuner, kan söka."),
    ("da", "Offentlige institutioner, bortset fra kommuner, kan søge."),
    ("nb", "Offentlige organer med unntak av kommuner kan søke."),
    ("sv", "Föreningar och kommunala bolag får söka. Kommuner får inte söka."),
    ("en", "Only central public administrations can apply."),
    ("en", "Only public authorities at regional level can apply."),
    ("sv", "Bara offentliga aktörer på nationell nivå får söka."),
    ("da", "Kun offentlige myndigheder på nationalt niveau kan søge."),
]


@pytest.mark.parametrize(("language", "text"), [*HEADINGS, *LISTS, *CLAUSES])
def test_a_refusal_is_read_as_one(language, text):
    assert answer(text, language) == "not"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("sv", "Vem kan inte söka?\nPrivatpersoner.\nVem kan söka?\nKommuner."),
        ("sv", "Vem kan inte söka?\n- bolag\n- privatpersoner\nKommuner och regioner får söka till och med maj."),
        ("sv", "Vem kan inte söka?\nEnskilda firmor.\n\nKommuner kan söka hela året."),
        ("sv", "Vem kan söka?\nKommuner.\nVad kan ni inte söka för?\nKommuner och deras lokaler."),
        ("sv", "Kommuner kan söka.\nFöljande kostnader ges inte stöd:\n- kommuner\n- resor"),
        ("sv", "Kommuner kan söka.\nFöljande utgifter är inte stödberättigade:\n- kommuner\n- moms"),
        ("sv", "Kommuner kan söka.\nNi kan inte söka för:\n- kommuner\n- lokaler"),
        ("en", "Who can apply?\nTowns.\nWhat is not eligible?\n- towns and their buildings"),
        ("en", "Towns may apply.\nNot eligible:\n- VAT\n- salaries in towns"),
        ("en", "Municipalities may apply. The following projects are not eligible:\n- roads\n- municipalities"),
        ("da", "Kommuner kan søge. Der kan ikke søges om tilskud til:\n- kommuner\n- drift"),
        ("sv", "Kommuner kan söka. Kommuner kan inte söka mer än en gång."),
        ("sv", "Kommuner kan söka. Kommuner kan inte söka för drift, men för investeringar."),
        ("en", "Towns may apply. A town cannot apply without a partner."),
        ("en", "All organisations other than individuals may apply, and municipalities may lead."),
        ("sv", "Programmet riktar sig inte främst till kommuner."),
        ("sv", "Stödet riktar sig inte bara till kommuner utan även till regioner."),
        ("sv", "Sena ansökningar från kommuner avslås."),
        ("sv", "Ansökningar från kommuner prioriteras inte."),
        ("sv", "Kommuner kan söka om de inte redan har fått stöd."),
        ("en", "You cannot apply if you are an individual. Towns can apply."),
        ("en", "Public bodies at national, regional and local level may apply."),
        ("en", "National, regional and public authorities may apply."),
        ("sv", "Kommuner med minst 20 000 invånare kan söka."),
        ("sv", "Kommuner som tidigare fick stöd kan söka igen."),
        ("en", "Local authorities from Member States and candidate countries may apply."),
    ],
)
def test_a_refusal_of_others_or_of_something_else_leaves_the_municipality(language, text):
    assert answer(text, language) == "may"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("sv", "Kommuner kan inte söka för löner, men för material."),
        ("sv", "Kommuner kan inte söka mer än två gånger."),
        ("en", "Municipalities cannot apply for running costs."),
        ("nb", "Kommuner kan ikke søke om støtte til drift."),
        ("sv", "Kommuner kan inte söka om de redan har ett projekt."),
        ("sv", "Kommuner kan inte söka före den 1 mars."),
        ("sv", "Kommuner med färre än 2 000 invånare kan inte söka."),
        ("sv", "Inte alla kommuner kan söka."),
        ("sv", "Kommuner måste inte söka."),
        ("en", "The call is not solely for municipalities."),
        ("en", "Municipalities do not need to apply."),
        ("sv", "Kommuner kan inte söka senare än den 1 mars."),
        ("en", "Local authorities in third countries are not eligible."),
        ("sv", "Kommuner i andra länder kan inte söka."),
        ("sv", "Vem kan inte söka?\n- kommuner i andra länder\n- partier"),
        ("sv", "Följande kan inte söka:\n- kommuner som redan har ett projekt\n- partier"),
        ("sv", "Om ni är en kommun kan ni inte söka för löner."),
        ("sv", "Bidraget är inte begränsat till kommuner."),
        ("sv", "Kravet på egen insats gäller inte kommuner."),
        ("en", "The fee does not apply to municipalities."),
        ("sv", "Kommuner undantas från kravet på medfinansiering."),
        ("sv", "Tidigare kunde kommuner söka."),
        ("sv", "Kommuner kunde tidigare söka stödet."),
        ("en", "Previously, municipalities could apply."),
        ("nb", "Tidligere kunne kommuner søke."),
        ("sv", "Kommuner med fler än 150 000 invånare kan söka."),
        ("sv", "Kommuner med över 100 000 invånare och regioner kan söka."),
        ("en", "Local authorities may apply only if they come from candidate countries."),
        ("sv", "Kommuner kan söka endast om de kommer från kandidatländer."),
    ],
)
def test_a_limit_or_a_refusal_of_a_part_tells_nothing(language, text):
    assert answer(text, language) is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Municipalities may take part (only as affiliated entities)."),
        ("sv", "Vem kan inte söka?\n- kommuner (de kan vara med som partner)\n- partier"),
    ],
)
def test_a_refused_applicant_may_be_a_partner(language, text):
    assert answer(text, language) == "partner"


def test_the_quote_of_an_item_begins_with_the_words_that_refuse():
    text = "Vem kan söka?\nKlubbar.\n\nFöljande kan inte söka:\n- partier\n- kommuner\n\nRegioner får söka via länsstyrelsen."
    (said,) = (one for one in read_statements([DocumentPage(1, "", text)], "sv") if one.name is FactName.MUNICIPALITY)
    assert (said.value, said.quote) == ("nej", "Följande kan inte söka:\n- partier\n- kommuner")


def test_the_quote_of_a_refusal_behind_companies_is_the_refusal():
    text = "Regioner och kommunala bolag får söka. Kommuner får inte söka."
    found = municipal_role(limited(find_applicants(text, "sv"), text))
    assert found
    assert found.statement.words == "Kommuner får inte söka."


def test_a_text_under_a_refusing_heading_is_read():
    text = "Who cannot apply?\nMunicipalities and ministries."
    assert [one.value for one in read_statements([DocumentPage(1, "", text)], "en")] == ["nej"]
