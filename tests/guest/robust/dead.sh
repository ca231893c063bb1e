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
}

# for_good OP FILE OPTION...: its output must not keep a pipe open
for_good() {
	local op=$1 file=$2
	shift 2
	daxload slow --op "$op" --size 2M --file "/mnt/mortal/$file" "$@" >/dev/null 2>&1 &
}

begin_again() {
	tracer_start dead-again
	end_by KILL
}
