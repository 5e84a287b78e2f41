from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from portal import catalogue


def test_every_string_has_its_french_and_the_compiled_file_is_fresh() -> None:
    out = StringIO()
    call_command("messages", "--check", stdout=out)
    assert out.getvalue() == "The French catalogue is complete.\n"


def test_writing_it_again_changes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = (catalogue.PO.read_bytes(), catalogue.MO.read_bytes())
    po = tmp_path / "django.po"
    po.write_bytes(before[0])
    monkeypatch.setattr(catalogue, "PO", po)
    monkeypatch.setattr(catalogue, "MO", tmp_path / "django.mo")
    call_command("messages", stdout=StringIO())
    assert (catalogue.PO.read_bytes(), catalogue.MO.read_bytes()) == before


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('msgstr "Chiffres"', 'msgstr ""', "untranslated: 'Figures'"),
        ('msgid "Figures"', 'msgid "Gone"', "unused: 'Gone'"),
        ('msgid "Figures"', 'msgid "Gone"', "missing: 'Figures'"),
        ('msgid "Figures"', '#, fuzzy\nmsgid "Figures"', "fuzzy: 'Figures'"),
        ('msgstr "Chiffres"', 'msgstr "Nombres"', "stale: the compiled file django.mo"),
    ],
)
def test_each_fault_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, old: str, new: str, fault: str
) -> None:
    text = catalogue.PO.read_text()
    assert old in text
    changed = tmp_path / "django.po"
    changed.write_text(text.replace(old, new))
    monkeypatch.setattr(catalogue, "PO", changed)
    with pytest.raises(CommandError) as raised:
        call_command("messages", "--check")
    assert fault in str(raised.value).splitlines()


def test_french_signs_have_their_thin_spaces() -> None:
    """No ordinary space before ? ! : ; nor inside « »: a line must not break there."""
    french = [
        text
        for message in catalogue.in_po()
        for text in ([message.string] if isinstance(message.string, str) else message.string or ())
    ]
    assert [text for text in french if re.search(r" [?!;:»]|« |\w'\w", text)] == []
