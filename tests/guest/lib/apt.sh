# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A private apt: Debian suites that this machine does not have, read with
# apt's own clients, without touching the machine's own lists, caches or
# package database. Nothing is installed from here, only downloaded; the
# database is an empty file, so a dependency closure is always complete.
#
# Index files are shared: one per suite and architecture, however many source
# lists name the suite.

apt_dir=$cache_dir/apt
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
index_max_age_min=1440

# The mirror this machine itself uses for Debian's main archive.
apt_mirror() {
	local release uri
	if [ -n "${DAXTOP_MIRROR:-}" ]; then
		printf '%s\n' "$DAXTOP_MIRROR"
		return
	fi
	release=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-bookworm}")
	for uri in \
		"$(apt_targets 'Origin: Debian' "Codename: $release" | head -n 1)" \
		"$(apt_targets 'Origin: Debian' | head -n 1)" \
		"$(apt_targets "Release: $release" | head -n 1)"; do
		if [ -n "$uri" ]; then
			printf '%s\n' "$uri"
			return
		fi
	done
	die 3 "no Debian mirror in this machine's apt configuration; set DAXTOP_MIRROR to one's URI"
}

apt_targets() {
	# shellcheck disable=SC2016 # apt's own format, not the shell's
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' "$@" 2>/dev/null
}

# apt_setup ARCH: ARCH is Debian's word (amd64, arm64). Everything after this
# speaks of packages of that architecture alone.
apt_setup() {
	apt_arch=$1
	mkdir -p "$apt_dir/lists/partial" "$apt_dir/sources" "$apt_dir/index"
	: >"$apt_dir/status"
	cat >"$apt_dir/apt-$apt_arch.conf" <<-EOF
		APT::Architecture "$apt_arch";
		APT::Architectures { "$apt_arch"; };
		Dir::State "$apt_dir";
		Dir::State::status "$apt_dir/status";
		Dir::State::lists "$apt_dir/lists";
		Dir::State::extended_states "$apt_dir/extended_states";
		Dir::Cache "$apt_dir";
		Dir::Cache::pkgcache "";
		Dir::Cache::srcpkgcache "";
		Dir::Etc::sourceparts "$apt_dir/none";
		Dir::Etc::preferences "$apt_dir/none";
		Dir::Etc::preferencesparts "$apt_dir/none";
		APT::Sandbox::User "";
		APT::Get::List-Cleanup "false";
		APT::Get::Assume-Yes "true";
		APT::Install-Recommends "false";
		Acquire::Languages "none";
		Acquire::Check-Valid-Until "false";
		Acquire::Retries "3";
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		#clear DPkg::Pre-Install-Pkgs;
		#clear DPkg::Post-Invoke;
	EOF
	mkdir -p "$apt_dir/none"
}

# apt_use SUITE...: what the calls below may see; fetches missing or old indexes.
# What the first suite has is preferred (apt would pass over backports).
apt_use() {
	local suite mirror
	apt_suites=("$@")
	mirror=$(apt_mirror)
	apt_sources=$apt_dir/sources/$apt_arch.list
	for suite; do
		apt_source_line "$suite" "$mirror"
	done >"$apt_sources"
	for suite; do
		apt_update_index "$suite" "$mirror" ''
	done
}

# apt_refresh: the same suites with today's indexes.
apt_refresh() {
	local suite mirror
	mirror=$(apt_mirror)
	for suite in "${apt_suites[@]}"; do
		apt_update_index "$suite" "$mirror" force
	done
}

apt_source_line() {
	printf 'deb [arch=%s signed-by=%s] %s %s main\n' "$apt_arch" "$keyring" "$2" "$1"
}

apt_update_index() {
	local suite=$1 mirror=$2 force=$3 stamp=$apt_dir/index/$1-$apt_arch list
	if [ -z "$force" ] && [ -n "$(find "$stamp" -mmin "-$index_max_age_min" 2>/dev/null)" ]; then
		return
	fi
	step "fetching the package index of $suite ($apt_arch)"
	list=$apt_dir/sources/$suite-$apt_arch.list
	apt_source_line "$suite" "$mirror" >"$list"
	apt-get -c "$apt_dir/apt-$apt_arch.conf" -o Dir::Etc::sourcelist="$list" -qq \
		-o APT::Update::Error-Mode=any update >&2 ||
		die 3 "the index of $suite did not come; is there a network, and does the mirror (see 'apt-get indextargets') still carry $suite?"
	touch "$stamp"
}

apt_cache() {
	apt-cache -c "$apt_dir/apt-$apt_arch.conf" -o Dir::Etc::sourcelist="$apt_sources" \
		-t "${apt_suites[0]}" "$@"
}

# apt_download DIR PACKAGE...: the .deb files alone, checked by apt.
apt_download() {
	local dir=$1
	shift
	(cd "$dir" && apt-get -c "$apt_dir/apt-$apt_arch.conf" \
		-o Dir::Etc::sourcelist="$apt_sources" -t "${apt_suites[0]}" -qq download "$@" >&2)
}

# apt_download_closure DIR PACKAGE...: with everything they depend on.
apt_download_closure() {
	local dir=$1
	shift
	mkdir -p "$dir/partial"
	apt-get -c "$apt_dir/apt-$apt_arch.conf" -o Dir::Etc::sourcelist="$apt_sources" \
		-t "${apt_suites[0]}" -qq -o Dir::Cache::archives="$dir" -o Debug::NoLocking=1 \
		--download-only install "$@" >/dev/null
}
