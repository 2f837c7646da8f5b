"""The root of the API: all rooms' routers, one OpenAPI document at `/api/openapi.json`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.security import django_auth

from xiangtian.core import clock
from xiangtian.core.moments import BadMoment
from xiangtian.nowcast.api import router as nowcast
from xiangtian.observe.api import router as observe
from xiangtian.warn.api import router as warn

api = NinjaAPI(
    title="相天 Xiangtian",
    version="1",
    description="What the house knows, for programs. A question may carry `at`: what was known at that moment.",
    auth=django_auth,
    docs_url=None,
)
for router in (observe, nowcast, warn):
    api.add_router("", router)


@api.exception_handler(BadMoment)
def bad_moment(request: HttpRequest, error: BadMoment) -> HttpResponse:
    """Answer 422 with words."""
    return api.create_response(request, {"detail": str(error)}, status=422)


@api.get("/health", auth=None, summary="Whether the house answers", tags=["house"])
def health(request: HttpRequest) -> dict[str, str]:
    """Give the time of this home."""
    return {"status": "ok", "now": clock.now().isoformat()}
