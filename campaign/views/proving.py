"""allauth's pages where Posko does more or less than allauth."""

import time
from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.views import RequestLoginCodeView
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import DeactivateTOTPView
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaign.identity import second_factor
from campaign.models import User

CODES_SHOWN = 600  # seconds for which new recovery codes can be read and downloaded; then never again
SHOWN_UNTIL = "codes_until"  # in the session


class RequestCode(RequestLoginCodeView):  # type: ignore[misc]  # allauth carries no types
    """A code by mail."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().form_valid(form)
        except OSError:  # smtplib's errors are such
            form.add_error(None, _("The code could not be mailed just now. Sign in with your password or a passkey."))
            return self.render_to_response(self.get_context_data(form=form), status=422)  # type: ignore[no-any-return]
        return answer


class AddPasskey(AddWebAuthnView):  # type: ignore[misc]
    """A passkey that asks who holds it, and that needs no e-mail address to sign in with."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["js_data"] = {"creation_options": auth.begin_registration(self.request.user, True)}
        return context

    def get_success_url(self) -> str:
        return _after(self.request, self.did_generate_recovery_codes)


class _LastStays:
    """The last second step is not removed where a role needs it; of two at once the later one is refused."""

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        assert self.request.user.is_authenticated
        authenticator = getattr(self, "authenticator", None) or self.get_object()  # type: ignore[attr-defined]
        with transaction.atomic():
            User.objects.select_for_update().get(pk=self.request.user.pk)
            if second_factor.may_remove(authenticator):
                answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
                return answer
        return self.refuse(authenticator)

    def refuse(self, authenticator: Authenticator) -> HttpResponse:
        messages.error(self.request, str(get_adapter().error_messages["cannot_delete_authenticator"]))
        return redirect("campaign:security")


class RemovePasskey(_LastStays, RemoveWebAuthnView):  # type: ignore[misc]
    """Asks before a passkey is forgotten."""

    success_url = reverse_lazy("campaign:security")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        authenticator = self.get_object()
        if not second_factor.may_remove(authenticator):
            return self.refuse(authenticator)
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return answer


class DeactivateApp(_LastStays, DeactivateTOTPView):  # type: ignore[misc]
    """Asks before the authenticator app is forgotten."""

    success_url = reverse_lazy("campaign:security")


def _after(request: HttpRequest, has_new_codes: bool) -> str:
    return reverse("mfa_view_recovery_codes") if has_new_codes else onward(request)


def onward(request: HttpRequest) -> str:
    """Where somebody was going when the second step was asked of them; *My security* for all others."""
    url = str(request.session.pop(second_factor.ONWARD, ""))
    return url if second_factor.safe(request, url) else reverse("campaign:security")


# Recovery codes ----------------------------------------------------------------------------------


@never_cache
@require_safe
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The codes, once: whoever comes back later sees only how many are left."""
    codes = _codes(request)
    left = str(request.session.get(second_factor.ONWARD, ""))
    context = {
        "codes": codes,
        "has_onward": second_factor.safe(request, left),
        "onward": left if second_factor.safe(request, left) else reverse("campaign:security"),
    }
    return render(request, "mfa/recovery_codes/index.html", context)


@never_cache
@require_safe
def download_recovery_codes(request: HttpRequest) -> HttpResponse:
    """The same as a text file, while they are shown."""
    codes = _codes(request)
    if not codes:
        messages.info(request, _("These codes have been shown already. Make new ones to have them again."))
        return redirect("mfa_view_recovery_codes")
    lines = [_("Recovery codes for Posko, each good for one sign-in"), str(request.user), "", *codes, ""]
    answer = HttpResponse("\r\n".join(lines), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{_("posko-recovery-codes")}.txt"'
    return answer


def _codes(request: HttpRequest) -> list[str]:
    """The unused codes while they may be seen in this session, else none."""
    found = Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    if found is None:
        raise Http404("no recovery codes")
    raise_if_reauthentication_required(request, app="allauth.mfa")
    codes = found.wrap()
    if not codes.did_view:
        codes.mark_as_viewed()
        request.session[SHOWN_UNTIL] = [found.pk, time.time() + CODES_SHOWN]
    pk, until = request.session.get(SHOWN_UNTIL, (0, 0))
    return list(codes.get_unused_codes()) if pk == found.pk and time.time() < until else []
