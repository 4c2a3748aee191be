"""`/s/<code>`: on to where a post's link leads. Public, without a cookie; nothing of the visitor is kept."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from campaign.access import allow
from campaign.http import Request
from campaign.linking import counting
from campaign.models import Post


@login_not_required
@require_safe
def follow_link(request: HttpRequest, code: str) -> HttpResponse:
    """Lead on, and count whoever is no machine; a calm page where it leads nowhere."""
    target = counting.follow(code, counts=counting.is_person(request.method or "", request.headers))
    if target:
        response: HttpResponse = HttpResponseRedirect(target)  # 302: next time we are asked again, and count
    else:
        response = render(request, "campaign/link_closed.html", status=404)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


@allow("link.close")
@require_POST
def close_link(request: Request, pk: int) -> HttpResponse:
    """Let a post's short links lead nowhere, or open them again."""
    post = get_object_or_404(Post.objects.visible_to(request.member), pk=pk)
    post.campaign = request.member.campaign
    counting.close(post, by=request.member, opens=request.POST.get("do") == "open")
    response = redirect(post)
    response.status_code = 303
    return response
