"""The door for a WSGI server: `gunicorn portal.wsgi`."""

import os
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()

if settings.PRODUCTION and not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
    # Without it no page can be made, not even the one that tells of an error.
    raise ImproperlyConfigured(
        "The static files are not collected. Run: manage.py collectstatic --noinput"
    )
