# SPDX-License-Identifier: GPL-2.0
"""The lab's end of the connection with tools/lab/agent.c: commands run in a virtual machine."""

import shlex
import signal
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from .clock import TIMEOUT_FACTOR, deadline
from .errors import CommandFailed, CommandTimeout, MachineDied

HELLO, SPAWN, KILL, STDOUT, STDERR, EXIT = range(6)
HEADER = struct.Struct("<III")  # payload length, job id, type
GREETING = HEADER.pack(0, 0x4E564F49, HELLO)
EXCERPT = 4000
PAUSE, LEAST_SHARE = 15, 0.05  # of a machine that boots: see wait_greeting()


@dataclass(frozen=True)
class Result:
    """The result of a command that has ended."""

    command: str
    rc: int
    out: str
    err: str
    seconds: float

    def __str__(self) -> str:
        text = f"$ {self.command}\n-> rc {self.rc} after {self.seconds:.1f} s"
        for title, part in (("stdout", self.out), ("stderr", self.err)):
            if part.strip():
                shown = part if len(part) <= EXCERPT else "[...]" + part[-EXCERPT:]
                text += f"\n--- {title}\n{shown.rstrip()}"
        return text


class Job:
    """A command that runs in the machine."""

    def __init__(self, channel: "AgentChannel", job_id: int, command: str):
        self.command = command
        self._channel = channel
        self._id = job_id
        self._output = {STDOUT: bytearray(), STDERR: bytearray()}
        self._started = time.monotonic()
        self._ended = 0.0
        self._rc: int | None = None
        self._lost = ""
        self._done = threading.Event()
        self._when_done: Callable[[], None] = lambda: None

    @property
    def out(self) -> str:
        """Standard output so far."""
        return self._output[STDOUT].decode(errors="replace")

    @property
    def err(self) -> str:
        """Standard error so far."""
        return self._output[STDERR].decode(errors="replace")

    def poll(self) -> int | None:
        """The return code, or None while the command runs."""
        return self._rc

    def kill(self, sig: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to the command's process group."""
        if not self._done.is_set():
            self._channel.send(self._id, KILL, str(int(sig)).encode())

    def ended(self, seconds: float) -> bool:
        """Wait at most for this time; whether the command has ended or is lost."""
        return self._done.wait(seconds)

    def when_done(self, action: Callable[[], None]) -> None:
        """Call `action` when the command has ended or is lost, immediately if it has already."""
        self._when_done = action
        if self._done.is_set():
            action()

    def wait(self, timeout: float = 30, check: bool = True) -> Result:
        """Wait for the result; kill the command after `timeout` * TIMEOUT_FACTOR seconds."""
        if not self._done.wait(timeout * TIMEOUT_FACTOR):
            seconds = time.monotonic() - self._started
            self.kill()
            self._done.wait(2)
            why = f"no end after {seconds:.0f} s"
            raise CommandTimeout(self._channel.explain(why, self._result()))
        if self._lost:
            raise MachineDied(self._channel.explain(self._lost, self._result()))
        result = self._result()
        if check and result.rc:
            raise CommandFailed(self._channel.explain("command failed", result))
        return result

    def _result(self) -> Result:
        seconds = (self._ended or time.monotonic()) - self._started
        rc = -1 if self._rc is None else self._rc
        return Result(self.command, rc, self.out, self.err, seconds)

    def deliver(self, kind: int, payload: bytes) -> None:
        """Process a frame for this job (called by the channel)."""
        if kind in self._output:
            self._output[kind] += payload
        elif kind == EXIT:
            self._ended = time.monotonic()
            self._rc = struct.unpack("<I", payload)[0]
            self._done.set()
            self._when_done()

    def lose(self, why: str) -> None:
        """Record that there will be no result (called by the channel)."""
        self._lost = why
        self._done.set()
        self._when_done()


class AgentChannel:
    """A virtio-serial port with an agent behind it, for any number of jobs at the same time."""

    def __init__(self, sock: socket.socket, name: str, logs: str):
        self.name = name
        self._logs = logs
        self._sock = sock
        self._jobs: dict[int, Job] = {}
        self._next_id = 1
        self._lock = threading.Lock()
        self._send_lock = threading.Lock()
        self._buffer = bytearray()
        self._greeted = threading.Event()
        self._dead = ""
        self.ending: Callable[[], str] = lambda: ""
        threading.Thread(target=self._read, name=f"agent-{name}", daemon=True).start()

    def explain(self, what: str, result: Result | None = None) -> str:
        """An error message with machine, command, output and paths of logs."""
        text = f"{self.name}: {what}"
        if self._dead and (how := self.ending()):
            text += f"\n{how}"
        if result:
            text += f"\n{result}"
        return f"{text}\nlogs: {self._logs}"

    def wait_greeting(self, timeout: float, used: Callable[[], float] | None = None) -> None:
        """Wait for the agent's HELLO.

        used: returns the machine's processor time in seconds. A machine that boots and needs none
        has lost a timer interrupt.
        """
        end = deadline(timeout)
        looked, before = time.monotonic(), used() if used else 0
        while not self._greeted.wait(0.1):
            if self._dead:
                raise MachineDied(self.explain(self._dead))
            if time.monotonic() > end:
                raise MachineDied(self.explain("the agent is silent"))
            if used and time.monotonic() - looked > PAUSE:
                if used() - before < LEAST_SHARE * PAUSE:
                    raise MachineDied(self.explain("the machine stands still while it boots"))
                looked, before = time.monotonic(), used()

    def reset(self, name: str, logs: str) -> None:
        """Forget the agent behind the port; another one will send HELLO."""
        self.declare_dead("another machine was started on this port")
        with self._lock:
            self.name = name
            self._logs = logs
            self._dead = ""
            self._buffer.clear()
            self._greeted.clear()

    def take_over(self, other: "AgentChannel") -> None:
        """The agent behind `other` has been migrated to this port, with its jobs."""
        with self._lock, other._lock:
            self._jobs, other._jobs = other._jobs, {}
            self._next_id = other._next_id
            self._buffer[:0] = other._buffer
            for job in self._jobs.values():
                job._channel = self
            self._greeted.set()

    def declare_dead(self, why: str) -> None:
        """Record that there will be no replies any more: end all jobs."""
        with self._lock:
            self._dead = why
            jobs, self._jobs = list(self._jobs.values()), {}
        for job in jobs:
            job.lose(why)

    def close(self) -> None:
        """Close the port permanently."""
        self.declare_dead("the machine was stopped")
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._sock.close()

    @property
    def alive(self) -> bool:
        """Whether the agent has sent HELLO and is not known to be dead."""
        return self._greeted.is_set() and not self._dead

    def spawn(self, command: str | list[str], stdin: bytes = b"") -> Job:
        """Start a shell command (a list of words is quoted)."""
        text = command if isinstance(command, str) else shlex.join(command)
        with self._lock:
            if self._dead or not self._greeted.is_set():
                reason = self._dead or "the agent has not said hello yet"
                raise MachineDied(self.explain(f"cannot run '{text}': {reason}"))
            job = Job(self, self._next_id, text)
            self._jobs[self._next_id] = job
            job_id = self._next_id
            self._next_id += 1
        self.send(job_id, SPAWN, text.encode() + b"\0" + stdin)
        return job

    def send(self, job_id: int, kind: int, payload: bytes) -> None:
        """One frame to the agent."""
        try:
            with self._send_lock:
                self._sock.sendall(HEADER.pack(len(payload), job_id, kind) + payload)
        except OSError as error:
            raise MachineDied(self.explain(f"port closed: {error}")) from error

    def _read(self) -> None:
        while True:
            try:
                data = self._sock.recv(1 << 16)
            except OSError:
                data = b""
            if not data:
                self.declare_dead("the virtual machine has gone")
                return
            with self._lock:
                self._buffer += data
                frames = self._take_frames()
            for job, kind, payload in frames:
                job.deliver(kind, payload)

    def _take_frames(self) -> list[tuple[Job, int, bytes]]:
        """Take complete frames out of the buffer; a HELLO is answered and resets the connection."""
        if not self._greeted.is_set():
            start = self._buffer.find(GREETING)
            if start < 0:
                del self._buffer[: -len(GREETING)]
                return []
            del self._buffer[: start + len(GREETING)]
            self._sock.sendall(GREETING)
            self._greeted.set()
        frames = []
        while len(self._buffer) >= HEADER.size:
            length, job_id, kind = HEADER.unpack_from(self._buffer)
            if len(self._buffer) < HEADER.size + length:
                break
            payload = bytes(self._buffer[HEADER.size : HEADER.size + length])
            del self._buffer[: HEADER.size + length]
            job = self._jobs.get(job_id)
            if kind == EXIT:
                self._jobs.pop(job_id, None)
            if job:
                frames.append((job, kind, payload))
        return frames
