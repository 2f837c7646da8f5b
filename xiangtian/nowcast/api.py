"""What programs may ask about radar and nowcast: the frames of the time slider, and their pictures."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import numpy as np
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router
from ninja.errors import HttpError

from xiangtian.core import clock, moments
from xiangtian.core.home import home
from xiangtian.core.places import city
from xiangtian.lake import grids
from xiangtian.lake.grid_folder import GridError
from xiangtian.lake.models import GridRun
from xiangtian.met.grid import Grid
from xiangtian.nowcast import queries
from xiangtian.radar import picture

router = Router(tags=["nowcast"])
BACK = dt.timedelta(hours=3)
MARGIN_DEG = 0.35
WIDTH = 640
FOR_EVER = "private, max-age=31536000, immutable"


def bounds() -> tuple[float, float, float, float]:
    """The box of the pictures: the city with a margin, degrees."""
    west, south, east, north = city().bounds
    return west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG


@router.get("/map/timeline", summary="Frames from three hours back to two hours ahead, as known at a moment")
def timeline(request: HttpRequest, at: str | None = None) -> dict[str, Any]:
    """Give the frames with the addresses of their pictures."""
    asked = moments.asked(at)
    moment = asked or clock.now()
    past = grids.listing("radar", moment - BACK, moment, asked)
    run = queries.newest(asked)
    running = clock.scenario()
    return {
        "now": clock.now().isoformat(),
        "at": moment.isoformat(),
        "live": asked is None,
        "exercise": running is not None,
        "note": note(),
        "bounds": list(bounds()),
        "frames": [_seen(one) for one in past] + (_ahead(run) if run else []),
        "run": run.path if run else None,
        "legend": {"title": "雨强 Rain rate", "unit": "mm/h", "swatches": legend(request)},
    }


def note() -> str:
    """Say what is played, if anything is."""
    running = clock.scenario()
    if running is None:
        return ""
    factor = running.notes.get("rain_factor", "1")
    told = running.notes.get("storm", "")
    return told if factor == "1" else f"{told}，雨量 ×{factor} (rain × {factor})"


def _seen(run: grids.GridRef) -> dict[str, Any]:
    return {"time": run.time.isoformat(), "kind": "radar", "lead_min": 0, "url": f"/api/map/picture/{run.id}/0.png"}


def _ahead(run: grids.GridRef) -> list[dict[str, Any]]:
    return [
        {
            "time": (run.time + dt.timedelta(minutes=lead)).isoformat(),
            "kind": "nowcast",
            "lead_min": round(lead),
            "url": f"/api/map/picture/{run.id}/{number}.png",
        }
        for number, lead in enumerate(run.attrs["leads_min"])
    ]


@router.get("/map/picture/{run}/{lead}.png", summary="A frame as a picture, warped to Mercator rows")
def frame_picture(request: HttpRequest, run: int, lead: int) -> HttpResponse:
    """Give a palette PNG; a run never changes, so readers may keep it."""
    try:
        body = _drawn(run, lead)
    except (GridRun.DoesNotExist, GridError) as error:
        raise Http404(f"no frame {lead} of run {run}: {error}") from error
    return HttpResponse(body, content_type="image/png", headers={"Cache-Control": FOR_EVER})


@lru_cache(maxsize=256)
def _drawn(run: int, lead: int) -> bytes:
    row = GridRun.objects.get(pk=run, kind__in=("radar", "nowcast"))
    ref = grids.GridRef(row.pk, row.kind, row.time, row.received, row.path, row.attrs, row.size)
    grid = Grid(**grids.read(home(), ref, []).grid)
    seen = row.kind == "radar"
    rate = grids.read(home(), ref, ["rate"]).arrays["rate"] if seen else grids.read_slice(home(), ref, "rate", lead)
    return picture.render(np.asarray(rate), grid, bounds(), WIDTH)


@router.get("/map/legend", summary="Colours of the rain rate")
def legend(request: HttpRequest) -> list[dict[str, Any]]:
    """Give the classes, the lowest first; the last has no upper end."""
    return [{"low": one.low, "high": one.high, "colour": one.colour} for one in picture.legend("rate")]


@router.get("/nowcast/districts", summary="What the districts must expect in the next two hours")
def districts(request: HttpRequest, at: str | None = None) -> dict[str, Any]:
    """Give amounts and probabilities from the newest nowcast known at a moment."""
    run = queries.newest(moments.asked(at))
    if run is None:
        return {"run": None, "time": None, "districts": {}}
    return {"run": run.path, "time": run.time.isoformat(), "districts": run.attrs["districts"]}


@router.get("/nowcast/chances", summary="How likely districts and watched places get an amount in a window")
def chances(request: HttpRequest, minutes: float = 60, mm: float = 20, at: str | None = None) -> dict[str, Any]:
    """Give the share of futures in which some window of `minutes` holds `mm` or more in a place's wettest cell."""
    run = queries.newest_futures(moments.asked(at))
    asked = {"minutes": minutes, "mm": mm}
    if run is None:
        return {"run": None, "time": None, "members": 0, **asked, "places": []}
    try:
        found = queries.chances(home(), run, minutes, mm)
    except ValueError as error:
        raise HttpError(400, str(error)) from error
    told = {"run": run.path, "time": run.time.isoformat(), "members": run.attrs["members"], **asked}
    return {**told, "places": [asdict(one) for one in found]}


@router.get("/radar/cells", summary="Storm cells with their tracks, as GeoJSON")
def cells(request: HttpRequest, at: str | None = None) -> dict[str, Any]:
    """Give the outlines of the newest cells known at a moment.

    Properties are those of a cell's record (units stand in the names), with `past` (longitude, latitude, time) of the
    last hour and `ahead` with ellipses of one standard deviation; what is unknown for want of an input is null.
    """
    run = queries.newest_storms(moments.asked(at))
    if run is None:
        return {"type": "FeatureCollection", "run": None, "time": None, "features": []}
    past = queries.cells_before(run)
    features = [
        {
            "type": "Feature",
            "id": one["id"],
            "geometry": {"type": "Polygon", "coordinates": [one["outline"]]},
            "properties": {key: value for key, value in one.items() if key != "outline"} | {"past": past[one["id"]]},
        }
        for one in run.attrs["cells"]
    ]
    return {"type": "FeatureCollection", "run": run.path, "time": run.time.isoformat(), "features": features}


@router.get(
    "/nowcast/likelihood", summary="How likely short-time heavy rain, thunderstorm gale and hail are by district"
)
def likelihood(request: HttpRequest, at: str | None = None) -> dict[str, Any]:
    """Give the chances of the newest run of storm cells known at a moment, with the cells behind each.

    A chance that can't be told for want of an input has no probability but a reason. `table` names the numbers it was
    told by, `note` says what a reader must know of them.
    """
    run = queries.newest_storms(moments.asked(at))
    if run is None:
        return {"run": None, "time": None, "table": None, "note": "", "chances": []}
    told = {key: run.attrs[key] for key in ("table", "note", "chances")}
    return {"run": run.path, "time": run.time.isoformat(), **told}
