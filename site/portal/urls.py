"""Every address of the site. Each has its row in tests/portal/routes.py."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import path

from portal.views.account import Login, set_language
from portal.views.feeds import feed
from portal.views.figures import figures
from portal.views.finder import finder
from portal.views.health import healthz
from portal.views.home import home
from portal.views.letter import letter, letters
from portal.views.rhythms import rhythm, rhythms
from portal.views.session import session
from portal.views.text_rules import text_rules
from portal.views.texts import pause, person_texts, reply_read, resume, texts, told
from portal.views.today import today
from portal.views.webhooks import text_reply, text_status
from portal.views.wordings import wording, wordings

urlpatterns = [
    path("", home, name="home"),
    path("connexion/", Login.as_view(), name="login"),
    path("deconnexion/", login_not_required(LogoutView.as_view()), name="logout"),
    path("langue/", set_language, name="set_language"),
    path("aujourdhui/", today, name="today"),
    path("seances/<int:pk>/", session, name="session"),
    path("places/", finder, name="finder"),
    path("rythmes/", rhythms, name="rhythms"),
    path("rythmes/<int:pk>/", rhythm, name="rhythm"),
    path("textes/", texts, name="texts"),
    path("textes/places/<int:pk>/", told, name="told"),
    path("textes/reponses/<int:pk>/", reply_read, name="reply_read"),
    path("textes/pause/", pause, name="texts_pause"),
    path("textes/reprise/", resume, name="texts_resume"),
    path("personnes/<str:reference>/textes/", person_texts, name="person_texts"),
    path("textes/reglages/", text_rules, name="text_rules"),
    path("textes/modeles/", wordings, name="wordings"),
    path("textes/modeles/<str:kind>/<str:manner>/<str:language>/", wording, name="wording"),
    path("textes/lettres/", letters, name="letters"),
    path("textes/lettre/<int:pk>.pdf", letter, name="letter"),
    path("feeds/<str:token>.ics", feed, name="feed"),
    path("sms/statut/<str:token>/", text_status, name="text_status"),
    path("sms/reponse/", text_reply, name="text_reply"),
    path("chiffres/", figures, name="figures"),
    path("healthz", healthz, name="healthz"),
]
