"""The law's numbers, as data: one ruleset per election, each rule with source and confidence."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Ruleset(models.Model):
    """The rules of one election. Shipped with Posko and read-only; the database refuses changes to its rules."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    is_draft = models.BooleanField(default=False, help_text=_("Not issued yet; dates may change."))

    def __str__(self) -> str:
        return self.name


class Confidence(models.TextChoices):
    """How well a rule is founded."""

    READ = "A", _("read in the rule itself")
    REPORTED = "B", _("reported by others")
    UNCONFIRMED = "U", _("unconfirmed")


class Rule(models.Model):
    """One number or date of the law, valid from a day on."""

    ruleset = models.ForeignKey(Ruleset, on_delete=models.CASCADE, related_name="rules")
    key = models.CharField(max_length=80)
    value = models.JSONField()
    valid_from = models.DateField()
    source = models.CharField(max_length=200)
    confidence = models.CharField(max_length=1, choices=Confidence)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ruleset", "key", "valid_from"], name="rule_once_per_day"),
        ]

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"
