# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The guest's root: busybox, init and the modules a virtiofs mount needs, as
# one cpio archive kept with the kernel, and a second one made for each run.
# The kernel unpacks archives that stand one behind the other.

# where a static busybox may lie; the first that runs is taken
busybox_paths=("${BUSYBOX:-}" /bin/busybox /usr/bin/busybox)

# modules a virtiofs mount needs, if they are not built in
base_modules=(virtio_pci virtiofs)

foreign_busybox() {
	local dir
	dir=$(busybox_dir "$1")
	[ -n "${BUSYBOX:-}" ] || [ -e "$dir" ] || "$guest_dir/fetch" --arch "$1" busybox ||
		die 125 "a busybox for $1 is not there and could not be fetched"
	[ -x "${BUSYBOX:-$dir/busybox}" ] || die 125 "BUSYBOX is $BUSYBOX, but there is none for $1"
	printf '%s\n' "${BUSYBOX:-$dir/busybox}"
}

# find_busybox ARCH
find_busybox() {
	local path
	if [ "$1" != "$(uname -m)" ]; then
		foreign_busybox "$1"
		return
	fi
	for path in "${busybox_paths[@]}"; do
		if [ -x "$path" ] && ! ldd "$path" >/dev/null 2>&1; then
			printf '%s\n' "$path"
			return
		fi
	done
	die 125 "no static busybox; run 'tests/guest/fetch deps' as root"
}

# pack DIR FILE: DIR as a cpio archive owned by root
pack() {
	(cd "$1" && find . -print0 | cpio --null -o -H newc -R 0:0 --quiet) >"$2"
}

# base_initramfs KERNEL_DIR WORK_DIR ARCH MODULE...: prints the archive's path. It
# is made anew when one of its sources is younger. A busybox that does not run
# here is left to name its applets in the guest: see init.
base_initramfs() {
	local kernel=$1 stage=$2/base arch=$3 busybox base=$1/initramfs applet
	shift 3
	busybox=$(find_busybox "$arch") || exit
	if [ "$base" -nt "$guest_dir/init" ] && [ "$base" -nt "$guest_dir/lib/initramfs.sh" ] &&
		[ "$base" -nt "$busybox" ]; then
		printf '%s\n' "$base"
		return
	fi
	mkdir -p "$stage"/root/{bin,dev,etc,lib/modules,mnt,out,proc,root,run,sbin,sys,tmp,usr/bin,usr/sbin}
	cp "$guest_dir/init" "$stage/root/init"
	chmod 755 "$stage/root/init"
	cp "$busybox" "$stage/root/bin/busybox"
	if [ "$arch" = "$(uname -m)" ]; then
		for applet in $("$busybox" --list); do
			[ -e "$stage/root/bin/$applet" ] || ln -s busybox "$stage/root/bin/$applet"
		done
	fi
	echo 'root:x:0:0:root:/root:/bin/sh' >"$stage/root/etc/passwd"
	echo 'root:x:0:' >"$stage/root/etc/group"
	put_modules "$kernel" "$stage/root" base optional "${base_modules[@]}" "$@"
	pack "$stage/root" "$base.$$"
	mv "$base.$$" "$base"
	rm -rf "$stage"
	printf '%s\n' "$base"
}

# put_modules KERNEL_DIR ROOT LIST (optional|needed) MODULE...: unpacked and
# in the order they have to be loaded, which init reads from /etc/modules.LIST.
put_modules() {
	local kernel=$1 root=$2 list=$3 how=$4 module paths path name release
	shift 4
	release=$(cat "$kernel/release")
	mkdir -p "$root/etc" "$root/lib/modules"
	for module; do
		if ! paths=$(modprobe --show-depends -d "$kernel" -S "$release" "$module" 2>/dev/null); then
			[ "$how" = optional ] || die 125 "kernel $release has no module $module"
			continue
		fi
		while read -r path; do
			name=${path##*/}
			name=${name%.ko*}.ko
			[ ! -e "$root/lib/modules/$name" ] || continue
			unpack_module "$path" >"$root/lib/modules/$name"
			printf '%s\n' "$name" >>"$root/etc/modules.$list"
		done < <(sed -n 's/^insmod \([^ ]*\).*/\1/p' <<<"$paths")
	done
}

unpack_module() {
	case $1 in
	*.xz) xz -dc "$1" ;;
	*.zst) zstd -qdc "$1" ;;
	*.gz) gzip -dc "$1" ;;
	*) cat "$1" ;;
	esac
}
