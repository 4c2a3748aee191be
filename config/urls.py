"""Every address."""

from allauth.account import views as account
from django.urls import include, path, re_path
from django.views.generic import RedirectView

# Of allauth only what Posko uses: people are invited, nobody signs up.
accounts = [
    path("login/", account.login, name="account_login"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", RedirectView.as_view(pattern_name="campaign:start"), name="account_signup"),  # allauth links there
    path("logout/", account.logout, name="account_logout"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
urlpatterns = [
    path("", include("campaign.urls")),
    path("", include("analytics.urls")),
    path("accounts/", include(accounts)),
]
