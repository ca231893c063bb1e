# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# In the guest: the peers' image as a place to run in. To be sourced, not run.

peers=/peers

mount_peers() {
	local dir
	mkdir -p $peers
	mount -t ext4 -o ro /dev/vda $peers || return
	for dir in dev proc sys; do
		mount --rbind /$dir $peers/$dir
	done
	mount -t tmpfs -o size=60% tmpfs $peers/tmp
	mount -t tmpfs tmpfs $peers/run
	mkdir $peers/run/bench
	# the image is read-only: what we bring lies where its /bench points to
	cp /bench/* $peers/run/bench
}

# Becomes COMMAND there: for the background, so that $! is its pid.
exec_peer() {
	exec chroot $peers /usr/bin/env HOME=/tmp PATH=/usr/bin:/usr/sbin stdbuf -oL "$@"
}

# Asleep where a program waits for events, not for a grace period or the disk.
is_waiting() {
	grep -q -e poll -e nanosleep -e sigsuspend -e select -e pause "/proc/$1/wchan" 2>/dev/null
}

# What a peer may have left behind.
tidy_up() {
	echo nop >/sys/kernel/tracing/current_tracer
	echo 0 >/sys/kernel/tracing/events/enable
	: >/sys/kernel/tracing/kprobe_events
	: >/sys/kernel/tracing/set_graph_function
	rm -f $peers/tmp/*
}
