from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms.gsm import segments, septets, to_gsm

# 3GPP TS 23.038, 6.2.1: the basic table, row by row of eight columns; and its extension table.
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"
anything = st.text(max_size=400)
in_alphabet = st.text(alphabet=BASIC + EXTENSION, max_size=700)


def test_the_alphabet_is_the_standard_s_table() -> None:
    everything = map(chr, range(0x10000))
    sizes = {character: septets(character) for character in everything if septets(character)}
    assert sizes == dict.fromkeys(BASIC, 1) | dict.fromkeys(EXTENSION, 2)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Présence à 18h00, où ?", "Présence à 18h00, où ?"),
        ("1er août, fête, naïf, Noël", "1er aout, fete, naif, Noel"),
        ("ça, Ça, œuvre, ŒUVRE", "ca, Ça, oeuvre, OEUVRE"),
        ("l’heure « juste » “oui” …", 'l\'heure " juste " "oui" ...'),
        ("avant\N{NO-BREAK SPACE}?\N{NARROW NO-BREAK SPACE}!", "avant ? !"),
        ("cafe\N{COMBINING ACUTE ACCENT}", "café"),
        ("a\N{ZERO WIDTH SPACE}b\N{SOFT HYPHEN}c", "abc"),
        ("12 € – n° 3 • ½", "12 € - no 3 - 1/2"),
        ("Ţepeş, Łódź, Đorđe", "Tepes, Lodz, Dorde"),
        ("\x1b(", "("),
        ("سلام 👍", "???? ?"),
    ],
)
def test_what_is_outside_is_spelled(text: str, sent: str) -> None:
    assert to_gsm(text) == sent


@given(anything)
def test_everything_fits_the_alphabet_once_spelled(text: str) -> None:
    spelled = to_gsm(text)
    assert all(map(septets, spelled))
    assert to_gsm(spelled) == spelled


@given(in_alphabet)
def test_the_alphabet_is_left_alone(text: str) -> None:
    assert to_gsm(text) == text


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        # 153 is odd: a pair is not cut, so a part holds 76 pairs and 152 of its septets.
        ("€" * 152, 2),
        ("€" * 153, 3),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("ê" * 134, 2),
        ("ê" * 135, 3),
        ("👍" * 35, 1),
        ("👍" * 36, 2),
        ("👍" * 67, 3),
    ],
)
def test_segments_are_counted_exactly(text: str, count: int) -> None:
    assert segments(text) == count


@given(in_alphabet)
def test_segments_lie_between_the_room_and_the_room_with_every_pair_pushed_on(text: str) -> None:
    length = sum(map(septets, text))
    if length <= 160:
        assert segments(text) == 1
    else:
        assert -(-length // 153) <= segments(text) <= -(-length // 152)


@given(in_alphabet)
def test_spelling_never_costs_a_segment(text: str) -> None:
    assert segments(to_gsm(text + "ê")) <= segments(text + "ê")
