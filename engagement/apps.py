"""The app of job 4 and 5, issues and voters."""

from django.apps import AppConfig


class EngagementConfig(AppConfig):
    name = "engagement"
