"""Addresses of the room."""

from __future__ import annotations

from django.urls import path

from xiangtian.observe import views
from xiangtian.observe.api import edr, features, ogc

app_name = "observe"

urlpatterns = [
    path("", views.board, name="board"),
    path("lists/", views.board_lists, name="board-lists"),
    path("quarantine/<int:number>/", views.quarantined, name="quarantined"),
    path("quarantine/<int:number>/resend/", views.resend, name="resend"),
    path("quarantine/<int:number>/close/", views.close, name="close"),
    path("map/", views.observe_map, name="map"),
    path("ranking/", views.ranking_page, name="ranking"),
    path("ranking/lines/", views.ranking_lines, name="ranking-lines"),
    path("ranking/csv/", views.ranking_csv, name="ranking-csv"),
    path("review/", views.review_list, name="review"),
    path("review/lists/", views.review_lines, name="review-lines"),
    path("review/<str:station>/<str:element>/", views.review_run, name="review-run"),
    path("review/<str:station>/<str:element>/decide/", views.review_decide, name="review-decide"),
    path("push", views.push, name="push"),
    path("push/<path:name>", views.push, name="push-named"),
    path("health/", views.health, name="health"),
    path("flow/", views.flow, name="flow"),
    path("flow/lists/", views.flow_lists, name="flow-lists"),
    path("flow/bins/", views.flow_bins, name="flow-bins"),
    path("compare/", views.compare, name="compare"),
    path("extremes/", views.extremes, name="extremes"),
    path("extremes/csv/", views.extremes_csv, name="extremes-csv"),
    path("bulletins/", views.bulletins, name="bulletins"),
    path("bulletins/draft/", views.bulletin_draft, name="bulletin-draft"),
    path("bulletins/<str:month>/", views.bulletin, name="bulletin"),
    path("bulletins/<str:month>/<str:verb>/", views.bulletin_step, name="bulletin-step"),
    path("bulletins/<str:month>/file/<str:kind>/", views.bulletin_file, name="bulletin-file"),
    path("edge/", views.edge, name="edge"),
    path("edge/lines/", views.edge_lines, name="edge-lines"),
    path("edge/<str:station>/", views.edge_station, name="edge-station"),
    path("edge/<str:station>/order/", views.edge_order, name="edge-order"),
    path("edge/<str:station>/configure/", views.edge_configure, name="edge-configure"),
    path("wis2/", views.wis2, name="wis2"),
    path("wis2/lists/", views.wis2_lists, name="wis2-lists"),
    path("wis2/<str:way>/<int:number>/", views.wis2_one, name="wis2-one"),
    path("wis2/<str:way>/<int:number>/retry/", views.wis2_retry, name="wis2-retry"),
    path("stations/", views.stations, name="stations"),
    path("stations/tasks/", views.station_tasks, name="station-tasks"),
    path("stations/import/", views.station_import, name="station-import"),
    path("stations/conflicts/", views.station_conflicts, name="station-conflicts"),
    path("stations/conflicts/many/", views.station_settle_many, name="station-settle-many"),
    path("stations/conflicts/<int:number>/", views.station_settle, name="station-settle"),
    path("stations/<str:code>/record/", views.station_record, name="station-record"),
    path("stations/<str:code>/record/touched/<int:number>/", views.station_touched, name="station-touched"),
    path("stations/<str:code>/record/<str:verb>/", views.station_change, name="station-change"),
    path("assess/", views.assess, name="assess"),
    path("assess/table/", views.assess_table, name="assess-table"),
    path("assess/station/<str:code>/<str:day>/minutes/", views.assess_day, name="assess-day"),
    path("assess/<str:group>/<str:key>/", views.assess_line, name="assess-line"),
    path("assess/<str:group>/<str:key>/appeal/", views.assess_appeal, name="assess-appeal"),
    path("roster/", views.roster, name="roster"),
    path("roster/add/", views.roster_add, name="roster-add"),
    path("roster/<int:number>/withdraw/", views.roster_withdraw, name="roster-withdraw"),
    path("defects/", views.defect_list, name="defects"),
    path("defects/add/", views.defect_add, name="defect-add"),
    path("defects/<int:number>/", views.defect, name="defect"),
    path("defects/<int:number>/notice/", views.defect_notice, name="defect-notice"),
    path("defects/<int:number>/cause/", views.defect_cause, name="defect-cause"),
    path("defects/<int:number>/handle/", views.defect_handle, name="defect-handle"),
    path("defects/<int:number>/dismiss/", views.defect_dismiss, name="defect-dismiss"),
    path("defects/<int:number>/charges/<int:charge>/appeal/", views.defect_appeal, name="defect-appeal"),
    path("exemptions/", views.exemption_list, name="exemptions"),
    path("exemptions/apply/", views.exemption_apply, name="exemption-apply"),
    path("exemptions/<int:number>/", views.exemption, name="exemption"),
    path("exemptions/<int:number>/decide/", views.exemption_decide, name="exemption-decide"),
    path("exemptions/<int:number>/withdraw/", views.exemption_withdraw, name="exemption-withdraw"),
    path("appeals/", views.appeal_list, name="appeals"),
    path("appeals/<int:number>/", views.appeal, name="appeal"),
    path("appeals/<int:number>/judge/", views.appeal_judge, name="appeal-judge"),
    path("appeals/<int:number>/withdraw/", views.appeal_withdraw, name="appeal-withdraw"),
    # a code may be any word: these stand last
    path("stations/<str:code>/", views.station, name="station"),
    path("stations/<str:code>/values/", views.station_values, name="station-values"),
]

wis2 = (
    [
        path("data/<str:day>/<str:name>", views.wis2_data, name="data"),
        path("metadata/", views.wis2_records, name="records"),
        path("metadata/<str:identifier>.json", views.wis2_record, name="record"),
        path("messages/", views.wis2_recent, name="messages"),
    ],
    "wis2",
)
"""What the world reads of us over WIS2, with the name of its space; it stands at /wis2/."""

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
