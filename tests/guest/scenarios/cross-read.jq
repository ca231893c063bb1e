load("cross-read") as $l | inode($l.ino) as $a | inode($l.buffer_ino) as $b
| requests_agree, trust_whole,
eq("reads on the file"; $a.ops.read.count; $l.reads),
eq("no fault on it"; [$a.ops | fault_ops[] | .count] | add // 0; 0),
eq("faults on the buffer"; ($b | faults) - ($b | fallbacks); $l.faults),
le("faults in the copy are in the time of the reads"; task($l.tids[0]).total_ns; $l.end_ns - $l.begin_ns),
le("each once"; task($l.tids[0]).total_ns; 1.001 * (task($l.tids[0]).ops.read.total_ns +
  task($l.tids[0]).ops.write.total_ns + (task($l.tids[0]).ops.evict.total_ns // 0))),
eq("no read of it"; $b.ops.read.count // 0; 0),
eq("bytes read"; $a.ops.read.bytes; $l.reads * $l.len_bytes)
