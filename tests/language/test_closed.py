"""Statements that a call is closed, and sentences that are none."""

import pytest

from monitor.language.closed import says_closed


@pytest.mark.parametrize(
    "text",
    [
        "Bidrag till vandringsleder\nAnsökan är stängd.",
        "Stödet har nu avslutats? Nej. Omgången är tyvärr stängd.",
        "Ansökningsperioden är över. Nästa gång blir i vår.",
        "Läge: stängd\nStöd till bryggor",
        "Medlen är slut för i år.",
        "Det går inte längre att söka stödet.",
        "Applications are now closed.",
        "The call has been closed since Friday.",
        "Status: Closed",
        "We are no longer accepting applications for this year.",
        "Søknadsfristen er ikke flyttet. Ordningen er nå stengt.",
        "Puljen er allerede lukket.",
    ],
)
def test_a_closed_call_says_so(text):
    assert says_closed(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Sidan uppdateras.",
        "Utlysningen stänger den 3 mars 2027.",
        "Receptionen är stängd på fredag.",
        "Stöd till stängda bruk kan sökas.",
        "Ansökan ska vara komplett när omgången stänger.",
        "The office is closed on Monday.",
        "The call closes on 3 March 2027.",
        "Closed-loop recycling in towns",
        "Museet er lukket om mandagen.",
    ],
)
def test_other_closed_things_are_no_closed_call(text):
    assert not says_closed(text)
