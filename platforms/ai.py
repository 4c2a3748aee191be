"""Where a network has no field for pictures and films made by AI, the text itself says it.

The words are `campaign.wording.ai_line`, put into the text before it is approved: what was approved is what is sent, so
nothing is added later.
"""

FIELDS = frozenset({"instagram", "x", "tiktok", "youtube"})
"""Networks whose connector tells it in a field: `is_ai_generated`, `made_with_ai`, `is_aigc`, `containsSyntheticMedia`.

Source: the fact sheet of networks, "What follows for the product", 9 (2026-11).
"""


def needs_ai_line(kind: str) -> bool:
    """Whether a draft with `ai_made` must say so in its text on that kind of network."""
    return kind not in FIELDS


def with_ai_line(text: str, line: str) -> str:
    """`text` with `line` below it; once only."""
    return text if line in text else f"{text.rstrip()}\n\n{line}".strip()
