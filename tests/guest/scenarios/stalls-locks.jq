# of a task or an inode: what it waited for, over all
def waited(w): sum(.waits[w].total_ns);
load("truncate-block") as $t | load("reclaim-block") as $r
| requests_agree, trust_whole,
near("behind the truncate: the fault's i_mmap_sem wait"; task($t.fault_tid).ops.fault | waited("i_mmap_sem.read"); $t.fault_ns; 0.05),
near("its inode's"; inode($t.ino).ops.fault | waited("i_mmap_sem.read"); $t.fault_ns; 0.05),
ge("the truncate's request"; task($t.truncate_tid).ops.truncate | waited("request.host"); 599e6),
as_logged("as the host logged it"; task($t.truncate_tid).ops.truncate | waited("request.host"); requests_of($t.ino; "setattr")),
eq("on its inode"; inode($t.ino).ops.truncate.count; 1),
( $load[] | select(.workload == "setup-race") | . as $l
  | (if .probe_by == "read" then "read" else "fault" end) as $op
  | ge("behind the setup, by \($op): the prober waited"; .probe_ns; 100e6),
    nearly("its i_dmap_sem wait"; task(.probe_tid).ops[$op] | waited("i_dmap_sem.read"); .probe_ns; 0.3),
    nearly("its inode's"; inode(.ino).ops[$op] | waited("i_dmap_sem.read"); .probe_ns; 0.3),
    ge("the setter waited for the host"; task(.setup_tid).ops[$op] | waited("request.host"); 199e6),
    le("no longer than the host took for all"; task(.setup_tid).ops[$op] | waited("request.host");
      1.1 * sum(requests_of($l.ino; "setup")[] | .dur_ns)) ),
slowest_of("behind reclaim: the slowest i_mmap_sem wait but for the truncate's";
  task($r.fault_tid).ops.fault | waited("i_mmap_sem.read"); $r.fault_sum_ns; 0.2),
le("not more than the task's faults took"; task($r.fault_tid).ops.fault | sum(.waits[] | .total_ns); $r.fault_sum_ns),
ge("its inode has the wait"; inode($r.ino).ops.fault | waited("i_mmap_sem.read"); 0.9 * (task($r.fault_tid).ops.fault | waited("i_mmap_sem.read"))),
ge("each range freed waited 100 ms for the host";
  $tool.ops["reclaim.range"].waits["request.host"].total_ns / $tool.ops["reclaim.range"].count; 90e6),
eq("no fault without an inode"; [$tool.inodes[] | select(.nodeid == 0) | .ops | has("fault") or has("read")] | any; false)
