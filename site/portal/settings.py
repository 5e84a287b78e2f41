"""Every setting, read from the environment through helpers that refuse nonsense (`env.py`).

`JALON_ENV` is `development` (the default), `demo` or `production`. Times in settings are
Europe/Paris wall-clock.
"""

from __future__ import annotations

import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from portal import env

ENV = env.text("JALON_ENV", "development", choices=("development", "demo", "production"))
PRODUCTION = ENV == "production"
DEMO = ENV == "demo"

PACKAGE = Path(__file__).resolve().parent
_checkout = PACKAGE.parent.parent
# In a checkout everything that we write is under var/; an installed copy writes where it is run.
VAR = env.folder(
    "JALON_VAR",
    (_checkout if (_checkout / "manage.py").exists() else Path.cwd()) / "var",
)

SECRET_KEY = env.secret("JALON_SECRET_KEY", required=PRODUCTION, kept_in=VAR / "secret.key")
DEBUG = False
ALLOWED_HOSTS = env.words("JALON_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1]")
if PRODUCTION and not ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "JALON_HOSTS is not set. Set it to the names that this site answers to, "
        "separated by commas: jalon.example.org"
    )
#: What the first name is, before the machine's own.
_SITE = ALLOWED_HOSTS[0]
if PRODUCTION:
    # A probe inside the machine asks for /healthz by these.
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
#: The address that people and calendar programs use, without a slash at the end.
PUBLIC_URL = env.text(
    "JALON_PUBLIC_URL",
    f"https://{_SITE}" if PRODUCTION else "http://127.0.0.1:8000",
).rstrip("/")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "schedule",
    "django_q",
    "django_htmx",
    "booking",
    "calendars",
    "sms",
    "portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.headers.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Everything is closed unless a view says that it is open.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.refusals.Refusals",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.chrome",
            ],
        },
    },
]

DATABASES = {
    "default": env.database(
        "DATABASE_URL",
        # The demo keeps to a file of its own, which `--fresh` may empty.
        sqlite=VAR / "demo.sqlite3"
        if DEMO
        else Path(env.text("JALON_SQLITE", str(VAR / "jalon.sqlite3"))),
        pool=env.number("JALON_POOL", 8, low=0, high=100),
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "booking.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
TIME_ZONE = "Europe/Paris"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
if not PRODUCTION:
    # Nothing is collected there, but WhiteNoise warns at each start when it is missing.
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# Outside production the files are served from where they lie: nothing to collect first.
WHITENOISE_USE_FINDERS = not PRODUCTION

SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("JALON_BEHIND_PROXY", False) else None
)
# A probe inside the machine asks over plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
# Nothing goes to other sites. Not "no-referrer": browsers then post forms with `Origin: null`, which
# the CSRF check refuses.
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
X_FRAME_OPTIONS = "DENY"

LOG_LEVEL = env.text(
    "JALON_LOG_LEVEL", "INFO", choices=("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
)

# A doorbell and a clock: the truth is in our own tables, and a task may run twice.
Q_CLUSTER = {
    "name": "jalon",
    "orm": "default",
    "workers": env.number("JALON_WORKERS", 2, low=1, high=32),
    "timeout": 120,
    # Far above the longest batch: a task that is merely slow must not be handed out again.
    "retry": 600,
    "max_attempts": 5,
    "catch_up": False,
    "poll": 1,
    "save_limit": 250,
    "ack_failures": True,
    "bulk": 1,
    "label": "Tasks",
    "log_level": LOG_LEVEL,
}

#: Two people who must not meet: minutes between them at one address before it is worth a warning.
AVOIDANCE_MINUTES = env.number("JALON_AVOIDANCE_MINUTES", 60, low=0, high=24 * 60)

#: Rhythms become sessions this many days ahead.
RHYTHM_HORIZON_DAYS = env.number("RHYTHM_HORIZON_DAYS", 180, low=1, high=400)

#: Which module of sms.transports carries texts: `console` writes them to OUTBOX, `twilio` sends.
# Production must say which: texts that only become files would summon nobody.
# The demo never sends, whatever the shell says.
SMS_TRANSPORT = (
    "console"
    if DEMO
    else env.text("SMS_TRANSPORT", None if PRODUCTION else "console", choices=("console", "twilio"))
)
#: Texts leave between these hours, Europe/Paris. The demo may be tried at night.
SMS_HOURS = env.hours("SMS_HOURS", "00:00-24:00" if DEMO else "08:00-20:00")
#: Whether Sundays and public holidays are kept for reminders of the day before and cancellations.
SMS_REST_DAYS = env.flag("SMS_REST_DAYS", not DEMO)
#: At most so many texts to one person in one day: a loop elsewhere once sent 136. The demo seats
#: everybody in one minute, and what is tried out afterwards must show too.
SMS_DAILY_CAP = env.number("SMS_DAILY_CAP", 20 if DEMO else 3, low=1, high=20)
OUTBOX = VAR / "outbox"
#: Texts a second that one sender may send, over all workers: carriers drop what comes faster.
SMS_RATE = env.number("SMS_RATE", 1000 if DEMO else 10, low=1, high=100_000)
#: Seconds after which a text of which nothing was heard is looked up at the provider.
SMS_LOOKUP_AFTER = env.number("SMS_LOOKUP_AFTER", 120, low=1, high=3600)
#: Seconds for which a claimed text is its dispatcher's own: at least three times TWILIO_TIMEOUT.
SMS_LEASE = env.number("SMS_LEASE", 300, low=3, high=3600)
#: What one segment costs, in thousandths of a euro: for the preview of a text.
SMS_SEGMENT_PRICE = env.number("SMS_SEGMENT_PRICE", 70, low=0, high=10_000)
#: Numbers and bodies are erased this many days after a case closed (data law: three months).
SMS_KEPT_DAYS = env.number("SMS_KEPT_DAYS", 92, low=1, high=366)
#: An alert is raised when a due text is this many minutes late, or this share of a day's texts fails.
SMS_ALERT_LATE_MINUTES = env.number("SMS_ALERT_LATE_MINUTES", 30, low=2, high=24 * 60)
SMS_ALERT_FAILED_PERCENT = env.number("SMS_ALERT_FAILED_PERCENT", 20, low=1, high=100)
#: Who is written to when an alert begins or ends; needs EMAIL_HOST.
ALERT_EMAILS = env.words("JALON_ALERT_EMAILS")
#: Seconds without a sign of life after which the supervisor restarts its worker.
WORKER_SILENCE = env.number("JALON_WORKER_SILENCE", 180, low=5, high=3600)

EMAIL_HOST = env.text("EMAIL_HOST", "")
EMAIL_PORT = env.number("EMAIL_PORT", 587, low=1, high=65535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", True)
EMAIL_TIMEOUT = 10
# Without a server nothing is sent: a dummy, so that nobody waits for a connection to localhost.
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.dummy.EmailBackend"
)
DEFAULT_FROM_EMAIL = env.text("JALON_FROM_EMAIL", f"jalon@{_SITE}")
_twilio = SMS_TRANSPORT == "twilio"
TWILIO_ACCOUNT_SID = env.text("TWILIO_ACCOUNT_SID", None if _twilio else "")
TWILIO_AUTH_TOKEN = env.text("TWILIO_AUTH_TOKEN", None if _twilio else "")
#: Where the provider's API is: empty for Twilio's own, an address for an edge or a stand-in.
TWILIO_BASE_URL = env.text("TWILIO_BASE_URL", "")
#: Seconds before a request to the provider is given up; then its outcome is unknown.
# A task that sends for 60 s, or looks up for 30 s three pages a text, must end within Q_CLUSTER's
# timeout: what is killed between request and answer is uncertain.
TWILIO_TIMEOUT = env.number("TWILIO_TIMEOUT", 10, low=1, high=20)
# A request begins within a third of the lease, and takes as long as to connect and to answer.
env.at_least("SMS_LEASE", SMS_LEASE, 3, "TWILIO_TIMEOUT", TWILIO_TIMEOUT)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"feed_tokens": {"()": "portal.logs.MaskFeedTokens"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "stream": sys.stderr,
            "formatter": "line",
            "filters": ["feed_tokens"],
        }
    },
    # Django gives its development server a handler of its own, which would print every path.
    "loggers": {"django.server": {"handlers": ["stderr"], "propagate": False}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
}
