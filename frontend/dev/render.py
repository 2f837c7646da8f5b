"""Render a page's template, or the built-in districts, for the fixture server: no records, no home, no clock needed."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import path
from django.utils import translation
from django.utils.dateparse import parse_datetime

from xiangtian.core import boundaries

PACKAGE = Path(__file__).resolve().parents[2] / "xiangtian"
TOLERANCE_DEG = 0.002


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [path(f"{name}/", _nothing, name=name) for name in ("login", "logout", "set_language")]


@dataclass(frozen=True)
class _OnDuty:
    is_authenticated: bool
    unit: str = "苏州市气象台"

    def __str__(self) -> str:
        return "值班员"


def _configure() -> None:
    settings.configure(
        ROOT_URLCONF=__name__,
        SECRET_KEY="fixture",  # noqa: S106
        INSTALLED_APPS=["django_vite", "django.contrib.staticfiles"],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [PACKAGE / "kit/templates", PACKAGE / "web/templates"],
                "APP_DIRS": True,
            }
        ],
        STATIC_URL="/static/",
        LANGUAGE_CODE="zh-hans",
        LOCALE_PATHS=[PACKAGE / "web/locale"],
        TIME_ZONE="Asia/Shanghai",
        USE_TZ=True,
        DJANGO_VITE={
            "default": {"manifest_path": PACKAGE / "web/static/dist/manifest.json", "static_url_prefix": "dist"}
        },
    )
    django.setup()


def _page(template: str, given: dict[str, object]) -> str:
    person = _OnDuty(template != "registration/login.html")
    request = SimpleNamespace(
        path=given.get("path", "/"), get_full_path=given.get("path", "/"), COOKIES=given.get("cookies", {}), user=person
    )
    rate = given.get("rate")
    context = {**given, "request": request, "now": parse_datetime(str(given["now"]))}
    context["scenario"] = SimpleNamespace(rate=rate) if rate is not None else None
    with translation.override(str(given.get("language", "zh-hans"))):
        return str(render_to_string(template, context))


def _districts() -> dict[str, object]:
    found = boundaries.simplified(boundaries.suzhou(), TOLERANCE_DEG)
    collection = boundaries.to_geojson(found)
    for feature, one in zip(collection["features"], found, strict=True):
        label = max(one.shape().geoms, key=lambda part: part.area).representative_point()
        feature["properties"] = {"code": one.code, "zh": one.zh, "en": one.en, "lon": label.x, "lat": label.y}
    west, south, east, north = (119.85, 30.72, 121.42, 32.1)
    around = boundaries.context((west - 1.5, south - 1.5, east + 1.5, north + 1.5))
    return {"districts": collection, "context": around, "bounds": [west, south, east, north]}


def main() -> None:
    """Write what the first argument asks for: `districts`, or a template with its context as JSON beside it."""
    if sys.argv[1] == "districts":
        sys.stdout.write(json.dumps(_districts()))
        return
    _configure()
    sys.stdout.write(_page(sys.argv[1], json.loads(sys.argv[2])))


if __name__ == "__main__":
    main()
