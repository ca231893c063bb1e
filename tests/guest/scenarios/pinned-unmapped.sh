# The pinned file is unmapped: kernels before 6.16 do not scan it, and do not wait.
work() {
	load pinned --dir /mnt/big --op truncate --unmap
}
