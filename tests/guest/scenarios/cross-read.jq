load("cross-read") as $l | inode($l.ino) as $a | inode($l.buffer_ino) as $b
| requests_agree, trust_whole,
eq("reads on the file"; $a.ops.read.count; $l.reads),
eq("no fault on it"; [$a.ops | fault_ops[] | .count] | add // 0; 0),
eq("faults on the buffer"; ($b | faults) - ($b | fallbacks); $l.faults),
eq("no read of it"; $b.ops.read.count // 0; 0),
eq("bytes read"; $a.ops.read.bytes; $l.reads * $l.len_bytes)
