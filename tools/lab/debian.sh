# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A minimal Debian of any release in a chroot. It is created once, from the machine's own archive,
# and kept, packed, in the cache. Uses common.sh and archive.sh.

debian_log=$cache/apt/debian.log
base_packages=make,ca-certificates,debian-archive-keyring

# The machine's own Debian sources, for another release.
sources_for() {
	local own
	own=$(own_codename)
	apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI) $(COMPONENT)' \
		'Created-By: Packages' | awk -v own="$own" -v new="$1" '
		$1 == "Debian" && index($2, own) == 1 && $2 !~ /backports/ && $4 == "main" {
			sub(own, new, $2)
			print "deb", $3, $2, $4
		}' | sort -u
}

make_base() {
	local release=$1 uri root=$2
	mkdir -p "$cache/bare"
	command -v debootstrap >/dev/null ||
		logged "$debian_log" env DEBIAN_FRONTEND=noninteractive \
			apt-get -q -y --no-install-recommends install debootstrap
	uri=$(debian_uri "$(own_codename)")
	[ -n "$uri" ] || die "no Debian source in /etc/apt: run apt-get update"
	say "debootstrap of $release"
	logged "$debian_log" debootstrap --variant=minbase --include="$base_packages" \
		"$release" "$root" "$uri"
	sources_for "$release" >"$root/etc/apt/sources.list"
	apt-config dump Acquire >"$root/etc/apt/apt.conf.d/99of-the-machine"
	rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
	tar -C "$root" -cf "$cache/bare/$release.tar.new" .
	mv "$cache/bare/$release.tar.new" "$cache/bare/$release.tar"
	rm -rf "$root"
}

# Unpack a release into a folder.
unpack_debian() {
	local release=$1 root=$2
	[ -e "$cache/bare/$release.tar" ] || make_base "$release" "$root/base"
	tar -C "$root" -xf "$cache/bare/$release.tar"
	cp -L /etc/resolv.conf /etc/hosts "$root/etc"
}

# Run a command in the chroot, in its own PID and mount namespaces and environment.
inside() {
	local root=$1
	shift
	# shellcheck disable=SC2016  # expanded by that shell
	setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --propagation private \
		bash -c 'root=$1; shift
			mount -t proc proc "$root/proc" && mount --rbind /sys "$root/sys" &&
				mount --rbind /dev "$root/dev" || exit
			exec env -i HOME=/root TERM=dumb PATH=/usr/sbin:/usr/bin:/sbin:/bin \
				${http_proxy:+http_proxy="$http_proxy"} \
				${https_proxy:+https_proxy="$https_proxy"} \
				chroot "$root" "$@"' bash "$root" "$@" &
	child=$! # in the background, where a signal to this program ends it at once
	wait "$child"
}
