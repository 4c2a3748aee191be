"""The app of job 2, personal branding."""

from django.apps import AppConfig


class BrandingConfig(AppConfig):
    name = "branding"
