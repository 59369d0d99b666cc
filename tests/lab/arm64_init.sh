#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# /init of a machine with an arm64 processor: PF, two VFs and the wire, each VF in a namespace.
# Prints a line "ok NAME" for each step that worked. The modules to load are in /modules.

/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
echo 4 > /proc/sys/kernel/printk
while read -r name; do insmod "/modules/$name.ko"; done < /modules/order
ip link set lo up

step() {
	local name=$1
	shift
	if "$@" > /tmp/out 2>&1; then
		echo "ok $name"
	else
		echo "FAILED $name"
		cat /tmp/out
	fi
}

# name address interface
enter() {
	unshare -n sleep 1000 &
	echo $! > "/tmp/$1"
	sleep 1
	ip link set "$3" netns $!
	inside "$1" ip link set lo up
	inside "$1" ip addr add "$2/24" dev "$3"
	inside "$1" ip link set "$3" up
}

inside() {
	local pid
	pid=$(cat "/tmp/$1")
	shift
	nsenter -t "$pid" -n "$@"
}

# namespace address seconds
reaches() {
	for _ in $(seq "$3"); do
		inside "$1" ping -c 1 -W 1 "$2" && return
	done
	return 1
}

receive() { sleep 60 | nc -l -p 5000 > /tmp/received; }

send() {
	dd if=/dev/urandom of=/tmp/sent bs=1M count=8
	receive &
	sleep 1
	inside v0 sh -c '(cat /tmp/sent; sleep 15) | nc 10.82.0.1 5000 > /dev/null'
	cmp /tmp/sent /tmp/received
}

pf=/sys/bus/pci/devices/0000:01:00.0
name=$(ls $pf/net)
ip addr add 10.82.0.1/24 dev "$name"
ip link set "$name" up
enter wire 10.82.0.254 "$(ls /sys/bus/virtio/devices/virtio0/net)"
echo 2 > $pf/sriov_numvfs
for n in 0 1; do
	for _ in 1 2 3 4 5 6 7 8 9; do
		[ ! -e $pf/virtfn$n/net ] || break
		sleep 1
	done
	enter v$n 10.82.0.1$n "$(ls $pf/virtfn$n/net)"
done
step "VF to PF" reaches v0 10.82.0.1 20
step "VF to VF" reaches v0 10.82.0.11 20
step "VF to wire" reaches v0 10.82.0.254 20
step "stream" send
echo 1 > $pf/reset
step "after a reset" reaches v0 10.82.0.1 30
step "VF to VF after a reset" reaches v0 10.82.0.11 30
dmesg | grep -E 'iovnic|BUG|WARN|Oops'
poweroff -f
