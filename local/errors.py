"""The one failure a person reads here."""


class CannotStart(Exception):
    """Something on this machine keeps Posko from starting; the message is one sentence that says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
