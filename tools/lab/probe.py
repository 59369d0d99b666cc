# SPDX-License-Identifier: GPL-2.0
"""Send frames on some interfaces, and see which interfaces receive them: frame_probe.c."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .host import HostVM
from .make import compile_static
from .paths import LAB

PROGRAM = "/run/frame_probe"
SETTLE_MS = 400


@dataclass(frozen=True)
class Port:
    """An interface of the host VM, perhaps in a network namespace."""

    dev: str
    netns: str = "-"


@dataclass(frozen=True)
class Sent:
    """A frame in hex, without FCS and the marker (12 bytes) that frame_probe appends."""

    port: str
    hex: str
    count: int = 1


Received = dict[str, list[tuple[int | None, str]]]
"""By port, VLAN tag and content of each frame."""


def probe(host: HostVM, ports: Mapping[str, Port], frames: Sequence[Sent]) -> list[Received]:
    """Send the frames; what each port has received of each."""
    host.install(PROGRAM, lambda: compile_static(LAB / "frame_probe.c").read_bytes())
    lines = [f"port {name} {port.netns} {port.dev}" for name, port in ports.items()]
    lines += [f"frame {frame.port} {frame.count} {frame.hex}" for frame in frames]
    lines += [f"settle {SETTLE_MS}", ""]
    found: list[Received] = [{} for _ in frames]
    for line in host.run(PROGRAM, stdin="\n".join(lines), timeout=60).out.splitlines():
        number, name, tag, content = line.split(" ")
        received = None if tag == "-" else int(tag), content
        found[int(number)].setdefault(name, []).append(received)
    return found
