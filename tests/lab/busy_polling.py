#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""An endless stream of datagrams, and two ways to receive it; or questions and answers.

    busy_polling.py send ADDRESS         send until SIGTERM
    busy_polling.py wait SECONDS         receive; print the number received
    busy_polling.py prefer SECONDS       the same with SO_PREFER_BUSY_POLL: the process polls
    busy_polling.py answer -             send each datagram back until SIGTERM
    busy_polling.py ask ADDRESS          send QUESTIONS, one by one; print the number of answers
"""
import socket
import sys
import time

PORT = 5501
SO_BUSY_POLL, SO_PREFER_BUSY_POLL, SO_BUSY_POLL_BUDGET = 46, 69, 70
BUSY_US, BUDGET = 500, 64
QUESTIONS = 300

way, argument = sys.argv[1:]
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
if way == "send":
    while True:
        try:
            sock.sendto(bytes(64), (argument, PORT))
        except OSError as error:
            print(error, file=sys.stderr, flush=True)
            time.sleep(0.01)
if way == "ask":
    sock.connect((argument, PORT))
    sock.settimeout(0.2)
    count = 0
    for _ in range(QUESTIONS):
        try:
            sock.send(bytes(64))
            count += bool(sock.recv(2048))
        except OSError:
            pass
    print(count)
    sys.exit()
sock.bind(("", PORT))
if way == "answer":
    while True:
        sock.sendto(*sock.recvfrom(2048))
sock.settimeout(0.5)
if way == "prefer":
    sock.setsockopt(socket.SOL_SOCKET, SO_PREFER_BUSY_POLL, 1)
    sock.setsockopt(socket.SOL_SOCKET, SO_BUSY_POLL_BUDGET, BUDGET)
    sock.setsockopt(socket.SOL_SOCKET, SO_BUSY_POLL, BUSY_US)
count = 0
end = time.monotonic() + float(argument)
while time.monotonic() < end:
    try:
        sock.recv(2048)
        count += 1
    except TimeoutError:
        pass
print(count)
