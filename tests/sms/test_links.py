from __future__ import annotations

import pytest

from sms.links import has_link


@pytest.mark.parametrize(
    "link",
    ["https://a.fr", "exemple．fr", "ｗｗｗ．exemple．be", "http：//x.be", "x\u200b.fr", "x.f\u00adr",
     "t.co/abc", "is.gd/abc", "exemple.paris", "1.2.3.4/x", "ftp://x.be", "a@b.be", "exemple.social",
     "jalon\u2024fr", "exemple。fr", "www exemple", "exemple .fr", "exemple point fr", "h\u200bttps://x"],
)  # fmt: skip
def test_a_link_is_found(link: str) -> None:
    assert has_link(f"RDV mardi. {link} Infos : 01 99 00 10 13")


@pytest.mark.parametrize(
    "text",
    ["RDV mardi 14 avril à 18h00. Infos : 01.99.00.10.13", "M. X, bât. A.", "Fin... suite", "R.D.V.",
     "12 et/ou 14", "Venez. Merci !", "n.b. : sonnez", "3.50 euros"],
)  # fmt: skip
def test_no_link_is_seen_where_none_is(text: str) -> None:
    assert not has_link(text)


def test_a_dot_in_a_place_is_no_link() -> None:
    assert not has_link("RDV, 12 av.Foch, Meaux (bat.A)", ("12 av.Foch, Meaux", "bat.A"))
    assert has_link("RDV, 12 av.Foch, Meaux. Voir is.gd/a", ("12 av.Foch, Meaux", ""))
    assert has_link("RDV www.exemple.fr", ("www.exemple.fr", ""))
