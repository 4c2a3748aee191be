"""Numbers, asked for by a person."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.views.decorators.http import require_POST

from analytics import asking, panel
from campaign.access import allow
from campaign.errors import Refused
from campaign.http import Request, answer
from campaign.models import Post

PAGE = "analytics/post_numbers.html"


@allow("number.read")
@require_POST
def read_now(request: Request, pk: int) -> HttpResponse:
    """Read the numbers of one post now; the table comes back with what was told, or with why not."""
    posts = Post.objects.visible_to(request.member).select_related("campaign")
    post = get_object_or_404(posts, pk=pk)
    trouble: str | Promise = ""
    try:
        asking.read_now(post, by=request.member)
    except Refused as refusal:
        trouble = refusal.message
    context: dict[str, Any] = {"post": post, "trouble": trouble, "panel": panel.context(post, request.member)}
    if trouble:
        return answer(request, PAGE, "numbers", context, status=422)
    return answer(request, PAGE, "numbers", context, to=post)
