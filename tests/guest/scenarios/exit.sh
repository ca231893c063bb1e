# Tasks whose exit is what evicts a mapped, unlinked file, and one that changes
# its name by execve: more of them than there are slots for tasks would show a
# slot that nobody gives back.
work() {
	i=0
	while [ $i -lt 300 ]; do
		echo x >/mnt/big/exit-$i
		(exec 3</mnt/big/exit-$i && cat <&3 >/dev/null && rm /mnt/big/exit-$i)
		i=$((i + 1))
	done
	sh -c 'exec 3<>/mnt/big/renamed; echo abcd >&3; exec dd if=/mnt/big/renamed of=/dev/null bs=4 count=1' 2>/dev/null
}
