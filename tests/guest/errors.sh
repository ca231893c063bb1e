#!/bin/busybox sh
# shellcheck shell=dash
# In the guest: what the tool says where it cannot run. Each line of the table is
# one way a machine may be; the tool must end with exit code 3 and one line that
# names the cause and the remedy. usage: errors.sh SITUATION...

# shellcheck source=lib/guest-check.sh
. /guest-check.sh

# name, pattern that stderr must match, command
expect() {
	local name=$1 pattern=$2 code lines
	shift 2
	"$@" >/tmp/out 2>/tmp/err </dev/null
	code=$?
	lines=$(grep -c . /tmp/err)
	if [ $code -eq 3 ] && [ "$lines" -eq 1 ] && grep -q "$pattern" /tmp/err; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $name: exit $code: $(cat /tmp/err /tmp/out)"
	fi
}

# Plain doctor tells in its answer why it looked for no defect, beside the one line.
not_looked() {
	check "$1: no defect was looked for" grep -q '^  not looked for' /tmp/out
	check "$1: and why" grep -q "^  why .*$2" /tmp/out
}

no_mount() {
	expect 'no virtiofs mount' 'no virtiofs mount.*mount -t virtiofs' $tool -b -n 1 --no-wait
}

not_root() {
	expect 'not root' 'CAP_BPF.*CAP_PERFMON.*root' su -s /bin/sh nobody -c "$tool -b -n 1"
	expect 'stuck, not root' 'CAP_BPF.*CAP_SYSLOG.*root' su -s /bin/sh nobody -c "$tool doctor --stuck"
	expect 'doctor, not root' 'CAP_BPF.*CAP_PERFMON' su -s /bin/sh nobody -c "$tool doctor"
	not_looked 'not root' CAP_BPF
}

no_types() {
	mount -t tmpfs tmpfs /sys/kernel/btf
	expect 'no kernel types' 'CONFIG_DEBUG_INFO_BTF' $tool -b -n 1
	expect 'stuck, no kernel types' 'CONFIG_DEBUG_INFO_BTF' $tool doctor --stuck
	expect 'doctor, no kernel types' 'CONFIG_DEBUG_INFO_BTF' $tool doctor
	not_looked 'no kernel types' 'no type information'
	umount /sys/kernel/btf
}

no_sysfs() {
	mount -t tmpfs tmpfs /sys
	expect 'no /sys' '/sys is not mounted' $tool -b -n 1
	umount /sys
}

no_window() {
	expect 'no window' 'has no DAX.*offers no DAX window' $tool -b -n 1 -d 1
}

never() {
	expect 'dax=never' 'mounted with dax=never' $tool -b -n 1 -d 1
}

# less than the tables take
little_memory() {
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control
	mkdir /sys/fs/cgroup/small
	echo 30M >/sys/fs/cgroup/small/memory.max
	expect 'little memory' 'not enough memory for the tables.*memory limit' \
		sh -c "echo \$\$ >/sys/fs/cgroup/small/cgroup.procs; exec $tool -b -n 1"
}

lockdown() {
	mount -t securityfs securityfs /sys/kernel/security 2>/dev/null
	expect 'lockdown' 'lockdown.*confidentiality' $tool -b -n 1
}

echo 'nobody:x:65534:65534::/:/bin/sh' >>/etc/passwd
for situation; do
	$situation
done
check_end
