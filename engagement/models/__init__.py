"""What the networks tell us: pushes, what is read on a clock, what people wrote, and posts that are not ours."""

from engagement.models.foreign import ForeignPost, ForeignState, Strange
from engagement.models.hooks import Push, PushState, Refusal, Told
from engagement.models.incoming import Incoming
from engagement.models.poll import TIMELINE, Poll
from engagement.models.subscription import Subscription

__all__ = [
    "TIMELINE",
    "ForeignPost",
    "ForeignState",
    "Incoming",
    "Poll",
    "Push",
    "PushState",
    "Refusal",
    "Strange",
    "Subscription",
    "Told",
]
