"""The app of job 3, sharing programmes."""

from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"
