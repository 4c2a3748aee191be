"""*Operasi*: whether Posko is at work, for people who are no engineers. Needs neither Redis nor a worker."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from campaign.access import allow
from campaign.http import Request, answer
from campaign.operations import looking

PAGE = "campaign/operations.html"


@allow("operations.see")
@require_safe
def operations(request: Request) -> HttpResponse:
    """One line per thing: how it is, what that means, and what to do."""
    return answer(request, PAGE, "operations", {"seen": looking.overview(request.member)})
