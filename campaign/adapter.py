"""allauth, as Posko uses it: people are invited, nobody signs up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Sign-in only; an account comes with a campaign or an invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
