load("pinned") as $l | inode($l.ino).ops as $i
| task($l.truncate_tid).ops.truncate as $t | task($l.read_tid).ops as $r
| requests_agree, trust_whole,
nearly("busy-page wait as the truncate saw it"; $t.waits.busy_page.total_ns; $l.truncate_ns; 0.2),
ge("the pins lasted some 800 ms"; $t.waits.busy_page.total_ns; 600e6),
eq("the inode's is the same"; $i.truncate.waits.busy_page; $t.waits.busy_page),
ge("retries"; $t.retries; 1),
nearly("the read's inode lock wait"; $r.read.waits["inode_lock.read"].total_ns; $l.read_ns; 0.2),
eq("the inode's is the same"; $i.read.waits["inode_lock.read"]; $r.read.waits["inode_lock.read"]),
eq("and there is no other"; $tool.waits["inode_lock.read"] | .count; 1),
le("the fault waited for no lock"; sum(task($l.fault_tid).ops.fault.waits[]?.total_ns); 20e6),
eq("truncates"; $tool.ops.truncate.count; 1)
