"""The ground of the other apps."""

from django.apps import AppConfig


class CampaignConfig(AppConfig):
    name = "campaign"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        # Most register themselves.
        from campaign import afterwards, checking, election, hand_cards, pages, record_sentences, rulesets  # noqa: F401
        from campaign.duties import card, kinds  # noqa: F401
        from campaign.ideas import cards  # noqa: F401
        from campaign.identity import signals  # noqa: F401  # its receivers connect themselves
        from campaign.writing import panel  # noqa: F401

        post_migrate.connect(rulesets.ship, sender=self)
        post_migrate.connect(election.seal_all, sender=self)  # after it: the gate reads what is sealed
