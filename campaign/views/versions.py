"""The versions of a post, one brought back, and a copy."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaign.access import allow
from campaign.errors import Refused
from campaign.forms_posts import VersionForm
from campaign.http import Request, answer, row_number, uuid_of
from campaign.models import Post
from campaign.views import shown
from campaign.views.writing import number_of
from campaign.writing import autosave, versions

VERSIONS = "campaign/post_versions.html"
PER_PAGE = 15


@allow("post.write")
@require_GET
def post_versions(request: Request, pk: int) -> HttpResponse:
    """Every version that was saved, with what it changed."""
    return _versions_page(request, shown.find_post(request, pk))


@allow("post.write")
@require_POST
def restore_version(request: Request, pk: int) -> HttpResponse:
    """Bring an old version back as a new one."""
    post, form, number = shown.find_post(request, pk), VersionForm(request.POST), number_of(request, "number")
    if form.is_valid():
        try:
            versions.restore(post, version=number, by=request.member, seen=form.cleaned_data["version"])
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            autosave.forget(request.member, post=post)
            messages.success(
                request, _("Version %(number)d is back, as a new version. It needs approval.") % {"number": number}
            )
            return answer(
                request,
                VERSIONS,
                "versions",
                {},
                to=reverse("campaign:post_versions", args=[post.campaign.slug, post.pk]),
            )
    return _versions_page(request, shown.find_post(request, pk), refusals=form.non_field_errors(), status=422)


@allow("post.write")
@require_POST
def copy_post(request: Request, pk: int) -> HttpResponse:
    """A new draft with the same content and no time."""
    post = shown.find_post(request, pk)
    made = versions.copy(post, by=request.member, form_id=uuid_of(request.POST.get("form_id", "")) or uuid4())
    messages.success(request, _("This is a copy: a draft of its own, without a time."))
    to = reverse("campaign:edit_post", args=[request.member.campaign.slug, made.pk])
    return answer(request, VERSIONS, "versions", {}, to=to)


def _versions_page(request: Request, post: Post, refusals: Any = (), status: int = 200) -> HttpResponse:
    told, more = versions.of_post(post, most=PER_PAGE, before=row_number(request.GET.get("before", "")))
    context = {
        "post": post,
        "told": told,
        "older": told[-1].row.version if more else None,
        "refusals": list(refusals),
        "form_id": uuid4(),
    }
    return answer(request, VERSIONS, "versions", context, status=status)
