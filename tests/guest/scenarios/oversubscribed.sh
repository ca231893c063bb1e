# More faulting tasks than processors. A preemptible kernel may switch tasks
# inside a tracing program, and does not run that program again on this
# processor until it has ended: what is missed so must be counted as lost.
work() {
	load fault --dir /mnt/big --page pte --threads 6 --size 8M --seconds 4
}
