"""What the pages of every room share, and the page of the jobs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from xiangtian.core import clock
from xiangtian.core.models import Person
from xiangtian.core.people import NotAllowed, rights
from xiangtian.kit.models import JobRun

View = Callable[..., HttpResponse]
Page = Callable[[], HttpResponse]
SHOWN = 100
RECENT = dt.timedelta(hours=24)


def viewer(request: HttpRequest) -> Person:
    """Give the person at the screen.

    Raises
    ------
    PermissionDenied
        If the person has no right to view the pages.
    """
    person = cast(Person, request.user)
    if "view" not in rights(person):
        raise PermissionDenied(f"{person} 没有权限查看 (no right view)：请联系管理员分配岗位")
    return person


def attempt(request: HttpRequest, verb: Page, page: Page, *refusals: type[Exception]) -> HttpResponse:
    """Do what was asked; a refusal is shown in its own words on the page it came from.

    Parameters
    ----------
    request : HttpRequest
        The request.
    verb : Page
        Calls the action and gives the answer of success.
    page : Page
        Gives the page as it now is, for a refusal.
    *refusals : type
        What the action raises when it is not possible now (409); `NotAllowed` is always known (403).

    Returns
    -------
    HttpResponse
        The answer of success, or the page with the words and status 403 or 409.
    """
    try:
        return verb()
    except NotAllowed as error:
        return _refused(request, page, str(error), 403)
    except refusals as error:
        return _refused(request, page, str(error), 409)


def _refused(request: HttpRequest, page: Page, words: str, status: int) -> HttpResponse:
    messages.error(request, words)
    answer = page()
    answer.status_code = status
    return answer


def fragment(view: View) -> View:
    """Make a view a part of a page that asks for it again and again: when the session is over, the page logs in."""

    @login_not_required
    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.user.is_authenticated:
            part = view(request, *args, **kwargs)
            patch_cache_control(part, no_store=True)
            return part
        page = urlsplit(request.headers.get("HX-Current-URL", "")).path or "/"
        address = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': page})}"
        if "HX-Request" not in request.headers:
            return redirect(address)
        return HttpResponse(status=401, headers={"HX-Redirect": address})

    return answer


@dataclass(frozen=True)
class JobState:
    """How a job stands: its last run that did something or failed, and what failed lately."""

    last: JobRun
    runs: int
    failures: int


def states(now: dt.datetime) -> list[JobState]:
    """Give the state of every job that ever ran, failed ones first, then by name."""
    since = now - RECENT
    lately = Count("id", filter=Q(started__gt=since))
    failed = Count("id", filter=Q(started__gt=since, state="failed"))
    counts = {
        row["job"]: row for row in JobRun.objects.values("job").annotate(last=Max("id"), lately=lately, bad=failed)
    }
    last = JobRun.objects.filter(id__in=[row["last"] for row in counts.values()])
    found = [JobState(run, counts[run.job]["lately"], counts[run.job]["bad"]) for run in last]
    return sorted(found, key=lambda one: (one.last.state != "failed", one.last.job))


def _jobs(request: HttpRequest) -> dict[str, object]:
    viewer(request)
    job, failed = request.GET.get("job", ""), request.GET.get("state") == "failed"
    runs = JobRun.objects.order_by("-id")
    runs = runs.filter(job=job) if job else runs
    runs = runs.filter(state="failed") if failed else runs
    return {"states": states(clock.now()), "runs": list(runs[:SHOWN]), "job": job, "failed": failed, "most": SHOWN}


@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """Show the last runs, the last state of each job, and what failed."""
    return render(request, "kit/jobs.html", _jobs(request))


@fragment
@require_safe
def job_lists(request: HttpRequest) -> HttpResponse:
    """Give the lists of the page anew."""
    return render(request, "kit/_jobs.html", _jobs(request))
