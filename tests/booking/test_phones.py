from __future__ import annotations

import pytest

from booking import phones


@pytest.mark.parametrize(
    "typed",
    [
        "0639980072",
        "06 39 98 00 72",
        "06.39.98.00.72",
        "06-39-98-00-72",
        "06/39/98/00/72",
        "+33639980072",
        "+33 6 39 98 00 72",
        "+33 (0)639980072",
        "+33(0)6 39 98 00 72",
        "(+33) 6 39 98 00 72",
        "0033 639980072",
        "00 33 6 39 98 00 72",
        "0033(0)639980072",
        "639980072",
        "33639980072",
        "'0639980072",
        '="0639980072"',
        "Tél. : 06 39 98 00 72",
        "port 06 39 98 00 72",
        "06\u00a039\u00a098\u00a000\u00a072",
        "  0639980072\t",
    ],
)
def test_a_number_is_one_in_every_shape(typed: str) -> None:
    assert phones.parse(typed) == "+33639980072"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "06 39 98",
        "06 39 98 00 7",
        "06 39 98 00 722",
        "06 39 98 00 72 / 06 39 98 00 73",
        "06 39 98 MERE",
        "0639980072 (mère)",
        "6,4E+08",
        "3919",
        "0800 12 34 56",
        "0000000000",
        "+0639980072",
        "+999 12 34 56 78",
        "néant",
        "-",
        "=1+1",
        "0" * 10_000,
    ],
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="not a telephone number"):
        phones.parse(typed)


def test_foreign_and_overseas_numbers_keep_their_country() -> None:
    assert phones.parse("+32 470 12 34 56") == "+32470123456"
    assert phones.parse("+262 639 98 00 72") == "+262639980072"
    assert phones.parse("00 40 721 234 567") == "+40721234567"


@pytest.mark.parametrize(
    "number",
    [
        "+33639980072",
        "+33700000001",
        "+262692123456",
        "+262639980072",
        "+590690123456",
        "+590709123456",
        "+594694123456",
        "+596696123456",
        "+32470123456",
        "+40721234567",
        "+212612345678",
        "+15145551234",
    ],
)
def test_a_mobile_of_anywhere_receives_texts(number: str) -> None:
    assert phones.can_receive_texts(number)


@pytest.mark.parametrize(
    "number",
    [
        "+33199000012",
        "+33912345678",
        "+33970123456",
        "+262262123456",
        "+590590123456",
        "+3225123456",
        "+448001234567",
    ],
)
def test_a_landline_or_a_box_receives_none(number: str) -> None:
    assert not phones.can_receive_texts(number)


def test_numbers_are_shown_as_a_reader_in_france_writes_them() -> None:
    assert phones.display("+33639980072") == "06 39 98 00 72"
    assert phones.display("+32470123456") == "+32 470 12 34 56"
    assert phones.display("") == ""
