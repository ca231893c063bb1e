#!/bin/busybox sh
# shellcheck shell=dash
# In the guest: the tool beside a mount that comes, goes and hangs, and with no
# more privilege than it needs. What it printed goes to /out/NAME.json.
# usage: independence.sh SITUATION...

# shellcheck source=lib/guest-check.sh
. /guest-check.sh

# what, exit code, pattern that stderr must match, command
ends() {
	local what=$1 want=$2 pattern=$3 code
	shift 3
	"$@" 2>/tmp/err </dev/null
	code=$?
	if [ $code -eq "$want" ] && grep -q "$pattern" /tmp/err; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $what: exit $code: $(cat /tmp/err)"
	fi
}

# Until a command succeeds, for at most so many times a fifth of a second.
until_true() {
	local tries=$1
	shift
	until "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.2
	done
}

lines() {
	wc -l <"/out/$name.json"
}

has_lines() {
	[ "$(lines)" -ge "$1" ]
}

# So many more intervals, within 20 s.
intervals() {
	until_true 100 has_lines $(($(lines) + $1))
}

# The tool, in the background: name, then the command with its first options.
start() {
	name=$1
	shift
	"$@" --json --delay 0.3 --top 0 >"/out/$name.json" 2>"/out/$name.err" &
	tool_pid=$!
}

says() {
	grep -q "$1" "/out/$name.err"
}

is_tracing() {
	check "$name: traces" until_true 750 says ': tracing'
}

is_ended() {
	[ ! -e "/proc/$tool_pid/stat" ] || [ "$(state_of "$tool_pid")" = Z ]
}

stop() {
	kill -TERM "$tool_pid"
	check "$name: ends" until_true 750 is_ended
	wait "$tool_pid"
	check "$name: exit code" [ $? -eq 0 ]
}

status_is() {
	grep -q "^$1:[[:space:]]*$2\$" "/proc/$tool_pid/status"
}

# Letter of /proc/PID/stat; no other file of a task that hangs can be read safely.
state_of() {
	local stat
	read -r stat <"/proc/$1/stat" 2>/dev/null || return 1
	stat=${stat##*) }
	echo "${stat%% *}"
}

# One of two tasks.
sleeps_deep() {
	[ "$(state_of "$1")" = D ] || [ "$(state_of "$2")" = D ]
}

mount_late() {
	mkdir -p /mnt/late
	until_true 50 mount -t virtiofs -o dax=always late /mnt/late
}

is_in_memory() {
	check "$name: runs from memory" [ -z "$(grep /mnt/ "/proc/$tool_pid/maps")" ]
	case $(readlink "/proc/$tool_pid/exe") in
	/memfd:*) check "$name: its file is in memory" true ;;
	*) check "$name: its file is in memory" false ;;
	esac
	check "$name: is locked" [ "$(sed -n 's/^VmLck:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$tool_pid/status")" -gt 1000 ]
}

# Puts the tool and what it needs on a mount whose window is fresh: QEMU's
# translator has been seen to run stale code where a range has been used before.
populate() {
	cp -r /files/* "$1"
	chmod -R 755 "$1"
	dd if=/dev/zero of="$1/file" bs=1M count=4 2>/dev/null
}

# The host of a mount answers nothing any more that the tool might ask, and the
# ranges that the tool's files were read through are gone.
hang() {
	daxload fault --dir "$1" --size 48M --page pmd >/dev/null
	daxload ctl "$1" hang setup
	cat "$1/file" >/dev/null & # one of them waits for the other's lock
	hung_pid=$!
	cat "$1/file" >/dev/null &
	check "$name: others hang" until_true 25 sleeps_deep $hung_pid $!
	for op in remove read open release flush lookup; do
		daxload ctl "$1" hang $op
	done
	check "$name: keeps reporting" intervals 6
	check "$name: while others hang" sleeps_deep $hung_pid $!
}

# ---- situations ----

# What is written to what is traced.
outputs() {
	ends 'output on the mount' 2 'standard output is a file on /mnt/dax.*--force' \
		sh -c "$tool -n 1 >/mnt/dax/out"
	sh -c "$tool -n 1 2>/mnt/dax/err" >/tmp/out
	check 'errors on the mount' [ $? -eq 2 ]
	check 'says so' grep -q 'standard error is a file' /mnt/dax/err
}

# Each capability missing in turn.
capabilities() {
	local row
	for row in perfmon,syslog:CAP_BPF bpf,syslog:CAP_PERFMON bpf,perfmon:CAP_SYSLOG \
		sys_admin:CAP_SYSLOG none:CAP_BPF.*CAP_PERFMON.*CAP_SYSLOG; do
		ends "only ${row%%:*}" 3 "missing ${row#*:} (.*setcap cap_bpf,cap_perfmon,cap_syslog+ep" \
			daxload caps "${row%%:*}" $tool -n 1 --detail counts
	done
	ends 'only syslog, at full' 3 'missing CAP_BPF ([^)]*), CAP_PERFMON ([^)]*): .*setcap cap_bpf,cap_perfmon+ep' \
		daxload caps syslog $tool -n 1
	# what doctor does without for its other checks is no reason to fail
	daxload caps bpf,perfmon $tool doctor >/tmp/out 2>/tmp/err
	check 'doctor without CAP_SYSLOG' [ $? -eq 0 ]
	check 'says why it looked for no defect' grep -q '^  why .*CAP_SYSLOG' /tmp/out
}

waiting() {
	ends 'no such mount yet' 2 'No such file' $tool --no-wait --mount /mnt/late -n 1
	ends 'stopped while it waits' 0 'waiting for a virtiofs mount: late' \
		timeout -s INT 1 $tool --mount late -n 1
}

# Started from the mount as nobody with two capabilities. Meanwhile another mount
# comes, goes and comes again; then the host of the first hangs.
static() {
	populate /mnt/dax
	start static daxload caps bpf,perfmon /mnt/dax/virtiofs-daxtop
	is_tracing
	is_in_memory
	for set in CapInh CapPrm CapEff CapAmb; do
		check "$name: gave up $set" status_is $set 0000000000000000
	done
	check "$name: gains none" status_is NoNewPrivs 1
	mount_late
	daxload fault --dir /mnt/late --size 8M --page pmd >/dev/null
	intervals 2
	check "$name: unmounts under it" umount /mnt/late
	check "$name: goes on after that" intervals 2
	mount_late
	daxload fault --dir /mnt/late --size 4M --page pmd >/dev/null
	intervals 1
	hang /mnt/dax
	stop
	daxload ctl /mnt/dax clear
	umount /mnt/late
}

# Started from the mount with its libraries before what it is to trace is there.
dynamic() {
	populate /mnt/dyn
	mkdir -p /lib64
	ln -sf /mnt/dyn/lib/ld-linux-x86-64.so.2 /lib64/
	start dynamic env LD_LIBRARY_PATH=/mnt/dyn/lib /mnt/dyn/virtiofs-daxtop-dynamic --mount late
	check "$name: waits" until_true 100 says 'waiting for a virtiofs mount: late'
	mount_late
	is_tracing
	is_in_memory
	daxload fault --dir /mnt/late --size 8M --page pmd >/dev/null
	hang /mnt/dyn
	stop
}

# fuse and virtiofs are modules here, and come after the tool.
modules() {
	rmmod virtiofs && rmmod fuse
	start modules $tool
	check "$name: waits" until_true 100 says 'waiting for a virtiofs mount'
	insmod /lib/modules/fuse.ko && insmod /lib/modules/virtiofs.ko
	mount_late
	is_tracing
	daxload fault --dir /mnt/late --size 8M --page pmd --keep >/dev/null
	intervals 2
	check "$name: unmounts under it" umount /mnt/late
	check "$name: keeps the modules" sh -c '! rmmod virtiofs 2>/dev/null'
	check "$name: goes on after that" intervals 2
	mount_late
	daxload fault --dir /mnt/late --size 4M --page pmd --keep >/dev/null
	intervals 1
	umount /mnt/late
	stop
	check "$name: lets them go" until_true 50 rmmod virtiofs
}

for situation; do
	$situation
done
check_end
