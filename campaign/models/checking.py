"""What somebody has decided to leave as it is, though a check spoke of it."""

from django.db import models
from django.db.models import Q

from campaign.models.campaign import Member
from campaign.models.post import Post


class Dismissal(models.Model):
    """One finding of one version, set aside by one member. A new version is asked about anew."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="dismissals")
    version = models.PositiveIntegerField()
    code = models.CharField(max_length=60, help_text="Which check, as `Finding.code`.")
    where = models.CharField(max_length=16, help_text="Which finding of it, as `Finding.where`.")
    by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "version", "code", "where"], name="dismissal_once"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(where=""), name="dismissal_names_its_finding"),
        ]

    def __str__(self) -> str:
        return f"{self.code} of version {self.version} of post {self.post_id}"
