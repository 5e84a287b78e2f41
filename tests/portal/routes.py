"""Who gets what at each address. One row a route of the URL configuration: test_routes.py walks
both, and fails for a route without its row.

The columns are those of WHO. "log-in" is a redirection to the log-in page; "figures", "today" and
"texts" are redirections to those pages. Missing and forbidden are the same 404.
"""

from __future__ import annotations

from typing import NamedTuple

WHO = ("anonymous", "observer", "coordinator", "admin", "doctor", "stranger")

Answer = int | str


class Route(NamedTuple):
    """`address` is formatted with what the test made: {session}, a session of the admin's partner
    that the doctor does not lead; {led}, one that the doctor leads; {rhythm}, one of the admin's
    partner; {person}, somebody sent to it; {token}, a feed's."""

    name: str
    method: str
    address: str
    answers: tuple[Answer, ...]


def _row(name: str, method: str, address: str, *answers: Answer) -> Route:
    assert len(answers) == len(WHO), name
    return Route(name, method, address, answers)


# fmt: off
#                                            anonymous  observer   coordin.  admin     doctor    stranger
ROUTES = (
    _row("home",         "GET",  "/",                  200, 200,       200,      200,      200,      200),
    _row("home",         "POST", "/",                  405, 405,       405,      405,      405,      405),
    _row("login",        "GET",  "/connexion/",        200, "figures", "today",  "today",  "today",  "today"),
    _row("logout",       "GET",  "/deconnexion/",      405, 405,       405,      405,      405,      405),
    _row("logout",       "POST", "/deconnexion/",   "home", "home",    "home",   "home",   "home",   "home"),
    _row("set_language", "GET",  "/langue/",           405, 405,       405,      405,      405,      405),
    _row("set_language", "POST", "/langue/",        "home", "home",    "home",   "home",   "home",   "home"),
    _row("today",        "GET",  "/aujourdhui/",  "log-in", "figures", 200,      200,      200,      200),
    _row("today",        "POST", "/aujourdhui/",  "log-in", 405,       405,      405,      405,      405),
    _row("session",      "GET",  "/seances/{session}/", "log-in", 404, 200,      200,      404,      404),
    _row("session",      "GET",  "/seances/{led}/",     "log-in", 404, 200,      200,      200,      404),
    _row("session",      "GET",  "/seances/999999/",    "log-in", 404, 404,      404,      404,      404),
    _row("session",      "POST", "/seances/{session}/", "log-in", 405, 405,      405,      405,      405),
    _row("finder",       "GET",  "/places/",      "log-in", 404,       200,      200,      404,      200),
    _row("finder",       "POST", "/places/",      "log-in", 405,       405,      405,      405,      405),
    _row("rhythms",      "GET",  "/rythmes/",     "log-in", 404,       200,      200,      404,      200),
    _row("rhythms",      "POST", "/rythmes/",     "log-in", 405,       405,      405,      405,      405),
    _row("rhythm",       "GET",  "/rythmes/{rhythm}/",  "log-in", 404, 200,      200,      404,      404),
    _row("rhythm",       "GET",  "/rythmes/999999/",    "log-in", 404, 404,      404,      404,      404),
    _row("rhythm",       "POST", "/rythmes/{rhythm}/",  "log-in", 405, 405,      405,      405,      405),
    _row("wordings",     "GET",  "/textes/modeles/",  "log-in", 404,   200,      200,      404,      200),
    _row("wordings",     "GET",  "/textes/modeles/?langue=xx",  "log-in", 404, 404, 404,   404,      404),
    _row("wordings",     "POST", "/textes/modeles/",  "log-in", 404,   422,      404,      404,      404),
    _row("wording",      "GET",  "/textes/modeles/day1/plain/fr/",  "log-in", 404, 200, 200, 404,    200),
    _row("wording",      "POST", "/textes/modeles/day1/plain/fr/",  "log-in", 404, 200, 200, 404,    200),
    _row("wording",      "GET",  "/textes/modeles/day1/rude/fr/",   "log-in", 404, 404, 404, 404,    404),
    _row("wording",      "GET",  "/textes/modeles/day0/plain/fr/",  "log-in", 404, 404, 404, 404,    404),
    _row("text_rules",   "GET",  "/textes/reglages/", "log-in", 404,   200,      200,      404,      200),
    _row("text_rules",   "POST", "/textes/reglages/", "log-in", 404,   200,      200,      404,      200),
    _row("text_rules",   "GET",  "/textes/reglages/?prestation=999999", "log-in", 404, 404, 404, 404, 404),
    _row("letters",      "GET",  "/textes/lettres/",  "log-in", 404,   200,      200,      404,      200),
    _row("letters",      "POST", "/textes/lettres/",  "log-in", 404,   422,      422,      404,      422),
    _row("letter",       "GET",  "/textes/lettre/999999.pdf", "log-in", 404, 404, 404,     404,      404),
    _row("letter",       "POST", "/textes/lettre/999999.pdf", "log-in", 404, 404, 404,     404,      404),
    _row("texts",        "GET",  "/textes/",      "log-in", 404,       200,      200,      404,      200),
    _row("texts",        "POST", "/textes/",      "log-in", 405,       405,      405,      405,      405),
    _row("told",         "GET",  "/textes/places/999999/", "log-in", 405, 405,   405,      405,      405),
    _row("told",         "POST", "/textes/places/999999/", "log-in", 404, 404,   404,      404,      404),
    _row("reply_read",   "GET",  "/textes/reponses/999999/", "log-in", 405, 405, 405,      405,      405),
    _row("reply_read",   "POST", "/textes/reponses/999999/", "log-in", 404, 404, 404,      404,      404),
    _row("texts_pause",  "GET",  "/textes/pause/", "log-in", 405,      405,      405,      405,      405),
    _row("texts_pause",  "POST", "/textes/pause/", "log-in", 404,      "texts",    404,      404,      404),
    _row("texts_resume", "GET",  "/textes/reprise/", "log-in", 405,    405,      405,      405,      405),
    _row("texts_resume", "POST", "/textes/reprise/", "log-in", 404,    "texts",    404,      404,      404),
    _row("person_texts", "GET",  "/personnes/{person}/textes/", "log-in", 404, 200, 200,   404,      404),
    _row("person_texts", "GET",  "/personnes/AAAAAA/textes/", "log-in", 404, 404, 404,     404,      404),
    _row("person_texts", "POST", "/personnes/{person}/textes/", "log-in", 405, 405, 405,   405,      405),
    _row("figures",      "GET",  "/chiffres/",    "log-in", 200,       200,      404,      404,      404),
    _row("text_status",  "GET",  "/sms/statut/x/",     405, 405,       405,      405,      405,      405),
    _row("text_status",  "POST", "/sms/statut/x/",     404, 404,       404,      404,      404,      404),
    _row("text_reply",   "GET",  "/sms/reponse/",      405, 405,       405,      405,      405,      405),
    _row("text_reply",   "POST", "/sms/reponse/",      404, 404,       404,      404,      404,      404),
    _row("healthz",      "GET",  "/healthz",           200, 200,       200,      200,      200,      200),
    _row("feed",         "GET",  "/feeds/nothing.ics", 404, 404,       404,      404,      404,      404),
)
# fmt: on
