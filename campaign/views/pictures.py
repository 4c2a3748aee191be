"""Pictures and films, for the members of their campaign only."""

from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from campaign import ranges
from campaign.access import allow, may
from campaign.http import Request
from campaign.models import Delivery, Idea, Media, PictureVariant, Post, State

YEAR = 365 * 24 * 3600


@allow("post.see")
@require_GET
def picture(request: Request, sha256: str) -> HttpResponse:
    """The file itself. Its name is its content's hash, so a browser may keep it, and no proxy."""
    media = find_media(request, sha256)
    response: HttpResponseBase
    if request.headers.get("If-None-Match") == f'"{media.sha256}"':
        response = HttpResponse(status=304)
    else:
        try:
            response = ranges.answer(request, media.file.open(), media.mime, etag=f'"{media.sha256}"')
        except FileNotFoundError:
            raise Http404("the file is gone") from None
    kept(response, media.sha256)
    if media.is_film:  # opened by itself it stands in a page of the browser's own, which is bound by this too
        response["Content-Security-Policy"] = "default-src 'none'; media-src 'self'; sandbox"
    return response  # type: ignore[return-value]  # a FileResponse streams


def find_media(request: Request, sha256: str) -> Media:
    """The picture, if this member may see it; else 404."""
    rows = Media.objects.filter(campaign=request.member.campaign)
    if not may(request.member, "post.write"):
        shown = Post.objects.visible_to(request.member).values("pictures__media")
        rows = rows.filter(
            Q(pk__in=shown)
            | Q(pk__in=PictureVariant.objects.filter(media__in=shown).values("made"))
            | Q(pk__in=Idea.objects.visible_to(request.member).values("pictures__media"))
            | Q(added_by=request.member)
            | Q(sha256__in=_in_hand(request))
        )
    return get_object_or_404(rows, sha256=sha256)


def _in_hand(request: Request) -> list[str]:
    """The pictures and films of what this member is to publish by hand."""
    rows = Delivery.objects.in_hand_of(request.member).filter(state=State.HANDED)
    return [item["sha256"] for row in rows.only("draft") for item in (*row.pictures, row.film) if item]


def kept(response: HttpResponseBase, etag: str) -> HttpResponse:
    """With the headers that let this browser keep it for a year, and nobody else."""
    response["ETag"] = f'"{etag}"'
    response["Cache-Control"] = f"private, max-age={YEAR}, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response  # type: ignore[return-value]  # a FileResponse streams
