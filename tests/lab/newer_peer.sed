# SPDX-License-Identifier: GPL-2.0-only
# Changes mailbox/wire.h to a possible later version: a higher protocol version,
# one more capability and one more block. For modules that act as a newer peer.
s/^\(#define IOV_WIRE_VERSION_MAX[[:space:]]*\).*/\10x00010001/
s/^\(#define IOV_WIRE_CAPS[[:space:]]*\).*/\1GENMASK(6, 0)/
s/^\([[:space:]]*\)IOV_WIRE_BLOCKS,/\1IOV_WIRE_BLOCK_OF_LATER,\n&/
