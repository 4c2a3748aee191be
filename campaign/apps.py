"""The ground of the other apps."""

from django.apps import AppConfig


class CampaignConfig(AppConfig):
    name = "campaign"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from campaign import afterwards, election, pages, rulesets  # noqa: F401  # two of them register themselves
        from campaign.identity import signals  # noqa: F401  # its receivers connect themselves

        post_migrate.connect(rulesets.ship, sender=self)
        post_migrate.connect(election.seal_all, sender=self)  # after it: the gate reads what is sealed
