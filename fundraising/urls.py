"""Addresses of job 6."""

from django.urls import path

from fundraising.views import ads

app_name = "fundraising"
urlpatterns = [
    path("c/<slug:campaign>/iklan/", ads.ads, name="ads"),
    path("c/<slug:campaign>/iklan/baru/", ads.add_ad, name="add_ad"),
    path("c/<slug:campaign>/iklan/simpan/", ads.export_ads, name="export_ads"),
    path("c/<slug:campaign>/iklan/<int:pk>/", ads.ad, name="ad"),
    path("c/<slug:campaign>/iklan/<int:pk>/ubah/", ads.edit_ad, name="edit_ad"),
    path("c/<slug:campaign>/iklan/<int:pk>/bukti/", ads.hand_in_receipt, name="hand_in_receipt"),
    path("c/<slug:campaign>/iklan/<int:pk>/batal/", ads.cancel_ad, name="cancel_ad"),
]
