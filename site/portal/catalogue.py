"""The French catalogue: what the sources say in English, and what the .po file says to each.

Babel reads Python; Django turns a template into something that Babel reads. Babel is a tool of the
developer, so it is imported inside: an installed copy only needs the compiled file.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation.template import templatize

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

_PORTAL = Path(__file__).resolve().parent
ROOT = _PORTAL.parent.parent
PACKAGES = (ROOT / "booking", ROOT / "calendars", ROOT / "sms", _PORTAL)
PO = _PORTAL / "locale" / "fr" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")

_KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def in_sources() -> Catalog:
    """Every string that a screen or an error may show, with the files that hold it."""
    catalog = _empty()
    for path, source in _sources():
        from babel.messages.extract import extract

        where = path.relative_to(ROOT).as_posix()
        found = extract("python", io.BytesIO(source.encode()), _KEYWORDS)
        for _line, message, _comments, context in found:
            catalog.add(message, context=context, locations=[(where, 0)])
    return catalog


def in_po() -> Catalog:
    """What the translator wrote, each message as it stands, obsolete ones left out."""
    from babel.messages.pofile import read_po

    if not PO.exists():
        return _empty()
    with PO.open("rb") as file:
        return read_po(file, locale="fr", ignore_obsolete=True)


def merged(sources: Catalog, translated: Catalog) -> Catalog:
    """The strings of the sources with the French that is known; unused French is dropped."""
    result = _empty()
    for message in sources:
        if message.id:
            known = translated.get(_key(message), message.context)
            result.add(
                message.id,
                known.string if known is not None else None,
                context=message.context,
                locations=sorted({(path, 0) for path, _ in message.locations}),
                flags=message.flags | ({"fuzzy"} if known is not None and known.fuzzy else set()),
            )
    return result


def faults(sources: Catalog, translated: Catalog) -> list[str]:
    """What stops the catalogue from being complete, one sentence each."""
    known = {(_key(message), message.context): message for message in translated if message.id}
    used = {(_key(message), message.context) for message in sources if message.id}
    return [
        *(f"missing: {text!r}" for text, context in sorted(used - set(known), key=repr)),
        *(f"unused: {text!r}" for text, context in sorted(set(known) - used, key=repr)),
        *(
            f"{fault}: {text!r}"
            for (text, _context), message in sorted(known.items(), key=repr)
            for fault in _faults_of(message, translated)
        ),
    ]


def write_po(catalog: Catalog) -> bytes:
    """The .po file. No dates and no line numbers: they change without meaning anything."""
    from babel.messages.pofile import write_po as babel_write

    out = io.BytesIO()
    babel_write(out, catalog, width=100, sort_output=True, include_lineno=False, omit_header=True)
    return _HEADER.encode() + out.getvalue()


def compiled(catalog: Catalog) -> bytes:
    """The .mo file: the same bytes for the same translations, on any day and machine."""
    from babel.messages.mofile import write_mo

    bare = _empty()
    for message in catalog:
        if message.id:
            bare.add(message.id, message.string, context=message.context)
    out = io.BytesIO()
    write_mo(out, bare)
    return out.getvalue()


_HEADER = """\
# French as a careful secretary writes it: U+202F before ? ! : ; and inside « », U+00A0 before a
# unit, the apostrophe ’. Written by `manage.py messages`; translations are edited here.
msgid ""
msgstr ""
"Language: fr\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

"""


def _empty() -> Catalog:
    from babel.messages.catalog import Catalog

    class Dateless(Catalog):
        @property
        def mime_headers(self) -> list[tuple[str, str]]:
            return [
                ("Language", "fr"),
                ("MIME-Version", "1.0"),
                ("Content-Type", "text/plain; charset=utf-8"),
                ("Content-Transfer-Encoding", "8bit"),
                ("Plural-Forms", "nplurals=2; plural=(n > 1);"),
            ]

    return Dateless(locale="fr", fuzzy=False)


def _sources() -> Iterator[tuple[Path, str]]:
    for package in PACKAGES:
        for path in sorted(package.rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_text()
    for path in sorted((_PORTAL / "templates").rglob("*.html")):
        # Indentation means something to Python's tokenizer and nothing to a template.
        lines = templatize(path.read_text(), origin=str(path)).splitlines()
        yield path, "\n".join(line.lstrip() for line in lines)


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else str(message.id[0])


def _faults_of(message: Message, catalog: Catalog) -> Iterator[str]:
    strings = message.string if isinstance(message.string, tuple | list) else [message.string]
    if not all(strings) or (message.pluralizable and len(strings) != 2):
        yield "untranslated"
        return
    if message.fuzzy:
        yield "fuzzy"
    for error in message.check(catalog):
        yield str(error)
