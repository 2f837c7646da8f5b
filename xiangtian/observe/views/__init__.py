"""The pages of the observing network, and the door through which machines push."""

from __future__ import annotations

from xiangtian.observe.views.appeals import (
    appeal,
    appeal_judge,
    appeal_list,
    appeal_withdraw,
)
from xiangtian.observe.views.assess import (
    assess,
    assess_appeal,
    assess_day,
    assess_line,
    assess_table,
)
from xiangtian.observe.views.board import board, board_lists
from xiangtian.observe.views.bulletin import bulletin, bulletin_draft, bulletin_file, bulletin_step, bulletins
from xiangtian.observe.views.compare import compare
from xiangtian.observe.views.defects import (
    defect,
    defect_add,
    defect_appeal,
    defect_cause,
    defect_dismiss,
    defect_handle,
    defect_list,
    defect_notice,
)
from xiangtian.observe.views.edge import edge, edge_configure, edge_lines, edge_order, edge_station
from xiangtian.observe.views.exemptions import (
    exemption,
    exemption_apply,
    exemption_decide,
    exemption_list,
    exemption_withdraw,
)
from xiangtian.observe.views.extremes import extremes, extremes_csv
from xiangtian.observe.views.flow import flow, flow_bins, flow_lists
from xiangtian.observe.views.health import health
from xiangtian.observe.views.map import observe_map
from xiangtian.observe.views.push import push
from xiangtian.observe.views.quarantine import close, quarantined, resend
from xiangtian.observe.views.ranking import ranking_csv, ranking_lines, ranking_page
from xiangtian.observe.views.review import review_decide, review_lines, review_list, review_run
from xiangtian.observe.views.roster import (
    roster,
    roster_add,
    roster_withdraw,
)
from xiangtian.observe.views.station_conflicts import station_conflicts, station_settle, station_settle_many
from xiangtian.observe.views.station_page import station, station_values
from xiangtian.observe.views.station_record import station_change, station_record, station_touched
from xiangtian.observe.views.stations import station_import, station_tasks, stations
from xiangtian.observe.views.wis2 import data as wis2_data
from xiangtian.observe.views.wis2 import recent as wis2_recent
from xiangtian.observe.views.wis2 import record as wis2_record
from xiangtian.observe.views.wis2 import records as wis2_records
from xiangtian.observe.views.wis2 import wis2, wis2_lists, wis2_one, wis2_retry

__all__ = [
    "appeal",
    "appeal_judge",
    "appeal_list",
    "appeal_withdraw",
    "assess",
    "assess_appeal",
    "assess_day",
    "assess_line",
    "assess_table",
    "board",
    "board_lists",
    "bulletin",
    "bulletin_draft",
    "bulletin_file",
    "bulletin_step",
    "bulletins",
    "close",
    "compare",
    "defect",
    "defect_add",
    "defect_appeal",
    "defect_cause",
    "defect_dismiss",
    "defect_handle",
    "defect_list",
    "defect_notice",
    "edge",
    "edge_configure",
    "edge_lines",
    "edge_order",
    "edge_station",
    "exemption",
    "exemption_apply",
    "exemption_decide",
    "exemption_list",
    "exemption_withdraw",
    "extremes",
    "extremes_csv",
    "flow",
    "flow_bins",
    "flow_lists",
    "health",
    "observe_map",
    "push",
    "quarantined",
    "ranking_csv",
    "ranking_lines",
    "ranking_page",
    "resend",
    "review_decide",
    "review_lines",
    "review_list",
    "review_run",
    "roster",
    "roster_add",
    "roster_withdraw",
    "station",
    "station_change",
    "station_conflicts",
    "station_import",
    "station_record",
    "station_settle",
    "station_settle_many",
    "station_tasks",
    "station_touched",
    "station_values",
    "stations",
    "wis2",
    "wis2_data",
    "wis2_lists",
    "wis2_one",
    "wis2_recent",
    "wis2_record",
    "wis2_records",
    "wis2_retry",
]
