# SPDX-License-Identifier: GPL-2.0-only
"""iovctl without any VF: its command line, and what it says to QEMUs that a test plays."""

import json
import socket
import subprocess
import threading
from pathlib import Path

import pytest
from lab.answers import read

PERIPHERAL = "/machine/peripheral"
NIC = {"failover": True, "mac": "02:00:00:00:00:01", "netdev": "soft0"}


class Qemu:
    """A monitor that knows some commands; `says` are lines that it sends instead of its greeting"""

    def __init__(self, path: Path, status: str, says: str = ""):
        self.path = path
        self.status = status
        self.says = says or '{"QMP": {}}\n'
        self.devices = {"soft0": ("child<virtio-net-pci>", NIC)}
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(path))
        self._socket.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        try:
            self._serve_one()
        except OSError:
            pass  # the program has ended

    def _serve_one(self) -> None:
        connection, _ = self._socket.accept()
        connection.sendall(self.says.encode())
        for line in self._requests(connection):
            found = self._answer(line["execute"], line.get("arguments", {}))
            event = json.dumps({"event": "RTC_CHANGE", "data": {}})
            late = json.dumps({"return": {"status": "late"}, "id": line["id"] - 1})
            answer = json.dumps({"return": found, "id": line["id"]})
            connection.sendall(f"{event}\n{late}\n{answer}\n".encode())

    def _requests(self, connection: socket.socket):
        decoder, text = json.JSONDecoder(), ""
        while data := connection.recv(4096):
            text += data.decode()
            while text:
                try:
                    found, end = decoder.raw_decode(text)
                except ValueError:
                    break
                yield found
                text = text[end:].lstrip()

    def _answer(self, command: str, arguments: dict) -> object:
        if command == "query-status":
            return {"status": self.status}
        if command == "human-monitor-command":
            nic = "soft0: index=0,type=nic,model=virtio-net-pci"
            return f"{nic}\r\n \\ soft0: index=0,type=tap,ifname=nosuchtap,script=no\r\n"
        if command == "qom-list" and arguments["path"] == PERIPHERAL:
            return [{"name": name, "type": kind} for name, (kind, _) in self.devices.items()]
        if command == "qom-list":
            return []
        if command == "qom-get":
            name = arguments["path"].removeprefix(f"{PERIPHERAL}/")
            return self.devices[name][1].get(arguments["property"], "")
        return {}


def migrate(program: Path, *words: object) -> tuple[int, dict]:
    command = [program, "-j", "--dry-run", "migrate", *map(str, words), "uri", "tcp:nowhere:1"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert not run.stderr
    (found,) = read(run.stdout, ["migrate"])
    return run.returncode, found


def names(found: dict) -> list[str]:
    return [f"{reason['host']} {reason['name']}" for reason in found["reasons"]]


@pytest.mark.parametrize(
    "words, says",
    [
        ([], "Usage: iovctl [ OPTIONS ]"),
        (["-x"], "Usage: iovctl [ OPTIONS ]"),
        (["nonsense"], 'there is no "nonsense"'),
        (["host", "-j"], "iovctl: the option -j has to be before the word host\n"),
        (["numvfs", "pf0", "--dry-run"], "the option --dry-run has to be before"),
        (["doctor", "--version"], "the option --version has to be before"),
        (["migrate"], "missing: source"),
        (["migrate", "source", "a", "target", "b"], "missing: uri"),
        (["migrate", "source"], "no value for source"),
        (["migrate", "source", "a", "source", "b"], "twice: source"),
        (["migrate", "sauce", "a"], "unknown: sauce"),
        (["migrate", "limit", "plug"], "limit needs"),
        (["migrate", "limit", "plug", "1s"], "not a number of seconds: 1s"),
        (["migrate", "limit", "plug", "-1"], "not a number of seconds: -1"),
        (["migrate", "limit", "release", "1"], "there is no step release"),
    ],
)
def test_usage(program: Path, words: list[str], says: str) -> None:
    run = subprocess.run([program, *words], capture_output=True, text=True)
    assert run.returncode == 3 and says in run.stderr and not run.stdout


COMMANDS = (
    *("host", "adapter", "switch", "numvfs", "persist", "vm", "qemu-args", "libvirt-xml"),
    *("migrate", "doctor", "monitor", "metrics", "report"),
)


def test_help(program: Path) -> None:
    """Also behind other words, and before the command"""
    for words in (["-h"], ["--help"], ["help"]):
        run = subprocess.run([program, *words], capture_output=True, text=True)
        assert run.returncode == 0 and run.stdout.startswith("Usage: iovctl [ OPTIONS ] OBJECT")
        assert all(f" {name} " in run.stdout for name in COMMANDS)
    for name in COMMANDS:
        for words in ([name, "help"], [name, "a", "--help"], ["help", name], [name, "-h"]):
            run = subprocess.run([program, *words], capture_output=True, text=True)
            assert run.returncode == 0 and not run.stderr, words
            assert run.stdout.startswith("Usage: iovctl") and f" {name}" in run.stdout
    run = subprocess.run([program, "help", "nosuch"], capture_output=True, text=True)
    assert run.returncode == 3 and 'there is no "nosuch"' in run.stderr


def test_unreachable(program: Path, tmp_path: Path) -> None:
    nothing = tmp_path / "none"
    status, found = migrate(program, "source", nothing, "target", nothing)
    assert status == 2 and found["result"] == "not migrated"
    assert names(found) == ["source QEMU_UNREACHABLE", "target QEMU_UNREACHABLE"]
    # What is not known is missing.
    assert found["source"].keys() == found["target"].keys() == {"error"}
    assert not {"ram_bytes", "total_ms", "downtime_ms"} & found.keys()
    assert all(step.keys() == {"name", "outcome", "note"} for step in found["steps"])
    words = ("source", nothing, "target", nothing, "target-command", "false")
    assert "has ended" in migrate(program, *words)[1]["reasons"][1]["text"]


def test_guest_without_tap(program: Path, tmp_path: Path) -> None:
    """Events and late answers do not confuse it; an interface that does not exist is none."""
    source = Qemu(tmp_path / "source", "running")
    target = Qemu(tmp_path / "target", "inmigrate")
    status, found = migrate(program, "source", source.path, "target", target.path)
    assert status == 2
    assert names(found) == [
        *("source NO_TAP", "source GUEST_NO_VF", "target NOT_LISTENING", "target NO_TAP")
    ]
    assert found["source"]["status"] == "running" and found["source"]["mac"] == NIC["mac"]


@pytest.mark.parametrize(
    "says, text",
    [
        ("no JSON\n", "what QEMU says is no JSON"),
        ('{"QMP": {}}\n}', "what QEMU says is no JSON"),
        ('{"QMP": {}}\n{"id": 1, "error": {"desc": "busy"}}\n', "qmp_capabilities: busy"),
        ('{"QMP": {}}\n{"id": 1, "error": []}\n', "qmp_capabilities: "),
    ],
)
def test_bad_monitor(program: Path, tmp_path: Path, says: str, text: str) -> None:
    source = Qemu(tmp_path / "source", "running", says)
    status, found = migrate(program, "source", source.path, "target", tmp_path / "none")
    assert status == 2 and names(found)[0] == "source QEMU_UNREACHABLE"
    assert text in found["reasons"][0]["text"]
