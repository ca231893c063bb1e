# Locks waited for behind holders that are known, a hundred times each.
work() {
	ctl delay setattr 40
	load blame --file /mnt/big/by-fault
	load blame --file /mnt/big/by-read --by read
	load blame --file /mnt/big/convoy --waiters 4
	ctl clear
	ctl delay setup 40
	load blame --file /mnt/big/setup --hold setup --rounds 50
	load blame --file /mnt/big/readers --hold setup --by truncate --rounds 50
	ctl clear
	load blame --file /mnt/big/pin --hold pin --by read
}
