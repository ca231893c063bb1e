#!/bin/busybox sh
# shellcheck shell=dash
# In the guest: ask doctor whether DAX is on, of files and mounts where it is on, or off for each of the
# causes there are; as root, and as nobody. What it said goes to /out/NAME.root.{json,txt} and
# /out/NAME.nobody.*. usage: dax.sh KIND SITUATION...; KIND is what the kernel can: old (before 5.17) knows no
# DAX by file, mid (before 6.9) does not tell which device has which tag, new does both.

# shellcheck source=lib/guest-check.sh
. /guest-check.sh

# ask_as USER NAME CODE PATH
ask_as() {
	local user=$1 out=/out/$2.$1 code
	su -s /bin/sh "$user" -c "$tool doctor --json '$4'" >"$out.json" 2>"$out.err"
	code=$?
	check "$2: exit code $code for $user" [ $code -eq "$3" ]
	check "$2: says nothing on stderr to $user" [ ! -s "$out.err" ]
}

# The same in words, which must fit the screen but for the one line of an error.
read_as() {
	local out=/out/$2.$1.txt code
	su -s /bin/sh "$1" -c "$tool doctor '$4'" >"$out" 2>&1
	code=$?
	check "$2: text ends with $code for $1" [ $code -eq "$3" ]
	check "$2: no line is too long for $1" [ "$(awk 'length > 80 && !/^virtiofs-daxtop: /' "$out" | wc -l)" -eq 0 ]
}

ask() {
	ask_as root "$@"
	read_as root "$@"
	ask_as nobody "$@"
}

# ---- situations ----

always() {
	echo x >/mnt/always/file
	: >/mnt/always/empty
	echo x >/mnt/always/secret
	chmod 600 /mnt/always/secret
	ln -sf always/file /mnt/link
	mkfifo /mnt/always/fifo
	ask always-file 0 /mnt/always/file
	read_as nobody always-file 0 /mnt/always/file
	ask always-empty 0 /mnt/always/empty
	ask always-secret 0 /mnt/always/secret
	ask always-link 0 /mnt/link
	ask always-root 0 /mnt/always
	ask always-fifo 1 /mnt/always/fifo
}

# Without an option, and from 5.17 on with dax=inode, the server decides.
by_file() {
	local mount told=3 on=0
	[ "$kind" != old ] || told=1 on=1
	for mount in unset inode; do
		[ -d /mnt/$mount ] || continue
		daxload ctl /mnt/$mount 'daxname *.off off'
		echo x >/mnt/$mount/file
		echo x >/mnt/$mount/file.off
		mkdir /mnt/$mount/empty
		ask $mount-dir-empty $told /mnt/$mount/empty
		ask $mount-dir $told /mnt/$mount
		ask $mount-on $on /mnt/$mount/file
		ask $mount-off 1 /mnt/$mount/file.off
	done
	echo x >/mnt/noflags/file
	ask noflags 1 /mnt/noflags/file
	echo x >/mnt/unflagged/file
	ask unflagged 1 /mnt/unflagged/file
}

never() {
	echo x >/mnt/never/file
	ask never 1 /mnt/never/file
	ask never-root 1 /mnt/never
}

no_window() {
	echo x >/mnt/nowin/file
	ask nowin 1 /mnt/nowin/file
	ask_as root nowin-root 1 /mnt/nowin
	if [ "$kind" = mid ]; then
		ask_as nobody nowin-root 3 /mnt/nowin
	else
		ask_as nobody nowin-root 1 /mnt/nowin
	fi
	mkdir /mnt/refused
	check 'dax=always is taken without a window' \
		sh -c "! mount -t virtiofs -o dax=always nowin2 /mnt/refused && ! mount -t virtiofs -o dax nowin2 /mnt/refused" 2>/dev/null
	ask refused 1 /mnt/refused
}

server() {
	echo x >/mnt/nomap/file
	ask nomap 1 /mnt/nomap/file
	ask align 1 /mnt/align
	read_as nobody align 1 /mnt/align
	ask align-file 1 /mnt/align/file
	echo x >/mnt/always/broken
	daxload ctl /mnt/always 'fail setup EIO'
	ask broken 1 /mnt/always/broken
	daxload ctl /mnt/always clear
}

elsewhere() {
	ask proc 1 /proc
	ask missing 3 /mnt/always/missing 2>/dev/null
	mkdir -p /mnt/over /tmp/up /tmp/work
	chmod 755 /tmp/up
	mount -t overlay -o lowerdir=/mnt/always,upperdir=/tmp/up,workdir=/tmp/work o /mnt/over
	echo x >/mnt/over/upper
	ask overlay 0 /mnt/over/file
	ask overlay-off 1 /mnt/over/upper
	ask overlay-dir 3 /mnt/over
}

# Of a mount that hangs, in time, though who asks cannot be killed.
hanging() {
	local begin end
	echo x >/mnt/always/slow
	daxload ctl /mnt/always 'hang setup'
	begin=$(date +%s)
	ask_as nobody late 3 /mnt/always/slow
	daxload ctl /mnt/always clear
	mkdir /mnt/always/deep
	daxload ctl /mnt/always "hang lookup ino $(stat -c %i /mnt/always/deep)"
	$tool doctor /mnt/always/deep/file 2>&1 | cat >/out/hang.txt
	end=$(date +%s)
	check "took $((end - begin)) s" [ $((end - begin)) -le 30 ]
	check 'says that it does not answer' grep -q 'does not answer.*doctor --stuck' /out/hang.txt
	ask_as root hang 3 /mnt/always/deep/file
	daxload ctl /mnt/always clear
}

# All mounts: with BPF, and without the privilege for it.
all() {
	$tool doctor --json >/out/all.root.json 2>/out/all.root.err
	check 'exit code of doctor' [ $? -eq 0 ]
	su -s /bin/sh nobody -c "$tool doctor --json" >/out/all.nobody.json 2>/out/all.nobody.err
	check 'exit code of doctor for nobody' [ $? -eq 3 ]
	su -s /bin/sh nobody -c "$tool doctor" >/out/all.nobody.txt 2>&1
	check 'nobody is told of the mounts, too' grep -q 'tag always, dax=always' /out/all.nobody.txt
}

# A kernel without CONFIG_FUSE_DAX.
daxless() {
	echo x >/mnt/plain/file
	mkdir /mnt/refused /mnt/inode
	check 'dax=always is taken without a kernel for it' \
		sh -c '! mount -t virtiofs -o dax=always spare /mnt/refused' 2>/dev/null
	check 'dax=inode is not taken' mount -t virtiofs -o dax=inode spare /mnt/inode
	echo x >/mnt/inode/file
	ask plain 1 /mnt/plain/file
	ask plain-root 1 /mnt/plain
	ask inode 1 /mnt/inode/file
	ask refused 1 /mnt/refused
}

single() {
	echo x >/mnt/small/file
	ask single 0 /mnt/small/file
}

printf 'root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n' >/etc/passwd
kind=$1
shift
for name; do
	situation=$name
	$name
	read -r uptime _ </proc/uptime
	echo "$name: done at $uptime s" >>/out/times
done
check_end
