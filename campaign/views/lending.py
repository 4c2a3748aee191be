"""Pictures and films for the networks that fetch them: no sign-in, no cookie, no list; see `campaign.lent_files`."""

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from campaign import lent_files, ranges


@login_not_required
@require_safe
def lent_file(request: HttpRequest, token: str, ending: str) -> HttpResponseBase:
    """The file whose address we gave out within the last hours; 404 for everything else."""
    try:
        name, mime = lent_files.read(token)
        file = default_storage.open(name)
    except (signing.BadSignature, OSError):
        raise Http404("not lent, or no longer") from None
    response = ranges.answer(request, file, mime)
    response["Cache-Control"] = "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
