"""A page frame without the built front end, so that tests of views need no Node."""

from typing import Any

BASE = (
    "{% for message in messages %}<p class='said-{{ message.level_tag }}'>{{ message }}</p>{% endfor %}"
    "{% block title %}{% endblock %}{% block content %}{% endblock %}{% block aside %}{% endblock %}"
)


def plain(settings: Any) -> None:
    """Show all pages in this frame until the test ends."""
    (engine,) = settings.TEMPLATES
    loaders = [
        ("django.template.loaders.locmem.Loader", {"kit/base.html": BASE}),
        "django.template.loaders.app_directories.Loader",
    ]
    settings.TEMPLATES = [{"BACKEND": engine["BACKEND"], "OPTIONS": {**engine["OPTIONS"], "loaders": loaders}}]
