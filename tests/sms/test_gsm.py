from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms.gsm import measure, segments, septets, to_gsm, unspelled

# 3GPP TS 23.038, 6.2.1: the default alphabet, the standard's own table column by column: the three
# high bits say the column, the four low bits the place in it. 0x1B is the escape to the extension.
COLUMNS = (
    "@£$¥èéùìòÇ\nØø\rÅå",
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ",
    " !\"#¤%&'()*+,-./",
    "0123456789:;<=>?",
    "¡ABCDEFGHIJKLMNO",
    "PQRSTUVWXYZÄÖÑÜ§",
    "¿abcdefghijklmno",
    "pqrstuvwxyzäöñüà",
)
#: 6.2.1.1: each of these takes the escape and one septet.
EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
BASIC = "".join(COLUMNS).replace("\x1b", "")
EXTENDED = "".join(EXTENSION.values())
anything = st.text(max_size=400)
in_alphabet = st.text(alphabet=BASIC + EXTENDED, max_size=700)
in_ucs2 = st.text(alphabet="aé€ê👍ش", max_size=300).map(lambda text: text + "ê")


def test_the_alphabet_is_the_standard_s_table() -> None:
    assert [len(column) for column in COLUMNS] == [16] * 8
    everything = map(chr, range(0x10000))
    sizes = {character: septets(character) for character in everything if septets(character)}
    assert sizes == dict.fromkeys(BASIC, 1) | dict.fromkeys(EXTENDED, 2)


def test_each_character_has_the_standard_s_own_number() -> None:
    """The library's table, position by position: a wrong one would count right and read wrong."""
    import gsm0338  # noqa: TID251 - looked at, not used

    codec = gsm0338.Codec()
    numbers = {character: codec.encode(character)[0] for character in BASIC + EXTENDED}
    assert numbers == {
        **{character: bytes([at]) for at, character in enumerate("".join(COLUMNS)) if at != 0x1B},
        **{character: bytes([0x1B, at]) for at, character in EXTENSION.items()},
    }


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
        ("Bună ziua, mâine, șapte, ați", "Buna ziua, maine, sapte, ati"),
        ("marcação, às, amanhã, três", "marcacao, às, amanha, tres"),
        ("mañana, él, ¿cómo?", "mañana, él, ¿como?"),
        ("‚a‘ ʼb 2×3 ‒ ―", ",a' 'b 2x3 - -"),
        ("\x1b(", "("),
        ("سلام 👍", "???? ?"),
    ],
)
def test_what_is_outside_is_spelled(text: str, sent: str) -> None:
    assert to_gsm(text) == sent


ORTHOGRAPHIES = {
    "fr": "àâæçéèêëîïôœùûüÿ’«»…–",
    "pt": "áâãàçéêíóôõúü",
    "ro": "ăâîșțşţ",
    "es": "áéíñóúü¿¡ªº",
}


@pytest.mark.parametrize("language", ORTHOGRAPHIES)
def test_every_letter_of_these_languages_has_one(language: str) -> None:
    letters = ORTHOGRAPHIES[language] + ORTHOGRAPHIES[language].upper()
    assert unspelled(letters) == ""
    assert "?" not in to_gsm(letters)


def test_what_has_no_letter_is_named_once() -> None:
    assert unspelled("où ? 👍👍 ش ê") == "👍ش"


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
        # 67 is odd too: 33 pairs in a part.
        ("👍" * 66, 2),
        ("👍" * 67, 3),
    ],
)
def test_segments_are_counted_exactly(text: str, count: int) -> None:
    assert segments(text) == count


def cut(sizes: list[int], alone: int, joined: int) -> list[list[int]]:
    """The parts as a phone receives them, made one by one: another way to the same number."""
    if sum(sizes) <= alone:
        return [sizes]
    parts = []
    while sizes:
        fitting = sum(1 for filled in accumulate(sizes) if filled <= joined)
        parts.append(sizes[:fitting])
        sizes = sizes[fitting:]
    return parts


@given(in_alphabet)
def test_gsm_parts_hold_160_or_153_and_no_pair_is_cut(text: str) -> None:
    parts = cut([septets(one) for one in text], 160, 153)
    size = measure(text)
    assert (size.ucs2, size.units, size.segments) == (False, sum(map(sum, parts)), len(parts))
    assert size.left == (160 if len(parts) == 1 else 153) - sum(parts[-1])


@given(in_ucs2)
def test_ucs2_parts_hold_70_or_67_and_no_surrogates_are_cut(text: str) -> None:
    parts = cut([len(one.encode("utf-16-le")) // 2 for one in text], 70, 67)
    size = measure(text)
    assert (size.ucs2, size.units, size.segments) == (True, sum(map(sum, parts)), len(parts))
    assert size.left == (70 if len(parts) == 1 else 67) - sum(parts[-1])


@given(in_alphabet)
def test_what_is_left_is_exactly_what_still_fits(text: str) -> None:
    size = measure(text)
    assert segments(text + "a" * size.left) == size.segments
    assert segments(text + "a" * (size.left + 1)) == size.segments + 1


@given(in_alphabet)
def test_spelling_never_costs_a_segment(text: str) -> None:
    assert segments(to_gsm(text + "ê")) <= segments(text + "ê")
