load("writers") as $l
| [$l.tasks[] | {tid, ns: .slowest_ns, wait: (task(.tid).ops.write.waits["inode_lock.write"].total_ns // 0),
   setup: (task(.tid).ops.setup.count // 0)}] as $w
| ([$w[] | select(.setup == 0)][0]) as $second
| requests_agree, trust_whole,
eq("writes, and the one that made the file"; $tool.ops.write.count; $l.ops + 1),
nearly("the second's inode lock wait"; $second.wait; $second.ns; 0.3)
