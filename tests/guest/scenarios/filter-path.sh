# Only one folder's files, on one mount.
tool_opts='--path /mnt/big/in'
tracer=own # its folder must be there first
before() {
	mkdir -p /mnt/big/in/deep /mnt/big/out
}
work() {
	load fault --dir /mnt/big/in/deep --page pmd --size 8M
	load fault --dir /mnt/big/out --page pmd --size 8M
}
