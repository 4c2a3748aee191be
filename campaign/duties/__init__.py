"""The duties of the election: what the law wants done by when, who of us looks after it, and with which proof it was.

`kinds` says what each duty is, `reading` when it is due and how it stands, `deeds` what people do about it, `proofs`
what they may hand in, `reminding` whom Posko tells.
"""

from campaign.duties.reading import next_for

__all__ = ["next_for"]
