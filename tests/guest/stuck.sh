#!/bin/busybox sh
# shellcheck shell=dash
# In the guest: hang things, and only then ask doctor --stuck who hangs, and doctor which known defects
# show. What they said goes to /out/NAME.json and /out/NAME.doctor.json, what the workloads say of
# themselves, once they are let go, to /out/NAME.load.
# usage: stuck.sh SITUATION...

# shellcheck source=lib/guest-check.sh
. /guest-check.sh

# One workload in the background, some of which hangs from now on.
load() {
	daxload "$@" >>"/out/$name.load" 2>>"/out/$name.load.err" &
	loads="$loads $!"
	daxload wait-for 500
}

# Its other checks do well beside what hangs, whatever defect shows.
ask_doctor() {
	timeout -s KILL 120 $tool doctor --json >"/out/$name.doctor.json" 2>"/out/$name.doctor.err"
	check 'exit code of doctor' [ $? -eq 0 ]
	check 'doctor says nothing on stderr' [ ! -s "/out/$name.doctor.err" ]
}

# The same in words: attaching all hooks takes long, so not in each situation.
ask_doctor_words() {
	timeout -s KILL 120 $tool doctor >"/out/$name.doctor.txt" 2>>"/out/$name.doctor.err"
	check 'exit code of doctor in words' [ $? -eq 0 ]
}

# The tool, once the youngest wait is older than a second; it must find something.
ask() {
	local code
	daxload wait-for 1200
	timeout -s KILL 60 $tool doctor --stuck --json >"/out/$name.json" 2>"/out/$name.err"
	code=$?
	check "exit code $code" [ $code -eq "$1" ]
	check 'says nothing on stderr' [ ! -s "/out/$name.err" ]
	ask_doctor
}

let_go() {
	local each
	daxload ctl "$1" clear
	for each in $loads; do
		wait "$each" || echo "FAIL $name: a workload: $(cat "/out/$name.load.err")"
	done
	loads=''
}

# ---- situations ----

nothing() {
	ask 0
	ask_doctor_words
}

# A truncate that the host does not answer, and a fault behind it.
truncate() {
	daxload ctl /mnt/big hang setattr
	load truncate-block --dir /mnt/big --probe-after 50
	ask 1
	timeout -s KILL 60 $tool doctor --stuck >/out/truncate.txt
	timeout -s KILL 60 $tool doctor --stuck --older-than 1000000 >/out/old.txt
	check 'nothing is as old as that' [ $? -eq 0 ]
	let_go /mnt/big
}

# fallocate() has one function for all its modes.
zero() {
	daxload ctl /mnt/big hang fallocate
	load truncate-block --dir /mnt/big --op zero --probe-after 50
	ask 1
	let_go /mnt/big
}

# A fault that the host does not answer, and behind its mmap_lock a thread and a reader in /proc.
mmap() {
	daxload ctl /mnt/big hang setup
	load mmap-block --dir /mnt/big
	cat "/proc/${loads# }/maps" >/dev/null &
	echo "{\"workload\":\"maps\",\"pid\":$!}" >>"/out/$name.load"
	ask 1
	let_go /mnt/big
}

# Faults that wait for a slow setup's i_dmap_sem, and the setup.
dmap() {
	load setup-race --dir /mnt/big --setups 1 --size 6M --inject 'hang setup'
	ask 1
	let_go /mnt/big
}

# A truncate that waits for a pinned page, and a read behind it.
pinned() {
	load pinned --dir /mnt/big --op truncate --delays 20000,100 --probe-read
	ask 1
	let_go /mnt/big
}

# No range is free: the worker that would free some waits for the host.
range() {
	load reclaim-block --dir /mnt/small --mode background --size 8M --fill 24M --seconds 1 \
		--drop-caches --inject 'hang remove'
	ask 1
	let_go /mnt/small
}

# No range is free: the worker that would free some waits for a pinned page.
chain() {
	load pin-window --file /mnt/small/chain --size 32M --stuck-file /tmp/stuck
	until [ -e /tmp/stuck ]; do daxload wait-for 100; done
	ask 1
	ask_doctor_words
	rm /tmp/stuck
	let_go /mnt/small
}

# A task killed in open(O_TRUNC) keeps i_mmap_sem on some kernels.
leaked() {
	local killed
	daxload pinned --file /mnt/atomic/leaked --keep --op open-trunc --delays 60000,100 >/dev/null 2>&1 &
	killed=$!
	daxload wait-for 1500
	kill -9 $killed
	wait $killed
	daxload slow --op fault --file /mnt/atomic/leaked --existing --size 4M >/dev/null 2>&1 &
	echo "{\"workload\":\"slow\",\"pid\":$!}" >"/out/$name.load"
	ask 1
}

# The worker that takes the host's answers drops the last reference of a file, and waits for one itself.
worker() {
	local i=0
	while [ $i -lt 5 ]; do
		(
			echo x >/mnt/dead/$i
			exec 3</mnt/dead/$i && read -r _ <&3 && exec rm /mnt/dead/$i
		) >/dev/null 2>&1 &
		daxload wait-for 300
		i=$((i + 1))
	done
	ask 1
}

for name; do
	situation=$name
	loads=''
	: >"/out/$name.load"
	$name
done
check_end
