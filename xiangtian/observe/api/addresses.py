"""Addresses of the OGC API."""

from __future__ import annotations

from django.urls import path

from xiangtian.observe.api import edr, features, ogc

open_doors = (
    [
        path("", ogc.landing, name="landing"),
        path("conformance", ogc.conformance, name="conformance"),
        path("api", ogc.api, name="api"),
        path("collections", ogc.collections, name="collections"),
        path("collections/<str:collection>", ogc.collection, name="collection"),
        path("collections/<str:collection>/items", features.items, name="items"),
        path("collections/<str:collection>/items/<str:name>", features.item, name="item"),
        path("collections/observations/locations", features.locations, name="locations"),
        path("collections/observations/locations/<str:code>", edr.location, name="location"),
        path("collections/observations/position", edr.position, name="position"),
        path("collections/observations/radius", edr.radius, name="radius"),
        path("collections/observations/area", edr.area, name="area"),
        path("collections/observations/cube", edr.cube, name="cube"),
        path("<path:rest>", ogc.nothing, name="nothing"),
    ],
    "ogc",
)
"""The OGC API, with the name of its space; it stands at /ogc/."""
