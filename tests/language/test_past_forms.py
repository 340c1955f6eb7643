"""Past forms such as "could apply" are no sign of an open call; a closed call with its day, and a call open now, are calls."""

import pytest

from monitor.language.kinds import guess_kind
from monitor.vocabulary import Kind

OVER = [
    (
        "Harbour Towns Fund",
        "The whole budget of the fund has been spent and no further calls will follow. Municipalities, universities and associations"
        " from nine countries could apply for grants of up to EUR 40,000.",
    ),
    (
        "Quay partnership",
        "No more calls are planned before 2028. Cities and regions were able to apply for funding of 70 per cent.",
    ),
    ("Quay partnership", "All our money has been allocated. Local authorities from eleven countries could apply."),
    ("Bryggprogrammet", "Alla medel är fördelade och inga nya utlysningar planeras. Kommuner och regioner kunde söka stöd."),
    ("Bryggprogrammet", "Det finns inga öppna utlysningar. Kommuner och föreningar har kunnat söka bidrag för bryggor."),
    ("Havnepuljen", "Puljen er lukket, og der kommer ikke flere. Kommuner kunne søge tilskud til moler."),
    ("Havneordningen", "Midlene er brukt opp. Kommuner og lag kunne søke tilskudd til brygger."),
    ("Havneordningen", "Ingen åpne utlysninger. Kommuner har kunnet søke støtte til brygger."),
]


@pytest.mark.parametrize(("title", "text"), OVER)
@pytest.mark.parametrize("default", [Kind.CALL, Kind.NEWS])
def test_a_programme_that_is_over_is_no_call(title, text, default):
    kind, _ = guess_kind(title, text, default)
    assert kind is not Kind.CALL


@pytest.mark.parametrize(
    ("title", "text", "ahead"),
    [
        (
            "Harbour Towns Fund: second call",
            "In spring towns could apply. The second call is open and municipalities can apply until 3 March 2027.",
            True,
        ),
        (
            "Stöd till bryggor",
            "Förra året kunde kommuner söka två miljoner. Nu kan kommuner söka stöd. Sista ansökningsdag är den 3 mars 2027.",
            True,
        ),
        (
            "Bidrag till bryggor",
            "Utlysningen har stängt. Mellan den 2 och 30 april kunde kommuner söka bidrag med högst 50 procent.",
            False,
        ),
    ],
)
def test_a_call_that_is_open_or_has_closed_on_a_known_day_is_one(title, text, ahead):
    assert guess_kind(title, text, Kind.NEWS, ahead=ahead)[0] is Kind.CALL
