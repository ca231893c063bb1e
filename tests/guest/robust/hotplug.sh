# Processors go and come under a storm.
work() {
	load fault --dir /mnt/big --processes 8 --size 4M --seconds 5 &
	storm=$!
	plug 0
	plug 1
	plug 0
	plug 1
	wait $storm
}

# plug 0|1: all processors but the first; how many did
plug() {
	cnt=0
	for cpu in 1 2 3 4 5 6 7; do
		echo "$1" >/sys/devices/system/cpu/cpu$cpu/online && cnt=$((cnt + 1))
	done
	echo "{\"workload\":\"plug\",\"online\":$1,\"processors\":$cnt}" >>"/out/$name.load"
}
