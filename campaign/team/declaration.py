"""What everybody declares who joins a campaign by invitation."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

VERSION = "2026-11"
"""Kept with each member's declaration. Any change of WORDING, in either language, needs a new version."""

WORDING: list[Promise] = [
    lazy("I am an Indonesian citizen with the right to vote, and 17 years old or older."),
    lazy("I am no civil servant (ASN) and no member of TNI or Polri."),
    lazy("I am no village head, village official or member of a village council (BPD)."),
    lazy("I am no judge, of whatever court, and no chair, vice chair or member of BPK."),
    lazy("I am no governor, senior deputy governor or deputy governor of Bank Indonesia."),
    lazy("I am no director, commissioner, supervisor or employee of a BUMN or BUMD."),
    lazy("I lead no non-structural state body as a state official without a party."),
]
"""Who may not take part in a campaign or belong to its team.

Source: UU 7/2017 on general elections, Article 280(2) letters a-k and 280(3); Article 1(34) for the age of voters.
The law also lets those vote who are or were married before they are 17; Posko asks 17 years of everybody.
"""

OFFICIAL = (".go.id", ".mil.id", ".desa.id")
"""Addresses of the government, the army and villages.

Source: UU 7/2017, Article 280(1)h (no government facilities) and (2)f-i; SKB 2/2022 on the neutrality of ASN.
"""


def is_official(email: str) -> bool:
    """Whether this e-mail address is an office's, which has no place in a campaign."""
    domain = "." + email.rpartition("@")[2].lower().rstrip(".")
    return domain.endswith(OFFICIAL)
