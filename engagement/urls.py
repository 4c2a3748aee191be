"""Addresses of jobs 4 and 5."""

from django.urls import path

from engagement.views import foreign, hooks, inbox

app_name = "engagement"
urlpatterns = [
    path("hooks/<slug:platform>/", hooks.hook, name="hook"),
    path("hooks/<slug:platform>/<slug:campaign>/", hooks.hook, name="campaign_hook"),
    path("c/<slug:campaign>/masuk/", inbox.inbox, name="inbox"),
    path("c/<slug:campaign>/asing/<int:pk>/", foreign.foreign_post, name="foreign_post"),
    path("c/<slug:campaign>/asing/<int:pk>/dari-kami/", foreign.claim_post, name="claim_post"),
    path("c/<slug:campaign>/asing/<int:pk>/bukan-dari-kami/", foreign.disown_post, name="disown_post"),
    path("c/<slug:campaign>/asing/<int:pk>/beres/", foreign.finish_post, name="finish_post"),
]
