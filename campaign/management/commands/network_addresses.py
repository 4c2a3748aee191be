"""`manage.py network_addresses`: what is entered at the networks for the apps that all campaigns share."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from campaign import hook_secrets
from campaign.models import Mode
from campaign.network_telling import TELLING


class Command(BaseCommand):
    """Prints a secret word for each network: whoever knows it can answer for Posko in a handshake, nothing more."""

    help = "Prints the address for notices and the word to enter at each network where Posko has an app of its own."

    def handle(self, *args: Any, **options: Any) -> None:
        for kind in settings.NETWORK_APPS:
            telling = TELLING[kind]
            if not telling.has_address:
                self.stdout.write(f"{kind}: nothing to enter")
                continue
            self.stdout.write(f"{kind}: {hook_secrets.address(kind)}")
            if telling.has_word:
                self.stdout.write(f"  verify token: {hook_secrets.word(kind, Mode.LIVE)}")
            if telling.events:
                self.stdout.write(f"  events: {', '.join(telling.events)}")
