"""What a person reads when Posko says no."""

from django.utils.functional import Promise


class Refused(Exception):
    """A full sentence that says what to do next. The only exception people read."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(str(message))
        self.message = message
