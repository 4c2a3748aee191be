"""The app of job 7, monitoring: numbers back from the networks."""

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "analytics"

    def ready(self) -> None:
        from analytics import following, panel  # noqa: F401  # following registers its on_settled
        from campaign.access import CANDIDATE, MANAGER, STAFF, let
        from campaign.registry import Panel, post_panels

        let("number.read", MANAGER, STAFF, CANDIDATE)
        post_panels.add(Panel("analytics/_numbers_panel.html", panel.context, order=30))
