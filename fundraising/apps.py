"""The app of job 6, fundraising."""

from django.apps import AppConfig


class FundraisingConfig(AppConfig):
    name = "fundraising"

    def ready(self) -> None:
        from campaign.access import CANDIDATE, MANAGER, STAFF, TREASURER, let

        let("ad.see", MANAGER, STAFF, CANDIDATE, TREASURER)
        let("ad.write", MANAGER, TREASURER)
        from fundraising import samples, showing  # noqa: F401  # they register themselves
