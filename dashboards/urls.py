"""Where the pages are."""

from django.urls import path

from dashboards.views import errors, exports, overview, policy

urlpatterns = [
    path("", overview.page, name="overview"),
    path("policy/<str:policy_id>/", policy.page, name="policy"),
    path("policy/<str:policy_id>/export.csv", exports.csv_file, name="export-csv"),
    path("policy/<str:policy_id>/export.html", exports.html_file, name="export-html"),
]

handler400 = errors.wrong_use
handler404 = errors.not_found
handler500 = errors.failed
