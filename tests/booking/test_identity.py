from __future__ import annotations

from datetime import date

import pytest

from booking.identity import fold, identity_key

BORN = date(1974, 2, 26)


@pytest.mark.parametrize(
    "written",
    ["D'Almeida", "D’ALMEIDA", "d almeida", "D´Almeida", "D'Alme\u0301ida", "D\u00a0'ALMÉIDA"],
)
def test_a_name_is_one_in_capitals_without_accents_or_with_another_apostrophe(written: str) -> None:
    assert fold(written) == "dalmeida"


def test_ligatures_are_their_letters() -> None:
    assert (fold("SŒUR"), fold("Lætitia"), fold("Weiß")) == ("soeur", "laetitia", "weiss")


def test_other_people_stay_other_people() -> None:
    keys = {
        identity_key("Hamel", "Mickaël", BORN),
        identity_key("Hamel", "Mickaël", date(1974, 2, 27)),
        identity_key("Hamel", "Karim", BORN),
        identity_key("Hamelm", "ickaël", BORN),
    }
    assert len(keys) == 4


def test_names_of_other_scripts_do_not_fold_to_nothing() -> None:
    assert fold("தர்ஷன்") != ""
    assert fold("محمد") != fold("كريم")


def test_the_longest_names_fit_their_column() -> None:
    assert len(identity_key("œ" * 80, "ﷺ" * 80, BORN)) <= 200
