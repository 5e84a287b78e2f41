"""From a template and its content to a tagged PDF: the only door to typst.

Nothing is fetched and nothing of the machine is used: the wheel's own fonts, a template of ours that
imports no package, and the content as JSON, which typst never reads as markup. The same content gives
the same bytes: no date is written, and no author.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import typst
from django.utils.translation import gettext_lazy as _

from booking.errors import Invalid

_HERE = Path(__file__).resolve().parent
#: PDF/UA-1: typst refuses what a screen reader could not read.
_STANDARDS: list[typst.PDFStandard] = ["ua-1"]


class Unprintable(Invalid):
    """The content has a character that none of the fonts has. Never quotes it: it may be a name."""

    message = _(
        "A character of the name or of the address cannot be printed. Write it with other letters in "
        "the record, or call this person instead."
    )


def pdf(template: str, content: Mapping[str, object]) -> bytes:
    """The pages of `documents/<template>.typ`, which reads the content from `sys.inputs.content`.

    Raises Unprintable. Takes a few milliseconds, and no network.
    """
    try:
        made = typst.compile(
            (_HERE / f"{template}.typ").read_bytes(),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
            format="pdf",
            pdf_standards=_STANDARDS,
            timestamp=0,
        )
    except typst.TypstError as error:
        if "could not be displayed" in error.message:
            # Not `from error`: typst quotes what it could not print.
            raise Unprintable from None
        raise
    return made


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)
