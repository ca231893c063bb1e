# As counts-reuse, with more tasks than processors, which move about.
tool_opts='--detail counts'
work() {
	load reuse --dir /mnt/big --threads 6 --files 20
}
