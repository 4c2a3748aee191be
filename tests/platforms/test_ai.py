"""Where the text must say that a picture or film is made by AI."""

from platforms.ai import FIELDS, needs_ai_line, with_ai_line
from platforms.registry import KINDS


def test_networks_without_a_field_need_a_line():
    assert [
        kind for kind in ("mastodon", "bluesky", "telegram", "facebook", "threads") if not needs_ai_line(kind)
    ] == []
    assert not any(needs_ai_line(kind) for kind in FIELDS)
    assert {"mastodon", "bluesky", "telegram"} <= set(KINDS)


def test_the_line_stands_below_the_text_once():
    once = with_ai_line("Halo\n", "Dibuat dengan AI.")
    assert once == "Halo\n\nDibuat dengan AI."
    assert with_ai_line(once, "Dibuat dengan AI.") == once
    assert with_ai_line("", "Dibuat dengan AI.") == "Dibuat dengan AI."
