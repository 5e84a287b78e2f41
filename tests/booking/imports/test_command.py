"""`manage.py import_referrals`, as somebody at a keyboard meets it."""

from __future__ import annotations

import io
import stat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils.translation import override

from booking.models import JournalEntry, Participant
from tests.booking.imports.network import line, partner, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    partner()
    path = tmp_path / "orientations.csv"
    path.write_bytes(table(line(), line(Nom="Hamel", Téléphone="06 39"), line(Nom="")))
    return path


def run(file: Path | str, *options: str) -> str:
    out = io.StringIO()
    with override("en"):
        call_command("import_referrals", str(file), *options, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_it_says_what_needs_somebody_and_the_counts(file: Path) -> None:
    said = run(file).splitlines()
    assert [text.split(" : ")[0] for text in said[:2]] == [
        "Line 3, imported, needs somebody — Téléphone « 06 39 »",
        "Line 4, refused — Nom «  »",
    ]
    assert said[2:] == ["3 lines: 2 imported (2 new), 1 refused, 2 people, 1 to look at."]
    assert run(file).splitlines()[2] == said[2].replace("2 new", "0 new")


def test_a_dry_run_says_the_same_and_writes_nothing(file: Path) -> None:
    said = run(file, "--dry-run")
    assert said.endswith("A dry run: nothing was written.\n")
    assert (Participant.objects.count(), JournalEntry.objects.count()) == (0, 0)
    assert said.startswith(run(file))


def test_the_report_is_a_file_that_a_french_spreadsheet_opens(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "bilan.csv"
    run(file, "--report", str(out))
    assert out.read_bytes().startswith(b"\xef\xbb\xbfLine;Status;Column;Value;Reason\r\n2;imported")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_a_report_over_the_file_or_nowhere_is_refused_before_anything(
    file: Path, tmp_path: Path
) -> None:
    for out in (file, tmp_path, tmp_path / "no" / "where.csv"):
        with pytest.raises(CommandError):
            run(file, "--report", str(out))
    assert Participant.objects.count() == 0


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"Nom\nHamel\n", b"\0" * 10, b"a;b\n"])
def test_what_is_no_table_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(CommandError) as caught:
        run(path)
    assert str(caught.value).count("\n") == 0


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"There is no file .*x\.csv\."):
        run(tmp_path / "x.csv")
    with pytest.raises(CommandError, match="is a folder"):
        run(tmp_path)


def test_a_file_beyond_the_limit_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as stream:
        stream.truncate(101_000_000)
    with pytest.raises(CommandError, match="100 MB"):
        run(path)


def test_a_database_that_goes_away_is_one_sentence(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(**_: object) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("booking.actions.register_participant", gone)
    with pytest.raises(CommandError, match="Import the file again"):
        run(file)
