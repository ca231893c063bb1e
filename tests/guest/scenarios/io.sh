# What comes through the window, and what goes round it: writes that end past the
# end of the file. dd's own figures are known.
# shellcheck disable=SC2034 # for the runner
tracer=self
work() {
	local file=/mnt/big/io-file
	trace_start
	dd if=/dev/zero of=$file bs=128k count=16 2>/dev/null
	dd if=/dev/zero of=$file bs=2M count=1 seek=512k oflag=seek_bytes conv=notrunc 2>/dev/null
	dd if=/dev/zero of=$file bs=4k count=2 conv=notrunc 2>/dev/null
	dd if=$file of=/dev/null bs=64k 2>/dev/null
	dd if=$file of=/dev/null bs=1M 2>/dev/null
	echo "{\"workload\":\"dd\",\"ino\":$(stat -c %i $file)}" >>"/out/$name.load"
	rm $file
	load fault --dir /mnt/big --page pte --size 4M --touches 100
	load fault --dir /mnt/big --page pmd --size 8M
	trace_stop
}
