"""The app of job 4 and 5, issues and voters."""

from django.apps import AppConfig


class EngagementConfig(AppConfig):
    name = "engagement"

    def ready(self) -> None:
        from campaign.access import CANDIDATE, MANAGER, STAFF, VOLUNTEER, let

        let("inbox.see", MANAGER, STAFF, VOLUNTEER)
        let("foreign.see", MANAGER, STAFF, CANDIDATE)
        let("foreign.decide", MANAGER, CANDIDATE)
        from campaign import registry
        from engagement import (
            showing,  # noqa: F401  # registers itself
            showing_subscriptions,  # noqa: F401
            subscribing,
        )

        registry.on_removing.add(subscribing.part)
