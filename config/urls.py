"""Every address."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes.views import generate_recovery_codes
from allauth.mfa.totp.views import activate_totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from campaign.identity.second_factor import of_oneself
from campaign.views import proving

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
security = RedirectView.as_view(pattern_name="campaign:security")  # allauth goes back to pages that are one here
accounts += [
    path("login/code/", proving.RequestCode.as_view(), name="account_request_login_code"),
    path("login/code/confirm/", account.confirm_login_code, name="account_confirm_login_code"),
    path("login/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("login/step/", mfa.authenticate, name="mfa_authenticate"),
    path("again/", account.reauthenticate, name="account_reauthenticate"),
    path("again/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("again/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("password/change/", of_oneself(account.password_change), name="account_change_password"),
    path("password/set/", of_oneself(account.password_set), name="account_set_password"),
    path("security/", security, name="mfa_index"),
    path("app/add/", of_oneself(activate_totp), name="mfa_activate_totp"),
    path("app/remove/", of_oneself(proving.DeactivateApp.as_view()), name="mfa_deactivate_totp"),
    path("codes/", of_oneself(proving.recovery_codes), name="mfa_view_recovery_codes"),
    path("codes/new/", of_oneself(generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("codes/download/", of_oneself(proving.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("passkeys/", security, name="mfa_list_webauthn"),
    path("passkeys/add/", of_oneself(proving.AddPasskey.as_view()), name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/name/", of_oneself(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/remove/", of_oneself(proving.RemovePasskey.as_view()), name="mfa_remove_webauthn"),
]
urlpatterns = [
    path("", include("campaign.urls")),
    path("", include("analytics.urls")),
    path("", include("engagement.urls")),
    path("", include("fundraising.urls")),
    path("accounts/", include(accounts)),
]
