load("pinned") as $l | inode($l.ino) as $i
| $i.ops.truncate as $t | task($l.read_tid).ops.read as $r
| requests_agree, trust_whole,
nearly("busy-page wait as the truncate saw it"; $t.waits.busy_page.total_ns; $l.truncate_ns; 0.2),
ge("retries"; $t.retries; 1),
ge("the pins lasted some 800 ms"; $t.waits.busy_page.total_ns; 600e6),
nearly("the read's inode lock wait"; $r.waits["inode_lock.read"].total_ns; $l.read_ns; 0.2),
le("the fault waited for no lock";
  sum(task($l.fault_tid).ops[].waits | .["i_mmap_sem.read"], .["i_dmap_sem.read"] | .total_ns); 20e6),
eq("truncates"; $tool.ops.truncate.count; 1),
le("other is at most 10 % of the truncate"; $t.other_ns; 0.1 * $t.total_ns)
