"""Ideas and what comes from the field: `gathering` the verbs, `form` the phone's form, `cards` on *Hari ini*,
`manifest` what makes Posko an app that a phone's gallery shares with, `samples` the demonstration's.
"""
