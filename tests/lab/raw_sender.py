#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Send frames with offload requests.

Runs inside the host VM, in the interfaces' namespace. Each line of the file named by the argument
has an interface, a struct virtio_net_hdr and a frame, the latter two in hexadecimal.
"""
import socket
import sys

SOL_PACKET, PACKET_VNET_HDR = 263, 15

with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as sock:
    sock.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    for line in open(sys.argv[1]):
        dev, header, frame = line.split()
        sock.sendto(bytes.fromhex(header + frame), (dev, 0))
