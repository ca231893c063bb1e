# The inside of faults: by page with and without a setup, by 2 MiB, and by 2 MiB
# in vain, where entries of single pages are in the way; and first writes.
tool_opts='--phases'

work() {
	load fault --file /mnt/big/dl-phases-pte --page pte --size 4M --touches 3072 --keep
	load fault --file /mnt/big/dl-phases-pte --page pmd --size 4M --existing
	load fault --file /mnt/big/dl-phases-write --page pte --write --size 2M --touches 1024
	load fault --file /mnt/big/dl-phases-pmd --page pmd --size 16M --touches 64
	ctl delay setup 20
	load fault --file /mnt/big/dl-phases-slow --page pte --size 4M
	load fault --file /mnt/big/dl-phases-slow-pmd --page pmd --size 4M
	load upgrade --file /mnt/big/dl-phases-upgrade --size 4M
}
