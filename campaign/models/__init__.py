"""Every table of the ground, by file: people, the campaign, its rules, channels, posts, envelopes, the record."""

from campaign.models.audit import AuditRow, DaySeal, Seal
from campaign.models.campaign import Campaign, Level, Member, Mode, Role, Zone
from campaign.models.channel import Channel, ChannelSecret, Health, Pace, ServerApp
from campaign.models.delivery import Action, Attempt, Delivery, State
from campaign.models.notice import Notice, Pulse
from campaign.models.overrides import RuleOverride
from campaign.models.people import User
from campaign.models.post import Approval, Kind, Media, Post, PostMedia, PostState, Theme
from campaign.models.rules import Rule, Ruleset
from campaign.models.team import Invitation, PinGuess

__all__ = [
    "Action",
    "Approval",
    "Attempt",
    "AuditRow",
    "Campaign",
    "Channel",
    "ChannelSecret",
    "DaySeal",
    "Delivery",
    "Health",
    "Invitation",
    "Kind",
    "Level",
    "Media",
    "Member",
    "Mode",
    "Notice",
    "Pace",
    "PinGuess",
    "Post",
    "PostMedia",
    "PostState",
    "Pulse",
    "Role",
    "Rule",
    "RuleOverride",
    "Ruleset",
    "Seal",
    "ServerApp",
    "State",
    "Theme",
    "User",
    "Zone",
]
