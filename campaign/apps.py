"""The ground of the other apps."""

from django.apps import AppConfig


class CampaignConfig(AppConfig):
    name = "campaign"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from campaign import afterwards, pages, rulesets  # noqa: F401  # the first two register themselves

        post_migrate.connect(rulesets.ship, sender=self)
