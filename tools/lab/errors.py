# SPDX-License-Identifier: GPL-2.0
"""The errors that the lab raises."""


class LabError(Exception):
    """An error in the lab; the message has the cause and the path of the logs."""


class CommandFailed(LabError):
    """A command returned a code other than zero."""


class CommandTimeout(LabError):
    """A command did not end in time; its process group was killed."""


class MachineDied(LabError):
    """The virtual machine has ended, or its agent no longer replies."""
