"""The app of job 7, monitoring: numbers back from the networks."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as lazy


class AnalyticsConfig(AppConfig):
    name = "analytics"

    def ready(self) -> None:
        from analytics import following, home, panel  # noqa: F401  # following registers its on_settled
        from campaign.access import CANDIDATE, MANAGER, STAFF, let
        from campaign.registry import Acts, Card, Panel, acts, home_cards, post_panels

        let("number.read", MANAGER, STAFF, CANDIDATE)
        acts.add(Acts("number", lazy("Numbers"), {"number.read": lazy("%(who)s had the numbers of a post read")}))
        post_panels.add(Panel("analytics/_numbers_panel.html", panel.context, order=30))
        home_cards.add(Card("analytics/_week_card.html", home.context, order=60))
