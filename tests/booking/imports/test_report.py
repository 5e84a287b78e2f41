from __future__ import annotations

import csv
import io

import pytest
from django.utils.translation import override

from booking.imports.report import Finding, Outcome, Report, Status, printable, write_csv

REPORT = Report(
    (
        Outcome(2, Status.IMPORTED, person="a", new=True),
        Outcome(3, Status.ALREADY_THERE, person="a"),
        Outcome(4, Status.FLAGGED, (Finding("Téléphone", "06", "x"),), "b", new=True),
        Outcome(5, Status.REFUSED, (Finding("Nom", "", "y"),)),
    )
)


def written(report: Report) -> list[list[str]]:
    stream = io.StringIO(newline="")
    with override("en"):
        write_csv(report, stream)
    return list(csv.reader(io.StringIO(stream.getvalue()), delimiter=";"))


def test_the_counts() -> None:
    assert REPORT.as_counts() == {
        "rows": 4,
        "imported": 3,
        "refused": 1,
        "people": 2,
        "flagged": 1,
    }
    assert REPORT.new == 2


def test_every_line_is_in_the_file() -> None:
    assert written(REPORT) == [
        ["Line", "Status", "Column", "Value", "Reason"],
        ["2", "imported", "", "", ""],
        ["3", "already there", "", "", ""],
        ["4", "imported, needs somebody", "Téléphone", "06", "x"],
        ["5", "refused", "Nom", "", "y"],
    ]


@pytest.mark.parametrize("cell", ["=1+1", "+33639980195", "-1", "@SUM(A1)", "＝1", "\t=1", "\r=1"])
def test_no_cell_is_run_as_a_formula(cell: str) -> None:
    outcome = Outcome(2, Status.REFUSED, (Finding(cell, cell, cell),))
    [_, row] = written(Report((outcome,)))
    assert row[2:] == [f"'{printable(cell)}"] * 3


def test_nothing_moves_the_cursor_of_a_terminal() -> None:
    assert printable("Hamel\x1b[2J\0\nSœur") == "Hamel\ufffd[2J\ufffd\ufffdSœur"
