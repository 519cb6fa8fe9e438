"""Programs: /programs/."""

from django.urls import path

from programs.views.browse import program_list
from programs.views.corrections import correction_new
from programs.views.detail import program_detail
from programs.views.facts import fact_choose, fact_confirm

app_name = "programs"
urlpatterns = [
    path("", program_list, name="list"),
    path("<slug:key>/", program_detail, name="detail"),
    path("<slug:key>/correct/<slug:field>/", correction_new, name="correction-new"),
    # For data admins
    path("<slug:key>/facts/<int:pk>/confirm/", fact_confirm, name="fact-confirm"),
    path("<slug:key>/facts/<int:pk>/choose/", fact_choose, name="fact-choose"),
]
