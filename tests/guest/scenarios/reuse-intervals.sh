# The same read while it happens, several times, beside a storm: what the
# intervals say adds up to what was done.
tool_opts='--delay 0.3'
work() {
	load fault --file /mnt/big/dl-storm --page pte --size 4M --seconds 4 &
	storm=$!
	load reuse --dir /mnt/big --threads 2 --files 40
	wait $storm
}
