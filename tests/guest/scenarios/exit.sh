# Tasks whose exit is what evicts a mapped, unlinked file, and one that changes
# its name by execve.
work() {
	i=0 release=$(uname -r)
	while [ $i -lt 100 ]; do
		file=/mnt/big/exit-$i
		echo x >$file
		read_and_exit
		i=$((i + 1))
	done
	sh -c 'exec 3<>/mnt/big/renamed; echo abcd >&3; exec dd if=/mnt/big/renamed of=/dev/null bs=4 count=1' 2>/dev/null
}

# Where the last reference may go in the worker that takes the host's answers,
# which then waits for the answer to its own request, the whole mount hangs for
# good: there the file is closed before it is unlinked.
read_and_exit() {
	case $release in
	6.1.* | 6.18.* | 6.19.* | 7.0.*)
		(read -r _ <$file)
		rm $file
		;;
	*) (exec 3<$file && read -r _ <&3 && exec rm $file) ;;
	esac
}
