# Each SETUPMAPPING takes 20 ms on the host's side; the faults behind them show it.
work() {
	ctl delay setup 20
	load fault --dir /mnt/big --page pte --size 40M --touches 20
	load thrash --dir /mnt/big --size 20M --by fault --iterations 1
}
