"""The list, what explains it, and what one keeps of it."""

from django.urls import path

from matching.views.build import build_accept, build_show
from matching.views.changes import changes_seen, changes_show
from matching.views.charts import charts_show
from matching.views.compare import compare_show
from matching.views.entry import entry_edit
from matching.views.files import export_csv, export_json, export_xlsx, files_show, print_show
from matching.views.list_import import list_import
from matching.views.map import map_show
from matching.views.method import method_show
from matching.views.my_list import list_edit, list_show, list_target
from matching.views.ranked import ranked_show
from matching.views.saved import saved_add, saved_remove
from matching.views.scenarios import (
    scenario_adopt,
    scenario_delete,
    scenario_rename,
    scenario_save,
    scenario_share,
    scenario_shared,
    scenario_unshare,
    scenarios,
)
from matching.views.season import season_mark, season_show, season_undo
from matching.views.season_calendar import calendar_download, calendar_feed, calendar_show, calendar_switch
from matching.views.season_entry import season_entry, season_entry_remove
from matching.views.season_rank import rank_certified, rank_move, rank_show
from matching.views.season_sharing import sharing
from matching.views.signals import signals_place, signals_show
from matching.views.start import start
from matching.views.what_if import what_if
from matching.views.why import why_show

app_name = "matching"
urlpatterns = [
    path("", start, name="start"),
    path("list/ranked/", ranked_show, name="ranked"),
    path("list/why/<slug:key>/", why_show, name="why"),
    # What one keeps of it
    path("list/", list_show, name="list"),
    path("list/edit/", list_edit, name="list-edit"),
    path("list/target/", list_target, name="list-target"),
    path("list/entry/<slug:key>/", entry_edit, name="entry"),
    path("list/add/<slug:key>/", saved_add, name="saved-add"),
    path("list/remove/<slug:key>/", saved_remove, name="saved-remove"),
    path("list/changes/", changes_show, name="changes"),
    path("list/changes/seen/", changes_seen, name="changes-seen"),
    # To build it
    path("list/build/", build_show, name="build"),
    path("list/build/accept/", build_accept, name="build-accept"),
    path("list/signals/", signals_show, name="signals"),
    path("list/signals/place/", signals_place, name="signals-place"),
    # To look at it
    path("list/compare/", compare_show, name="compare"),
    path("list/map/", map_show, name="map"),
    path("list/charts/", charts_show, name="charts"),
    # What might be
    path("list/what-if/", what_if, name="what-if"),
    path("list/scenarios/", scenarios, name="scenarios"),
    path("list/scenarios/save/", scenario_save, name="scenario-save"),
    path("list/scenarios/<int:pk>/rename/", scenario_rename, name="scenario-rename"),
    path("list/scenarios/<int:pk>/delete/", scenario_delete, name="scenario-delete"),
    path("list/scenarios/<int:pk>/share/", scenario_share, name="scenario-share"),
    path("list/scenarios/<int:pk>/unshare/", scenario_unshare, name="scenario-unshare"),
    path("list/scenarios/<int:pk>/adopt/", scenario_adopt, name="scenario-adopt"),
    path("list/scenarios/shared/<slug:token>/", scenario_shared, name="scenario-shared"),
    # The season
    path("list/season/", season_show, name="season"),
    path("list/season/mark/", season_mark, name="season-mark"),
    path("list/season/undo/", season_undo, name="season-undo"),
    path("list/season/entry/<slug:key>/", season_entry, name="season-entry"),
    path("list/season/entry/<slug:key>/remove/", season_entry_remove, name="season-entry-remove"),
    path("list/season/calendar/", calendar_show, name="calendar"),
    path("list/season/calendar/feed/", calendar_switch, name="calendar-switch"),
    path("list/season/calendar.ics", calendar_download, name="calendar-download"),
    path("calendar/<slug:token>.ics", calendar_feed, name="calendar-feed"),
    path("list/season/rank-list/", rank_show, name="rank-list"),
    path("list/season/rank-list/move/<slug:key>/", rank_move, name="rank-move"),
    path("list/season/rank-list/certified/", rank_certified, name="rank-certified"),
    path("list/season/sharing/", sharing, name="sharing"),
    # As files, and on paper
    path("list/files/", files_show, name="files"),
    path("list/export.csv", export_csv, name="export-csv"),
    path("list/export.xlsx", export_xlsx, name="export-xlsx"),
    path("list/export.json", export_json, name="export-json"),
    path("list/import/", list_import, name="import"),
    path("list/print/", print_show, name="print"),
    path("method/", method_show, name="method"),
]
