"""The ground's own entries of the navigation."""

from django.utils.translation import gettext_lazy as _

from campaign.registry import Page, navigation

navigation.add(Page(_("Today"), "today", "campaign:today", "campaign.see", order=10))
navigation.add(Page(_("Posts"), "posts", "campaign:posts", "post.see", order=20))
navigation.add(Page(_("Review"), "review", "campaign:review", "post.approve", order=30))
navigation.add(Page(_("Accounts"), "channels", "campaign:channels", "channel.see", order=40))
navigation.add(Page(_("Team"), "team", "campaign:team", "team.see", order=70))
