"""The site as a WSGI application."""

from __future__ import annotations

import atexit
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiangtian.web.settings")
application = get_wsgi_application()

from xiangtian.kit import usage  # noqa: E402 (its records need the application)
from xiangtian.kit.jobs import Scheduler  # noqa: E402

Scheduler([usage.JOB]).start()
atexit.register(usage.flush)
