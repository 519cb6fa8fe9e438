"""The pages of those who look after the data: /data/. Every view asks for a permission with `smartpick.access.requires`."""

from django.urls import path

from programs.views import corrections, import_apply, import_draft, import_preview, import_template, import_touched, imports, quality

app_name = "data"
urlpatterns = [
    # Imports
    path("", imports.import_list, name="imports"),
    path("upload/", imports.import_upload, name="upload"),
    path("imports/<int:pk>/", imports.import_show, name="import"),
    path("imports/<int:pk>/undo/", imports.import_undo, name="undo"),
    path("template.csv", import_template.template_show, name="template"),
    path("dictionary/", import_template.dictionary_show, name="dictionary"),
    path("dictionary.csv", import_template.dictionary_download, name="dictionary-csv"),
    # Files on their way to become imports
    path("drafts/<int:pk>/", import_draft.draft_edit, name="draft"),
    path("drafts/<int:pk>/discard/", import_draft.draft_discard, name="discard"),
    path("drafts/<int:pk>/preview/", import_preview.preview_show, name="preview"),
    path("drafts/<int:pk>/preview/close/", import_apply.preview_close, name="close"),
    path("drafts/<int:pk>/preview/problems.csv", import_apply.problems_csv, name="problems"),
    path("drafts/<int:pk>/preview/bad-rows.csv", import_apply.bad_rows_csv, name="bad-rows"),
    path("drafts/<int:pk>/preview/touched/", import_touched.import_touched, name="touched"),
    path("drafts/<int:pk>/apply/", import_apply.draft_apply, name="apply"),
    # Corrections
    path("corrections/", corrections.correction_list, name="corrections"),
    path("corrections/<int:pk>/", corrections.correction_decide, name="correction"),
    path("corrections/<int:pk>/accept/", corrections.correction_accept, name="correction-accept"),
    path("corrections/<int:pk>/decline/", corrections.correction_decline, name="correction-decline"),
    # Data quality
    path("quality/", quality.quality_show, name="quality"),
    path("quality/conflicts/", quality.quality_conflicts, name="quality-conflicts"),
    path("quality/sources/", quality.quality_sources, name="quality-sources"),
    path("quality/programs/", quality.quality_programs, name="quality-programs"),
    path("quality/statements/", quality.quality_statements, name="quality-statements"),
]
