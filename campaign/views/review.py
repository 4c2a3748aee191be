"""The candidate's page: one post at a time, as each network will show it."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from campaign.access import allow
from campaign.http import Request, answer
from campaign.views import shown


@allow("post.approve")
@require_GET
def review(request: Request) -> HttpResponse:
    """The next post that waits for me, or that nothing does."""
    first = shown.waiting_for(request.member).first()
    post = shown.find_post(request, first.pk) if first else None
    return answer(request, shown.REVIEW, "review", shown.review_page(request, post))


@allow("post.approve")
@require_GET
def review_post(request: Request, pk: int) -> HttpResponse:
    """This post."""
    return answer(request, shown.REVIEW, "review", shown.review_page(request, shown.find_post(request, pk)))
