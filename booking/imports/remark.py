"""The remark column: what we can act on, and the rest as a note. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from booking.identity import fold
from booking.imports.dates import day
from booking.imports.errors import Unreadable

# Of folded words: "pas de SMS", "refuse les textos", "sans SMS", "SMS : non".
_REFUSAL: Final = re.compile(
    r"(pasde?|sans|refus(e|er|ant)?(les|de|des)?|aucun|no)(sms|textos?)"
    r"|(sms|textos?)(refuses?|non|interdits?)"
)
_INTERPRETER: Final = re.compile(r"(besoin|necessite|prevoir)?(d?un|d)?interpretes?(necessaire)?")
_NO_INTERPRETER: Final = re.compile(r"(pas|sans|aucun)(besoin)?(d|de|un|dun)*interprete")
_DETAINED: Final = re.compile(
    r"^(?:incarc[ée]r[ée]|d[ée]tenu|[ée]crou[ée]|en d[ée]tention|en prison)\(?e?\)?\s+"
    r"jusqu\W?\s*(?:au|en|à|a)\s+(.+)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Remark:
    """`unread` holds a date of release that could not be read."""

    texts_refused: bool = False
    needs_interpreter: bool = False
    not_before: date | None = None
    note: str = ""
    unread: str = ""


def read(text: str, *, until: int) -> Remark:
    """Several remarks are joined by a comma, a semicolon or a line break; case, accents and the
    shape of apostrophes do not count. `until` is for years of two digits: see `dates.day`.

    A refusal of texts is heard even inside a longer sentence, which then stays as a note too:
    a call too many is better than a text that somebody refused.
    """
    refused = interpreter = False
    earliest: date | None = None
    unread = ""
    notes: list[str] = []
    for part in (piece.strip(" .") for piece in re.split(r"[,;\n]", text)):
        folded = fold(part)
        if not folded:
            continue
        if match := _DETAINED.match(part):
            try:
                released = day(match[1].strip(" ."), until=until)
                earliest = max(earliest or released, released)
                continue
            except Unreadable:
                unread = part
        refused |= _REFUSAL.search(folded) is not None
        interpreter |= "interprete" in folded and _NO_INTERPRETER.search(folded) is None
        if not (_REFUSAL.fullmatch(folded) or _INTERPRETER.fullmatch(folded)):
            notes.append(part)
    return Remark(refused, interpreter, earliest, ", ".join(notes), unread)
