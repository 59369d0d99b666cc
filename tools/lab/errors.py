# SPDX-License-Identifier: GPL-2.0
"""What the lab raises."""


class LabError(Exception):
    """Something in the lab went wrong; the message says what, and where its logs are."""


class CommandFailed(LabError):
    """A command returned another code than zero."""


class CommandTimeout(LabError):
    """A command did not end in time; its process group was killed."""


class MachineDied(LabError):
    """The virtual machine is gone, or its agent no longer answers."""
