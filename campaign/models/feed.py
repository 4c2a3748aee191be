"""The secret address under which a member's own calendar programme reads the campaign's calendar."""

from django.db import models

from campaign.models.campaign import Member


class FeedKey(models.Model):
    """One key per member. Only its hash is kept: who reads this table cannot read a calendar with it."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, primary_key=True, related_name="feed_key")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the key.")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"feed key of member {self.member_id}"
