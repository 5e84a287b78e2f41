from __future__ import annotations

from datetime import date

import pytest

from booking.imports.remark import Remark, read


def of(text: str) -> Remark:
    return read(text, until=2076)


@pytest.mark.parametrize(
    "text",
    ["pas de SMS", "PAS DE SMS.", "pas de sms", "Pas de textos", "refuse les SMS", "sans SMS"],
)
def test_a_refusal_of_texts(text: str) -> None:
    assert of(text) == Remark(texts_refused=True)


@pytest.mark.parametrize("text", ["interprète", "INTERPRETE", "Besoin d’un interprète"])
def test_a_need_of_an_interpreter(text: str) -> None:
    assert of(text) == Remark(needs_interpreter=True)


@pytest.mark.parametrize(
    "text",
    [
        "incarcéré jusqu'au 15/03/2021",
        "INCARCERE JUSQU’AU 15/03/2021",
        "incarcérée jusqu'au 15 mars 2021.",
        "Détenu jusqu´au 15-03-21",
        "en détention jusqu'au 15.03.2021",
    ],
)
def test_an_earliest_date(text: str) -> None:
    assert of(text) == Remark(not_before=date(2021, 3, 15))


def test_several_are_joined_and_the_rest_is_a_note() -> None:
    text = "Interprète; rappeler le soir, incarcéré jusqu'au 1er mars 2021 ; PAS DE SMS,"
    assert of(text) == Remark(
        texts_refused=True,
        needs_interpreter=True,
        not_before=date(2021, 3, 1),
        note="rappeler le soir",
    )


def test_a_refusal_inside_a_sentence_is_heard_and_kept() -> None:
    text = "ne veut pas de SMS au travail"
    assert of(text) == Remark(texts_refused=True, note=text)


def test_a_language_beside_the_interpreter_is_kept() -> None:
    assert of("interprète tamoul") == Remark(needs_interpreter=True, note="interprète tamoul")


@pytest.mark.parametrize("text", ["pas besoin d'interprète", "sans interprète"])
def test_no_interpreter_is_no_need(text: str) -> None:
    assert of(text) == Remark(note=text)


def test_a_release_that_cannot_be_read_is_kept_and_told() -> None:
    text = "incarcéré jusqu'au printemps"
    assert of(text) == Remark(note=text, unread=text)


@pytest.mark.parametrize("text", ["", " , ;; .", "\n"])
def test_nothing_is_nothing(text: str) -> None:
    assert of(text) == Remark()
