# Faults on mapped ranges behind a setup of the same file that takes 200 ms.
work() {
	ctl delay setup 200
	load setup-race --dir /mnt/big --setups 1
}
