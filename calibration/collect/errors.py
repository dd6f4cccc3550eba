"""What can go wrong, by whom it concerns: the command, the device, or one shape."""


class UsageError(Exception):
    """The command asks for something that must not or cannot be done; the run ends."""


class FatalError(Exception):
    """The device is beyond use in this process; a new process may go on. `culprit` names the
    backend that was tried when it happened, if one was: the shape can do without it."""

    def __init__(self, message, culprit=None):
        super().__init__(message)
        self.culprit = culprit


class UnfitError(Exception):
    """A shape cannot be measured here, for the reason given."""
