# Only tasks of one name.
tool_opts='--comm dl-fault'
work() {
	load truncate-block --dir /mnt/big --inject 'delay setattr 100'
}
