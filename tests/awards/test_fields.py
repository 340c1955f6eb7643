"""Values of publishers' fields, with the traps that they have."""

import re
from datetime import date, datetime
from decimal import Decimal

import pytest

from monitor.awards.fields import amount, country, day, organisation_number, pic, plain, text, vat_number, year_of
from monitor.errors import RowError


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2073781,25", "2073781.25"),
        ("299250.5", "299250.50"),
        ("4 973 906", "4973906"),
        ("1\u00a0989\u00a0562", "1989562"),
        ("27.300.000 €", "27300000"),
        ("1,234,567.80", "1234567.80"),
        ("1.234.567,80", "1234567.80"),
        (149355, "149355"),
        (436044.8, "436044.80"),
        ("0", "0"),
    ],
)
def test_an_amount_is_exact(value, expected):
    assert amount(value, "fält") == Decimal(expected)


@pytest.mark.parametrize("value", ["", None, "N.a.", "-", "null"])
def test_an_empty_amount_is_none(value):
    assert amount(value, "fält") is None


@pytest.mark.parametrize("value", ["tre", "-5", "1e400", float("nan"), float("inf"), "12.34.5", True, 10**15])
def test_no_amount_is_an_error_that_names_the_field(value):
    with pytest.raises(RowError, match="totalCost"):
        amount(value, "totalCost")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-03-01", "2024-03-01"),
        ("2024-03-01T00:00:00.000+0000", "2024-03-01"),
        ("01/09/2023", "2023-09-01"),
        ("5.6.2023", "2023-06-05"),
        (datetime(2023, 5, 6, 0, 0), "2023-05-06"),  # noqa: DTZ001 - Excel's dates have no zone
        (date(2023, 5, 6), "2023-05-06"),
        (45000, "2023-03-15"),
        ("2026-09-31", "2026-09-30"),
        ("2027-02-31", "2027-02-28"),
        ("1900-01-01T00:00:00", ""),
        ("N.a.", ""),
        (None, ""),
    ],
)
def test_a_day_is_iso(value, expected):
    assert day(value, "fält") == expected


@pytest.mark.parametrize("value", ["2024-13-01", "2024-01-32", "i våras", "00/00/2024"])
def test_no_day_is_an_error(value):
    with pytest.raises(RowError, match="fält"):
        day(value, "fält")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("212000-3005", "2120003005"),
        ("SE212000300501", "2120003005"),
        ("162120003005", "2120003005"),
        ("2120003005", "2120003005"),
        ("2120003006", ""),  # wrong check digit
        ("811218-9876", ""),  # a person's number: never kept
        ("EL123456789", ""),
        ("", ""),
    ],
)
def test_an_organisation_number_in_each_of_its_forms(value, expected):
    assert organisation_number(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("EL123456789", "EL123456789"),
        ("ee 100.594-102", "EE100594102"),
        ("ATU12345678", "ATU12345678"),
        ("NO974767880MVA", "NO974767880MVA"),
        ("SE212000300501", "SE212000300501"),
        ("SE811218987601", ""),  # a sole trader's: the person's number
        ("SE212000300601", ""),  # wrong check digit
        ("ES12345678Z", ""),
        ("ESP2807900B", "ESP2807900B"),
        ("BG7523169263", ""),
        ("BG000696327", "BG000696327"),
        ("CZ7103192745", ""),
        ("CZ00064581", "CZ00064581"),
        ("LV16117519997", ""),
        ("LV90000064250", "LV90000064250"),
        ("123456789", ""),
        ("NOT APPLICABLE", ""),
        ("N/A", ""),
        ("", ""),
    ],
)
def test_a_vat_number_is_kept_unless_it_is_a_persons(value, expected):
    assert vat_number(value) == expected


def test_a_pic_is_read_from_the_portals_address():
    assert pic("https://ec.europa.eu/x/how-to-participate/org-details/997186676") == "997186676"
    assert pic("99718667") == ""


def test_greece_and_the_united_kingdom_have_codes_of_their_own():
    assert [country(value) for value in ("EL", "UK", "se", "Sverige", "Sweden", "Atlantis")] == ["GR", "GB", "SE", "SE", "SE", ""]


def test_a_summary_loses_markup_and_personal_data_but_a_title_keeps_its_at_sign():
    assert plain("<p>Ring 070-123 45 67 eller anna@example.se</p>A &amp; B") == "Ring eller A & B"
    assert text("H2Deri@BSP") == "H2Deri@BSP"
    assert len(plain("ord " * 1000)) <= 600


@pytest.mark.parametrize(
    "phone",
    ["0701234567", "070-123 45 67", "070 123 45 67", "+46(0)380-518000", "+46 (0)380-51 80 00", "+46380518000", "+46 70 123 45 67",
     "0380-518000", "0380-51 80 00", "0380 518000", "(0380) 51 80 00", "0383-971 00", "0046701234567", "08-123 456 78",
     "0380518000", "+4670-1234567", "08/123 456 78", "0380–51 80 00", "+46 (380) 518000", "+358 40 1234567", "+45 12345678"],
)  # fmt: skip
@pytest.mark.parametrize("line", ["Ring {} idag", "Tel: {}.", "({}, växel)", "tel:{}"])
def test_a_phone_number_is_not_kept_however_it_is_written(phone, line):
    assert not re.search(r"\d{2}", plain(line.format(phone)))


@pytest.mark.parametrize(
    "line",
    [
        "Bidraget är 1 000 000 000 kr av 12 050 000",
        "Projektet pågår 01-09-2024 till 31.12.2025 och 05/03/2026",
        "Från 2021-01-01 till 2027-12-31",
        "Dnr 2021-012345678 och 24-030-S04",
        "ID 101202456, 0,35 miljoner och 0.123456",
        "PIC 997186676, organisationsnummer 212000-3005",
        "ISBN 978-91-0-012345-6 år 2020-2024",
        "10 000 20 000 30 000",
    ],
)
def test_amounts_dates_and_codes_are_no_phone_numbers(line):
    assert plain(line) == line


def test_the_year_of_a_code_is_no_part_of_a_longer_number():
    assert year_of("LIFE-2024-SAP", "2025-01-01") == 2024
    assert year_of("101202456", "2025-01-01") == 2025
    assert year_of("") is None
