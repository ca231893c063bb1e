# The host is gone, with requests unanswered; what asked hangs for good. The tool
# goes on, begins anew beside it, and leaves nothing behind however it ends.
fs=small
tracer=self
# shellcheck source=end-by.sh
. /scenarios/end-by.sh
work() {
	tool_opts='--delay 0.5'
	trace_start
	daxload ctl /mnt/mortal hang setup
	for_good read a
	for_good fault b
	for_good truncate c --start-file /tmp/dead
	daxload wait-for 1000
	daxload ctl /mnt/mortal die &
	daxload wait-for 2000
	touch /tmp/dead
	load fault --dir /mnt/small --size 4M
	daxload wait-for 1500
	end_by INT
	begin_again
	name_a_file
}

# for_good OP FILE OPTION...: its output must not keep a pipe open
for_good() {
	local op=$1 file=$2
	shift 2
	daxload slow --op "$op" --size 2M --file "/mnt/mortal/$file" "$@" >/dev/null 2>&1 &
}

# Whoever names a file there that the guest has to ask the host for does not hang with it.
name_a_file() {
	local code
	timeout -s KILL 60 $tool top --json -n 1 --path /mnt/mortal/never-asked-for >/dev/null 2>/out/path.err
	code=$?
	echo "{\"workload\":\"path\",\"code\":$code,\"says\":\"$(cat /out/path.err)\"}" >>"/out/$name.load"
	timeout -s KILL 60 $tool top --json -n 1 --mount /mnt/mortal/neither-this >/dev/null 2>/out/mount.err
	code=$?
	echo "{\"workload\":\"mount\",\"code\":$code,\"says\":\"$(cat /out/mount.err)\"}" >>"/out/$name.load"
}

begin_again() {
	tracer_start dead-again
	end_by KILL
}
