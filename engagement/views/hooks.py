"""`/hooks/<network>/`: what networks push to us. Public; the proof on the raw bytes is asked before all else."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaign.http import client_ip
from engagement import receiving
from platforms.hooks import Forged, Hook
from platforms.registry import HOOKS


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def hook(request: HttpRequest, platform: str, campaign: str = "") -> HttpResponse:
    """Shakes hands, or keeps what was pushed and says 200; it is read afterwards.

    Without `campaign` it is the address of Posko's own app, with it that of a campaign's.
    """
    kind = HOOKS.get(platform)
    if kind is None:
        raise Http404(platform)
    try:
        return _taken(request, kind, campaign) if request.method == "POST" else _shaken(request, kind, campaign)
    except Forged:
        is_patient = receiving.refuse(platform, client_ip(request))
        return HttpResponse(status=403 if is_patient else 429)


def _shaken(request: HttpRequest, kind: type[Hook], campaign: str) -> HttpResponse:
    shaken = receiving.shake(kind, campaign, request.GET.dict())
    if shaken is None:
        raise Http404("no handshake")
    word, content_type = shaken
    answer = HttpResponse(word, content_type=content_type)
    answer["X-Content-Type-Options"] = "nosniff"  # the word comes from whoever asks
    return answer


def _taken(request: HttpRequest, kind: type[Hook], campaign: str) -> HttpResponse:
    # Not `request.body`: Django refuses there what is larger than a form may be.
    body = request.read(settings.PUSH_BYTES + 1)
    if len(body) > settings.PUSH_BYTES:
        return HttpResponse(status=413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    proof = receiving.prove(kind, campaign, headers, body)
    receiving.store(kind.kind, proof, body)
    return HttpResponse(status=200)
