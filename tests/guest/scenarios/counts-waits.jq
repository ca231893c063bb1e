def fault_max: [.ops | fault_ops[] | .max_ns | select(. != null)] | max;
def fault_waits(w): sum(.ops | fault_ops[] | .waits[w].total_ns);
load("truncate-block") as $t | load("fault") as $f
| [$load[] | select(.workload == "thrash")] as [$by_fault, $by_read]
| inode($f.ino) as $i
| requests_agree, trust_whole,
near("behind the truncate: the inode's slowest fault"; inode($t.ino) | fault_max; $t.fault_ns; 0.05),
near("the task's"; task($t.fault_tid) | fault_max; $t.fault_ns; 0.05),
near("its wait"; task($t.fault_tid) | fault_waits("i_mmap_sem.read"); $t.fault_ns; 0.05),
near("the inode's wait"; inode($t.ino) | fault_waits("i_mmap_sem.read"); $t.fault_ns; 0.05),
eq("behind setups: all are counted"; $i | faults; $f.touches),
eq("those that set up are timed"; $i.ops["fault.read.pte"].timed; 4),
# before its first wait it is not timed, and may be held up too
nearly("the slowest as the workload saw it"; $i | fault_max; $f.slowest_ns; 0.4),
eq("they waited as long as their setups"; $i | fault_waits("request.host"); $i.ops.setup.waits["request.host"].total_ns),
as_logged("which is what the host logged"; $i | fault_waits("request.host"); requests_of($f.ino; "setup")),
( $by_fault.tasks[] | . as $w | task(.tid)
  | slowest_of("thrash by fault, \($w.tid): the slowest"; fault_max; $w.slowest_ns; 0.1),
    le("the time of those that waited"; sum(.ops | fault_ops[] | .total_ns); $w.ops_ns),
    ge("which is most"; sum(.ops | fault_ops[] | .total_ns); 0.8 * $w.ops_ns) ),
ge("by fault: free ranges waited for"; $tool.waits.free_range.count; 1),
ge("by fault: no touch uncounted"; inode($by_fault.ino) | faults; $by_fault.ops),
( $by_read.tasks[] | . as $w | task(.tid).ops.read
  | near("thrash by read, \($w.tid): the slowest"; .max_ns; $w.slowest_ns; 0.1),
    le("the time of those that waited"; .total_ns; $w.ops_ns),
    ge("which is most"; .total_ns; 0.8 * $w.ops_ns) ),
eq("by read: all are counted"; inode($by_read.ino).ops.read.outcomes.done; $by_read.ops),
eq("by read: all bytes"; inode($by_read.ino).ops.read.bytes; $by_read.ops * 4096)
