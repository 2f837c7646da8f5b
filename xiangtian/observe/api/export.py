"""What the map shows, to be taken away: CSV for people, NetCDF for programs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.errors import HttpError

from xiangtian.core import clock
from xiangtian.core.home import home
from xiangtian.observe import cf_file
from xiangtian.observe.api.field import Ask
from xiangtian.observe.queries import analysed as analysing
from xiangtian.observe.queries import field as asking
from xiangtian.observe.queries.field import Shown, Spot, Unanswerable
from xiangtian.observe.queries.field_table import heading, row, stem, table

router = Router(tags=["observe"])
NETCDF = "application/x-netcdf"


@router.get("/map/export.csv", summary="What the map shows as CSV (UTF-8 with a mark, Chinese heading)")
def as_csv(request: HttpRequest, asked: Ask) -> HttpResponse:
    """Give one row a station; a station without a value has an empty cell and its reason."""
    found = asking.shown(home(), asked.wanted())
    body = table(heading(found), (row(spot, found) for spot in found.spots))
    return _file(body, "text/csv; charset=utf-8", f"{stem(found)}.csv")


@router.get("/map/export.nc", summary="What the map shows as NetCDF (CF-1.8 point data)")
def as_netcdf(request: HttpRequest, asked: Ask) -> HttpResponse:
    """Give the stations that said something."""
    found = asking.shown(home(), asked.wanted())
    body = cf_file.of_stations(_meaning(found), [_point(spot) for spot in found.spots])
    return _file(body, NETCDF, f"{stem(found)}.nc")


@router.get("/map/analysis.nc", summary="The field between the stations as NetCDF (CF-1.8 grid)")
def field_as_netcdf(request: HttpRequest, asked: Ask) -> HttpResponse:
    """Give the grid, with the leave-one-out error among the attributes."""
    try:
        found = analysing.analysed(home(), asked.wanted(), asked.method)
    except Unanswerable as error:
        raise HttpError(422, str(error)) from error
    told = found.analysis
    notes = {
        "analysis_method": told.method,
        "analysis_radius": f"{told.radius_km:.1f} km",
        "analysis_stations": str(found.used),
        "leave_one_out_mean_absolute_error": f"{told.mae:.3f} {found.shown.element.unit}",
    }
    body = cf_file.of_grid(_meaning(found.shown), told.field, found.grid, notes)
    return _file(body, NETCDF, f"{stem(found.shown)}_grid.nc")


def _file(body: bytes, kind: str, name: str) -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(body, content_type=kind, headers={"Content-Disposition": disposition})


def _meaning(found: Shown) -> cf_file.Meaning:
    wanted = found.wanted
    known = f"as known at {wanted.at:%Y-%m-%dT%H:%M:%SZ}" if wanted.at else f"lake version {found.version}"
    history = f"{clock.now():%Y-%m-%dT%H:%M:%SZ} exported by Xiangtian, {known}"
    return cf_file.Meaning(found.element, wanted.how, wanted.hours, found.moment, history)


def _point(spot: Spot) -> cf_file.Point:
    site = spot.site
    return cf_file.Point(site.code, site.zh, site.lon, site.lat, site.alt_m, spot.value, spot.flag, spot.time)
