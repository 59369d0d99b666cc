# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Packages of other suites of the machine's own Debian archive, without changing its sources.

apt_log=$cache/apt/setup.log

own_codename() { (. /etc/os-release && echo "${VERSION_CODENAME:-}"); }

# The machine's own Debian archive: first source that offers the release's main suite.
debian_uri() {
	apt-get indextargets --format '$(CODENAME) $(ORIGIN) $(COMPONENT) $(REPO_URI)' \
		'Created-By: Packages' | awk -v code="$1" \
		'$1 == code && $2 == "Debian" && $3 == "main" && !found { print $4; found = 1 }'
}

# Give private_apt these suites of the archive and nothing else.
use_suites() {
	local uri=$1 suite dir=$cache/apt
	shift
	rm -rf "$dir/archives"
	mkdir -p "$dir/lists/partial" "$dir/archives/partial" "$dir/cache"
	for suite in "$@"; do
		printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
			"$uri" "$suite"
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
