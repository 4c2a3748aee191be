"""Every table of the ground, by file: people, the campaign, its rules, channels, posts, envelopes, the record."""

from campaign.models.approval import ApprovalPolicy, PolicyChange, Reminder, SeenPost, Step, Submission
from campaign.models.audit import AuditRow, DaySeal, Seal
from campaign.models.campaign import Campaign, Level, Member, Mode, Role, Zone
from campaign.models.channel import Channel, ChannelSecret, Health, NetworkApp, Pace, ServerApp, WaitingConsent
from campaign.models.checking import Dismissal
from campaign.models.delivery import Action, Attempt, Delivery, State
from campaign.models.duties import ChannelFiling, Duty, FilingStep, Proof
from campaign.models.feed import FeedKey
from campaign.models.follow_up import Follow, FollowUp, Part
from campaign.models.handing import HandProof
from campaign.models.idea import Idea, IdeaMedia, IdeaState
from campaign.models.identity import Phone, PhoneLink, SignInTry
from campaign.models.linking import LinkCount, ShortLink
from campaign.models.notice import Notice, Pulse
from campaign.models.overrides import RuleOverride
from campaign.models.people import User
from campaign.models.post import Approval, Kind, Media, Post, PostMedia, PostState, Theme
from campaign.models.rules import Rule, Ruleset
from campaign.models.team import Invitation, PinGuess
from campaign.models.writing import Autosave, Colour, Label, PictureVariant, PostText, PostVersion, Presence

__all__ = [
    "Action",
    "Approval",
    "ApprovalPolicy",
    "Attempt",
    "AuditRow",
    "Autosave",
    "Campaign",
    "Channel",
    "ChannelFiling",
    "ChannelSecret",
    "Colour",
    "DaySeal",
    "Delivery",
    "Dismissal",
    "Duty",
    "FeedKey",
    "FilingStep",
    "Follow",
    "FollowUp",
    "HandProof",
    "Health",
    "Idea",
    "IdeaMedia",
    "IdeaState",
    "Invitation",
    "Kind",
    "Label",
    "Level",
    "LinkCount",
    "Media",
    "Member",
    "Mode",
    "NetworkApp",
    "Notice",
    "Pace",
    "Part",
    "Phone",
    "PhoneLink",
    "PictureVariant",
    "PinGuess",
    "PolicyChange",
    "Post",
    "PostMedia",
    "PostState",
    "PostText",
    "PostVersion",
    "Presence",
    "Proof",
    "Pulse",
    "Reminder",
    "Role",
    "Rule",
    "RuleOverride",
    "Ruleset",
    "Seal",
    "SeenPost",
    "ServerApp",
    "ShortLink",
    "SignInTry",
    "State",
    "Step",
    "Submission",
    "Theme",
    "User",
    "WaitingConsent",
    "Zone",
]
