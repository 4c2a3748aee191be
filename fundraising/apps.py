"""The app of job 6, fundraising."""

from django.apps import AppConfig


class FundraisingConfig(AppConfig):
    name = "fundraising"
