load("reuse") as $l
| requests_agree, trust_whole,
ge("files"; $l.deeds | map(.ino) | unique | length; 180),
le("inodes came where others had been"; load("slab").objects; 120),
eq("no table was full"; $tool.trust.since_start.counters | .inodes_full + .tasks_full; 0),
inodes_have_their_deeds,
eq("bytes read"; $tool.ops.read.bytes; $l.read_bytes * sum($l.deeds[] | .reads)),
eq("each file left memory"; $tool.ops.evict.count; $l.deeds | map(.ino) | unique | length)
