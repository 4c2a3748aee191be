"""What a person brings back who has published by hand."""

from django.db import models

from campaign.models.campaign import Member
from campaign.models.delivery import Delivery
from campaign.models.post import Media


class HandProof(models.Model):
    """The picture that shows that an envelope is out, and who brought it. Whoever told first has told."""

    delivery = models.OneToOneField(Delivery, on_delete=models.CASCADE, primary_key=True, related_name="proof")
    media = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"proof of delivery {self.delivery_id}"
