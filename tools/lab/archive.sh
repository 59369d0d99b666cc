# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Packages of the machine's own Debian archive, also of other suites, without changing its sources.

apt_log=$cache/apt/setup.log

# A value of the machine's /etc/os-release, or of the file that IOVNIC_OS_RELEASE names.
# shellcheck source=/dev/null
os_release() { (. "${IOVNIC_OS_RELEASE:-/etc/os-release}" && echo "${!1:-}"); }

own_codename() { os_release VERSION_CODENAME; }

# The machine's own Debian archive: first source that offers the release's main suite.
debian_uri() {
	apt-get indextargets --format '$(CODENAME) $(ORIGIN) $(COMPONENT) $(REPO_URI)' \
		'Created-By: Packages' | awk -v code="$1" \
		'$1 == code && $2 == "Debian" && $3 == "main" && !found { print $4; found = 1 }'
}

# Give private_apt these suites of the archive and nothing else; deb-src:SUITE is a suite's sources.
use_suites() {
	local uri=$1 suite type dir=$cache/apt
	shift
	rm -rf "$dir/archives"
	mkdir -p "$dir/lists/partial" "$dir/archives/partial" "$dir/cache"
	for suite in "$@"; do
		type=deb
		[ "$suite" = "${suite#*:}" ] || type=${suite%:*}
		printf '%s [signed-by=%s] %s %s main\n' "$type" \
			/usr/share/keyrings/debian-archive-keyring.gpg "$uri" "${suite#*:}"
	done >"$dir/sources.list"
	logged "$apt_log" private_apt update
}

# apt with separate lists, archives and sources; it shares only the state of installed packages.
private_apt() {
	local dir=$cache/apt
	apt-get -q -o Dir::Etc::SourceList="$dir/sources.list" -o Dir::Etc::SourceParts=- \
		-o Dir::State::Lists="$dir/lists" -o Dir::Cache="$dir/cache" \
		-o Dir::Cache::Archives="$dir/archives" -o APT::Sandbox::User=root \
		-o Debug::NoLocking=true -o APT::Keep-Downloaded-Packages=true \
		-o DPkg::Post-Invoke::=true -o APT::Install-Recommends=false "$@"
}

private_apt_cache() {
	local dir=$cache/apt
	apt-cache -o Dir::Etc::SourceList="$dir/sources.list" -o Dir::Etc::SourceParts=- \
		-o Dir::State::Lists="$dir/lists" -o Dir::Cache="$dir/cache" "$@"
}

# The names of packages that a package depends on, one a line.
dependencies_of() {
	"${apt_cache:-apt-cache}" show --no-all-versions "$1" | sed -n 's/^Depends: //p' | grep -o '[a-z][^ ,|()]*'
}

# Download packages with $apt into the current directory and unpack them into another.
unpack_packages() {
	local into=$1 deb
	shift
	logged "$log" "${apt:-apt-get}" -q -o APT::Sandbox::User=root download "$@"
	for deb in ./*.deb; do
		logged "$log" dpkg -x "$deb" "$into"
		rm "$deb"
	done
}

first_of() {
	local path
	for path in "$@"; do
		[ ! -e "$path" ] || break
	done
	echo "$path"
}

# A kernel's image, options and modules, in the current directory. Since 7.2 they are in several
# packages; the archive keeps old images without the package of their files for user space.
unpack_image() {
	local release=$1 packages=("linux-image-$1") own=unpacked/usr/lib/modules/$1 part file
	for part in $(dependencies_of "${packages[0]}" | grep -E '^linux-(base|binary|modules)-'); do
		# Without an error, also for a name that another package depends on
		[ -z "$("${apt_cache:-apt-cache}" show "$part" 2>/dev/null)" ] ||
			packages+=("$part")
	done
	unpack_packages unpacked "${packages[@]}"
	for file in vmlinuz config; do
		mv "$(first_of "unpacked/boot/$file-$release" "$own/$file")" "$file"
	done
	mkdir -p modules/lib
	mv "$(first_of unpacked/usr/lib/modules unpacked/lib/modules)" modules/lib/modules
	rm -rf unpacked
	rm -f "modules/lib/modules/$release/build" "modules/lib/modules/$release/source"
}
