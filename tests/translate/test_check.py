"""The check of translations: planted faults in numbers, dates and codes are caught, every one; sound translations pass."""

import pytest

from monitor.translate.check import find_differences
from monitor.translate.texts import use_glossary

MONTHS = ("January", "March", "May", "June", "August", "October", "December")
MANADER = ("januari", "mars", "maj", "juni", "augusti", "oktober", "december")
SOUND = [
    ("Grants of up to EUR 1,500,000 cover 80% of the costs.", "Bidrag på upp till 1 500 000 euro täcker 80 % av kostnaderna."),
    ("The budget is €2.5 million.", "Budgeten är 2,5 miljoner euro."),
    ("At least three partners from three countries must apply.", "Minst tre partner från 3 länder måste söka."),
    ("Apply by 3 December 2026 at 17:00.", "Sök senast den 3 december 2026 kl. 17.00."),
    ("Apply by December 3, 2026, 5 pm Brussels time.", "Sök senast 3 december 2026 klockan 17, Bryssels tid."),
    ("The call LIFE-2026-SAP-ENV opens in May 2027.", "Utlysningen LIFE-2026-SAP-ENV öppnar i maj 2027."),
    ("Write to help@example.eu or see https://example.eu/a-1.", "Skriv till help@example.eu eller se https://example.eu/a-1."),
    ("SMEs from Germany and Sweden may apply.", "Små och medelstora företag från Tyskland och Sverige får söka."),
    ("Projects last 24 to 36 months.", "Projekten varar i 24 till 36 månader."),
    ("The rate is 0.75 per cent.", "Satsen är 0,75 procent."),
    ("Towns may take part in the programme.", "Städer får delta i programmet."),
    ("Horizon Europe supports research.", "Horisont Europa stöder forskning."),
    ("The deadline of 2027-01-15 is final.", "Den sista dagen, 2027-01-15, gäller."),
]  # fmt: skip
GLOSSARY = {"horizon europe": "Horisont Europa", "europe": "Europa", "brussels": "Bryssel"}


def sentences():
    """Return fifty sentences with their translations: an amount, a share, a date and a code each."""
    made = []
    for number in range(50):
        thousands, hundreds, share = 1 + number % 9, 100 + number * 17 % 900, 15 + number
        day, year, month = 1 + number * 3 % 28, 2026 + number % 3, number % 7
        code = f"CERV-{year}-TOWN-{10 + number}-IBA"
        made.append(
            (
                f"The call {code} pays {thousands},{hundreds}.5 euro and {share}% until {day} {MONTHS[month]} {year}.",
                f"Utlysningen {code} betalar {thousands} {hundreds},5 euro och {share} % till den {day} {MANADER[month]} {year}.",
                (thousands, hundreds, share, day, year, month, code),
            )
        )
    return made


def planted(translated, values):
    """Return the translation with each of four faults: digits swapped, comma moved, date changed, code changed."""
    thousands, hundreds, _, day, year, month, code = values
    digits = str(hundreds)
    swapped = digits[1] + digits[0] + digits[2] if digits[0] != digits[1] else digits[0] + digits[2] + digits[1]
    if swapped == digits:
        swapped = f"{digits[:2]}{(int(digits[2]) + 1) % 10}"
    amount = f"{thousands} {hundreds},5"
    other = f"{day % 28 + 1} {MANADER[month]}" if values[2] % 2 else f"{day} {MANADER[(month + 1) % 7]}"
    return (
        translated.replace(amount, f"{thousands} {swapped},5"),
        translated.replace(amount, f"{thousands}{digits[0]},{digits[1:]}5"),
        translated.replace(f"{day} {MANADER[month]}", other, 1),
        translated.replace(code, code.replace("-IBA", "-IBB") if values[2] % 2 else code.replace(f"-{year}-", f"-{year + 1}-")),
    )


@pytest.mark.parametrize(("original", "translated"), SOUND)
def test_a_sound_translation_passes(original, translated):
    assert find_differences(original, translated, glossary=GLOSSARY) == ()


def test_of_two_hundred_planted_faults_every_one_is_caught():
    tried = 0
    for original, translated, values in sentences():
        assert find_differences(original, translated) == (), (original, translated)
        for faulty in planted(translated, values):
            assert faulty != translated
            assert find_differences(original, faulty), (original, faulty)
            tried += 1
    assert tried == 200


@pytest.mark.parametrize(
    ("original", "translated", "said"),
    [
        ("It costs 1,500 euro.", "Det kostar 1,500 euro.", "talet 1500 saknas"),
        ("It costs 1.5 euro.", "Det kostar 1.500.000 euro.", "talet 1.5 saknas"),
        ("It costs 2 million euro.", "Det kostar 2 miljarder euro.", "talet 2000000 saknas"),
        ("It pays 80%.", "Det betalar 80.", "andelen 80 saknas"),
        ("It pays 80.", "Det betalar 80 euro.", "valutan EUR finns inte i originalet"),
        ("At 5 pm.", "Klockan 15.", "klockslaget 17:00 saknas"),
        ("3 May and 5 June.", "5 maj och 3 juni.", "datumet 0000-05-03 saknas"),
        ("See www.example.eu.", "Se www.example.se.", "adressen www.example.eu saknas"),
        ("Four towns apply.", "Fem städer söker.", "talet 4 saknas"),
        ("It runs for two years.", "Det pågår i år.", "talet 2 saknas"),
        ("The town of Eksjö applies.", "Staden Eslöv söker.", "namnet Eksjö saknas"),
        ("Partners from Poland apply.", "Partner från Portugal söker.", "namnet Poland saknas"),
        ("Text.", "  ", "översättningen är tom"),
    ],
)
def test_a_difference_is_named(original, translated, said):
    assert said in find_differences(original, translated)


def test_a_lost_not_is_out_of_reach_and_documented_as_such():
    assert find_differences("Towns may not apply.", "Städer får söka.") == ()


@pytest.mark.parametrize(
    ("left", "written"),
    [
        ("Stöd till social enterprise.", "Stöd till socialt företag."),
        ("Stöd till social enterprises.", "Stöd till social enterprises."),
    ],
)
def test_an_english_term_is_written_in_swedish_only_in_the_form_of_the_glossary(left, written):
    assert use_glossary("Support to social enterprises.", left, {"social enterprise": "socialt företag"}) == written
