"""Applicants in four languages: a municipality named among others, narrowed or refused. The sentences are ours."""

import pytest

from monitor.language.applicant_limits import limited
from monitor.language.applicant_roles import municipal_role
from monitor.language.applicants import find_applicants
from monitor.language.partner_searches import sought_municipality


@pytest.mark.parametrize(
    ("role", "language", "text"),
    [
        ("MAY", "sv", "Ansökan skickas in av kommunen, men förslagen får komma från skolor, föreningar eller boende."),
        ("MAY", "sv", "Alla juridiska personer med säte i Sverige kan ansöka."),
        (None, "sv", "Juridiska personer med verksamhet inom idrott kan söka."),
        ("MAY", "sv", "Alla fastighetsägare kan ansöka om stödet: bostadsrättsföreningar, kommuner och företag."),
        ("MAY", "sv", "Regionala och lokala myndigheter hör till målgruppen, liksom näringslivets organisationer."),
        ("NOT", "sv", "Endast lärosäten och forskningsinstitut kommer i fråga."),
        ("MAY", "sv", "Det är den som äger bryggan som ansöker – förening, kommun eller företag."),
        ("MAY", "sv", "Stödet söks av den som driver badplatsen. Det kan vara en kommun, en förening eller ett företag."),
        ("MAY", "sv", "Kommuner, regioner och företag som byter till ellastbilar kan få miljöpremie."),
        ("MAY", "sv", "Kommuner med färre än 20 000 invånare får tävla om priset."),
        ("NOT", "sv", "Bara aktörer i Danmark och Norge kan söka."),
        ("NOT", "sv", "Utlysningen gäller Estland och Lettland. Endast organisationer i dessa två länder kan söka."),
        ("NOT", "sv", "Kommunala bolag kan söka. Kommunen kan inte stå som sökande."),
        ("MAY", "en", "Individuals, start-ups, ensembles and public institutions may apply."),
        ("MAY", "en", "Local and regional governments of any size may enter."),
        ("MAY", "en", "Towns can put themselves forward until 3 March."),
        ("MAY", "en", "Cities with 50 000 to 200 000 inhabitants can compete for the title."),
        ("NOT", "en", "The call is for Ireland. Only organisations based in these two countries can apply: Ireland and Malta."),
        ("NOT", "en", "This topic concerns Hungary and Romania. Only legal entities from these countries may apply."),
        ("PARTNER", "en", "Municipalities are encouraged to join as partners in the project, without being lead applicant."),
        (None, "en", "Entities working with sport may apply."),
        ("MAY", "en", "Regional authorities, port operators, shipowners and public bodies can be lead partner."),
        ("MAY", "da", "Havne, foreninger, forskere og offentlige myndigheder kan være hovedansøger."),
        ("MAY", "da", "Kommuner, der køber elbusser, kan få en klimapræmie."),
        ("NOT", "da", "Kun virksomheder kommer i betragtning."),
        ("MAY", "da", "Støtten søges af den, der ejer bygningen. Det kan være en kommune, en forening eller et firma."),
        ("MAY", "nb", "Tilskuddet søkes av den som eier anlegget. Det kan være kommuner, idrettslag eller bedrifter."),
        ("NOT", "nb", "Bare universiteter og høgskoler kommer i betraktning."),
        ("MAY", "nb", "Alle eiere av kirkebygg kan søke: menigheter, kommuner og stiftelser."),
        ("MAY", "nb", "Kommuner og bedrifter som bytter til elektriske maskiner, kan få klimapremie."),
        ("PARTNER", "nb", "Kommuner kan ikke stå som søker, men kan delta som partner."),
        ("PARTNER", "sv", "Kommuner får inte stå som sökande men kan vara med som partner."),
        ("PARTNER", "sv", "Kommuner uppmuntras att gå med som partner i konsortiet, utan att vara huvudsökande."),
        ("MAY", "sv", "Kommuner, byalag och andra rättssubjekt kan söka."),
        (None, "sv", "Sökande är den som äger vägen. Det kan vara svårt att veta vem det är."),
        ("MAY", "sv", "Sökande är den som äger vägen. Det kan vara en vägförening eller en kommun."),
        (None, "sv", "Priset går till den som har gjort mest. Det är kommuner och skolor som röstar."),
        ("NOT", "sv", "Endast föreningar med 90-konto kommer i fråga."),
        (None, "en", "The Commission supports cities in the green transition."),
        (None, "en", "Eurostat reports that companies compete for talent."),
        ("MAY", "en", "Cities, regions and their agencies can compete for three awards."),
        ("NOT", "en", "Only researchers employed at a university may apply."),
        ("MAY", "en", "Farmers, foundations, churches and public bodies are eligible."),
        ("MAY", "sv", "Skolor, stiftelser, studiecirklar och offentliga aktörer kan söka."),
        (None, "sv", "Kommunen kan inte vara huvudsökande."),
        ("PARTNER", "en", "Public bodies cannot act as applicants but can join as partners."),
        ("MAY", "da", "Museer, teatre og offentlige institutioner kan søge."),
        ("NOT", "da", "Kun foreninger kan søge. Kommuner kan ikke stå som ansøger."),
    ],
)  # fmt: skip
def test_the_part_of_a_municipality(role, language, text):
    found = municipal_role(limited(find_applicants(text, language), text))
    assert (found.role.name if found else None) == role


@pytest.mark.parametrize(
    "text",
    [
        "Konsortiet saknar en svensk kommun.",
        "We would like to work with a museum, a library or a town.",
        "They would like a third partner from Scandinavia, either a school or the local authority.",
        "Universitetet søger to kommuner fra Norden.",
        "SINTEF trenger tre kommuner.",
    ],
)
def test_a_municipality_is_among_those_that_are_sought(text):
    assert sought_municipality(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "Kommunen saknar en partner från Litauen, gärna en kommun.",
        "Staden letar efter partner i andra EU-länder, gärna kommuner.",
        "Universitetet behöver en forskargrupp med registerdata.",
        "Saknar ni en kommun?",
        "We are looking for an SME.\nThe town is small.",
    ],
)
def test_no_municipality_of_ours_is_sought(text):
    assert sought_municipality(text) is None
