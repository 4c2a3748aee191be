"""The rulesets Posko ships: the settings of the election law, each with source and confidence.

Sources are the short names of the project's fact sheet on regulations; `U` marks what nobody has confirmed.
"""

from datetime import date
from typing import Any

from campaign.models import Campaign, Rule, RuleOverride, Ruleset

BEGINNING = date(2022, 1, 1)

# key, value, source, confidence
LAW: list[tuple[str, object, str, str]] = [
    ("campaign.start_after_dct_days", 25, "UU 7/2017 Ps. 276(1), Perppu 1/2022", "B"),
    ("campaign.quiet_days", 3, "UU 7/2017 Ps. 278(1)", "B"),
    ("campaign.quiet_early_minutes", 5, "Posko: jam platform berbeda", "A"),
    ("ads.window_days", 21, "UU 7/2017 Ps. 276(2)", "B"),
    ("ads.when.social", "window", "UU 7/2017 Ps. 275(1)f, 276(2)", "B"),
    ("ads.when.online", "window", "UU 7/2017 Ps. 275(1)f, 276(2)", "B"),
    ("ads.when.print", "window", "UU 7/2017 Ps. 275(1)f, 276(2)", "B"),
    ("ads.when.broadcast", "window", "UU 7/2017 Ps. 275(1)f, 276(2)", "B"),
    # Props in public (Ps. 275(1)d) run from the campaign's first day; that a rented billboard is one is our reading.
    ("ads.when.outdoor", "campaign", "UU 7/2017 Ps. 275(1)d, 276(1): alat peraga", "U"),
    ("ads.per_day.social", 1, "PKPU 15/2023 Ps. 39-45", "B"),
    ("ads.per_day.online", 1, "PKPU 15/2023 Ps. 39-45", "B"),
    ("ads.per_day.print", 1, "PKPU 15/2023 Ps. 39-45: 810 mm kolom atau satu halaman", "B"),
    ("ads.per_day.radio", 10, "PKPU 15/2023 Ps. 39-45", "U"),
    ("ads.per_day.television", 10, "PKPU 15/2023 Ps. 39-45", "U"),
    ("ads.seconds.social", 30, "PKPU 15/2023 Ps. 39-45", "B"),
    ("ads.disclaimer", "wanted", "Meta: iklan politik menyebut pembayarnya; pasal PKPU belum dipastikan", "U"),
    ("social.max_accounts_per_app", 20, "PKPU 15/2023 Ps. 37(2)", "B"),
    ("social.register_before_start_days", 3, "PKPU 15/2023 Ps. 38", "B"),
    ("social.close_before_end_days", 0, "PKPU 15/2023 Ps. 38(6)", "B"),
    ("rkdk.open_before_start_days", 1, "PKPU 18/2023, KPU 1190/2023", "B"),
    ("report.ladk_before_voting_days", 38, "UU 7/2017 Ps. 334(2)-(3), PKPU 18/2023", "B"),
    ("report.ladk_fix_days", 5, "PKPU 18/2023: 8-12 Januari 2024", "B"),
    ("report.lpsdk_entry_days", 1, "PKPU 18/2023 Ps. 29(3)", "B"),
    ("report.lppdk_after_voting_days", 15, "UU 7/2017 Ps. 335", "B"),
    ("fund.treasury_days_after_campaign", 14, "UU 7/2017 Ps. 339(2)", "B"),
    ("voting.close_local", "13:00", "PKPU 25/2023", "B"),
    ("quickcount.after_close_hours", 2, "UU 7/2017 Ps. 449(5)", "B"),
]
# What no election changes.
STANDING: list[tuple[str, object, str, str]] = [
    ("ads.when.tiktok", "never", "TikTok: kebijakan iklan politik", "A"),
    ("ads.receipt_days", 3, "Posko: bukti mudah hilang", "A"),
]
SHIPPED: dict[str, tuple[str, bool, list[tuple[str, object, str, str]]]] = {
    "PEMILU_2024": (
        "Pemilu 2024",
        False,
        [
            *LAW,
            *STANDING,
            ("calendar.dct", "2023-11-03", "KPU", "B"),
            ("calendar.voting_day", "2024-02-14", "KPU", "B"),
        ],
    ),
    "PEMILU_2029": (
        "Pemilu 2029 (belum terbit)",
        True,
        [*((key, value, f"{source}; belum terbit untuk 2029", "U") for key, value, source, _ in LAW), *STANDING],
    ),
    "LATIHAN": (
        "Latihan",
        False,
        [
            *LAW,
            *STANDING,
            # Days from the day on which the practice campaign was made.
            ("calendar.dct_offset_days", -30, "Posko: latihan", "A"),
            ("calendar.voting_offset_days", 40, "Posko: latihan", "A"),
        ],
    ),
}


def ship(**_: Any) -> None:
    """Put the shipped rulesets into the database; rows that are there already stay. Runs after every migration."""
    for code, (name, is_draft, rules) in SHIPPED.items():
        ruleset, _made = Ruleset.objects.get_or_create(code=code, defaults={"name": name, "is_draft": is_draft})
        Rule.objects.bulk_create(
            [
                Rule(ruleset=ruleset, key=key, value=value, valid_from=BEGINNING, source=source, confidence=confidence)
                for key, value, source, confidence in rules
            ],
            ignore_conflicts=True,
        )


def rows(ruleset: Ruleset, on: date) -> list[Rule]:
    """The rules in force on a day; of several rows for a key the newest that has begun."""
    newest = {rule.key: rule for rule in ruleset.rules.filter(valid_from__lte=on).order_by("valid_from")}
    return list(newest.values())


def values(ruleset: Ruleset, on: date) -> dict[str, Any]:
    """The same as key → value."""
    return {rule.key: rule.value for rule in rows(ruleset, on)}


def own(campaign: Campaign) -> dict[str, Any]:
    """What this campaign's overrides put in place of the shipped rules now: key → value."""
    return dict(RuleOverride.objects.of(campaign).in_force().values_list("key", "value"))
