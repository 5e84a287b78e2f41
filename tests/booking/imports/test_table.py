from __future__ import annotations

import codecs

import pytest
from django.utils.translation import override

from booking.imports import table
from booking.imports.columns import Column
from booking.imports.errors import NotATable
from tests.booking.imports.network import GOOD, HEADINGS, line

ROWS = "\r\n".join([HEADINGS, line(), line(Nom="Hamel"), ""])


def names(data: bytes) -> list[tuple[int, str]]:
    read = table.read(data)
    return [(row.line, row.cell(read.positions[Column.LAST_NAME])) for row in read.rows]


@pytest.mark.parametrize(
    "data",
    [
        ROWS.encode(),
        codecs.BOM_UTF8 + ROWS.encode(),
        ROWS.encode("cp1252"),
        ROWS.encode("utf-16"),
        ROWS.replace(";", "\t").encode(),
        ROWS.replace(";", ",").encode("cp1252"),
        ROWS.replace("\r\n", "\n").encode(),
        ROWS.replace("\r\n", "\r").encode(),
        ROWS.encode() + b"\r\n" * 20 + b";;;;\r\n",
        ROWS.encode().removesuffix(b"\r\n"),
    ],
)
def test_a_table_is_read_in_every_shape(data: bytes) -> None:
    assert names(data) == [(2, "Kessler"), (3, "Hamel")]
    assert table.read(data).heading(Column.FIRST_NAME) == "Prénom"


def test_lines_of_two_encodings_glued_together() -> None:
    data = f"{HEADINGS}\n{line(Nom='Mañon')}\n".encode() + line(Nom="Estève").encode("cp1252")
    assert names(data) == [(2, "Mañon"), (3, "Estève")]


def test_columns_come_in_any_order_and_by_other_names() -> None:
    data = (
        "Réf;TÉL.;date de naissance;PRENOM;Nom de famille;Mandat;Association;Service;Orienté le\n"
        "1;0639980195;09/08/1962;Gaël;Kessler;CRPC;Le Fil d'Or;Groupe;13/12/2020"
    ).encode()
    read = table.read(data)
    assert names(data) == [(2, "Kessler")]
    assert read.heading(Column.PHONE) == "TÉL."
    assert Column.REMARK not in read.positions


def test_lines_are_those_of_the_file() -> None:
    quoted = line(Remarque='"rappeler\r\nle soir"')
    data = "\r\n".join(["Orientations 2021", HEADINGS, "", quoted, line(Nom="Hamel")]).encode()
    assert names(data) == [(4, "Kessler"), (6, "Hamel")]


def test_quoted_cells_may_hold_separators_and_quotation_marks() -> None:
    data = "\n".join([HEADINGS, line(Nom='"Kessler; dit ""Gaby"""')]).encode()
    assert names(data) == [(2, 'Kessler; dit "Gaby"')]


def test_accents_typed_in_two_pieces_and_odd_spaces_are_ordinary() -> None:
    data = "\n".join([HEADINGS, line(Nom="\u200b Este\u0300ve\u00a0")]).encode()
    assert names(data) == [(2, "Estève")]


@pytest.mark.parametrize("opened", ['"Kessler', '"Kessler" x', '"a;' * 5])
def test_a_quotation_mark_never_closed_costs_its_own_line_only(opened: str) -> None:
    lines = [HEADINGS, line(), line(Nom=opened), *(line(Nom="Hamel") for _ in range(60))]
    rows = table.read("\n".join(lines).encode()).rows
    assert [row.line for row in rows] == list(range(2, 64))
    assert [row.line for row in rows if row.broken] == [3]


def test_two_stray_quotation_marks_do_not_swallow_the_row_between_them() -> None:
    lines = [HEADINGS, line(Remarque='"rappeler'), line(Remarque='le soir"'), line()]
    rows = table.read("\n".join(lines).encode()).rows
    assert [(row.line, bool(row.broken)) for row in rows] == [(2, True), (3, False), (4, False)]


@pytest.mark.parametrize("cell", ["x" * 1_000_000, f'"{"x" * 1_000_000}"', ";" * 10_000 + "x"])
def test_a_monstrous_row_costs_itself_only(cell: str) -> None:
    rows = table.read("\n".join([HEADINGS, line(Remarque=cell), line()]).encode()).rows
    assert [(row.line, bool(row.broken)) for row in rows] == [(2, True), (3, False)]


def test_a_row_with_cells_to_spare_is_broken_unless_they_are_empty() -> None:
    rows = table.read("\n".join([HEADINGS, line() + ";;;", line() + ";x"]).encode()).rows
    assert [bool(row.broken) for row in rows] == [False, True]


def test_headings_alone_are_a_table_without_rows() -> None:
    assert table.read(HEADINGS.encode()).rows == []


NOT_TABLES = {
    b"": "empty",
    b"\r\n\r\n": "empty",
    codecs.BOM_UTF8: "empty",
    b"\0" * 4096: "empty",
    b"PK\x03\x04\x14\0\x06\0": "CSV",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "CSV",
    b"%PDF-1.7": "CSV",
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0;\0,": "heading",
    bytes(range(256)) * 50: "heading",
    b"Nom\nHamel\nKessler\n": "single column",
    b"a;b;c\n1;2;3\n": "heading",
    ROWS.encode("utf-16-le"): "UTF-8",
    b";".join(b"c%d" % n for n in range(10_000)): "heading",
    ";".join([*GOOD, *map(str, range(10_000))]).encode(): "200 columns",
    f"{HEADINGS};Nom".encode(): "Two columns",
    f"{HEADINGS};Portable".encode(): "Two columns",
    "Nom;Prénom;Partenaire".encode(): "missing",
    b'"Nom;Pr': "heading",
    b";" * 1_000_000: "empty",
    b"x;" * 1_000_000: "heading",
    HEADINGS.encode() + b"\r\n" * 200_001: "200,000 lines",
}


@pytest.mark.parametrize("data", NOT_TABLES, ids=lambda data: repr(data[:12]))
def test_what_is_no_table_gets_one_sentence(data: bytes) -> None:
    with override("en"), pytest.raises(NotATable, match=NOT_TABLES[data]) as caught:
        table.read(data)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 250


def test_a_file_larger_than_the_limit_is_refused() -> None:
    with pytest.raises(NotATable):
        table.read(bytes(table.MAX_BYTES + 1))
