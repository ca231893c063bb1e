# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What fetch and boot share: how they speak, where things lie, and how a
# kernel is named. To be sourced, not run.

guest_dir=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
repo_dir=$(cd "$guest_dir/../.." && pwd)
# depmod and modprobe lie where users do not look
PATH=$PATH:/usr/sbin:/sbin
cache_dir=${DAXTOP_CACHE:-$repo_dir/.cache}

step() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# die CODE MESSAGE...
die() {
	local code=$1
	shift
	step "$*"
	exit "$code"
}

# need_tools CODE TOOL...: every missing one is named, not just the first.
need_tools() {
	local code=$1 tool missing=()
	shift
	for tool; do
		command -v "$tool" >/dev/null || missing+=("$tool")
	done
	[ ${#missing[@]} = 0 ] ||
		die "$code" "not found: ${missing[*]}; run 'tests/guest/fetch deps' as root"
}

# arch_name ARCH: uname -m's word for what may be Debian's.
arch_name() {
	case $1 in
	amd64) echo x86_64 ;;
	arm64) echo aarch64 ;;
	*) printf '%s\n' "$1" ;;
	esac
}

# A series is what the user writes (6.12, 6.12-rt, 7.2-cloud); an architecture
# is uname -m's word for it. One kernel lies in one folder:
#   vmlinuz  config  release  packages  lib/modules/RELEASE/
kernel_dir() {
	local series=$1 arch=$2
	printf '%s/kernel/%s/%s\n' "$cache_dir" "$arch" "$series"
}

# linux.tar.xz and the package's version lie in it.
source_dir() {
	printf '%s/source/%s\n' "$cache_dir" "$1"
}

qemu_dir() {
	printf '%s/qemu\n' "$cache_dir"
}

# A static busybox for guests of another architecture than this machine's.
busybox_dir() {
	printf '%s/busybox/%s\n' "$cache_dir" "$1"
}
