# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Shared by setup and debug-kernel: the path of the cache, messages and errors.

lab_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${IOVNIC_CACHE:-/var/cache/iovnic}

say() { printf '%s: %s\n' "$(basename "$0")" "$*"; }

die() {
	printf '%s: %s\n' "$(basename "$0")" "$*" >&2
	exit 1
}

# Run "$@" with its output in a log file; on failure show the tail and the path of the file.
logged() {
	local log=$1
	shift
	mkdir -p "$(dirname "$log")"
	"$@" >>"$log" 2>&1 && return
	tail -n 15 "$log" >&2
	die "'$*' failed; the whole output is in $log"
}
