# SPDX-License-Identifier: GPL-2.0-only
"""The kernel's function error injection (CONFIG_FUNCTION_ERROR_INJECTION, debug kernel)."""
from collections.abc import Iterator
from contextlib import contextmanager

from lab import HostVM

INJECT = "/sys/kernel/debug/fail_function"
ALWAYS = -1


@contextmanager
def failing(
    host: HostVM, returns: dict[str, int], calls: int = ALWAYS, percent: int = 100
) -> Iterator[None]:
    """The functions only return a value, in a number of calls or in `percent` of all calls."""
    add = "; ".join(
        f"echo {name} > inject; printf %#x {value} > {name}/retval"
        for name, value in returns.items()
    )
    host.run(
        f"set -e; cd {INJECT}; {add}; echo 0 > verbose; echo {percent} > probability;"
        f"echo {calls} > times"
    )
    try:
        yield
    finally:
        host.run(f"cd {INJECT} && echo 0 > probability && echo > inject")


def calls_left(host: HostVM) -> int:
    """The number of calls that are still to fail."""
    return int(host.read(f"{INJECT}/times"))
