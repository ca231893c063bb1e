# What was done in all intervals, and what of it the tool has not counted: no more than it says it lost.
def spreads($by): [$load[] | select(.workload == "inode-spread" and .by == $by)];
def done($by): sum(spreads($by)[].touches);
def process: [$load[] | select(.workload == "tool")];
def counted(f): sum($tools[] | f);
def is_there_or_lost($what; $got; $want): le("\($what): none counted twice"; $got; $want),
  le("\($what): what is missing was lost"; $want - $got; $tool.trust.since_start.lost);
load("machine").memory_bytes as $memory
| eq("unmatched"; $tool.trust.since_start.unmatched; 0),
eq("all hooks attached"; $tool.trust.hooks_attached; $tool.trust.hooks_total),
le("lost is little"; $tool.trust.since_start.lost; done("write") / 100),
ge("many tasks"; sum($load[].tasks_total); 500),
ge("many inodes"; done("write"); 5000),
is_there_or_lost("writes"; counted(.ops.write.count // 0); [$log[] | select(.op == "write")] | length),
# A range may be reclaimed before the touch it was set up for: then that faults again, and sets up again.
le("faults: none counted twice"; counted(faults - fallbacks); setups | length),
le("faults: what is missing was lost"; done("fault") - counted(faults - fallbacks); $tool.trust.since_start.lost),
is_there_or_lost("setups"; counted(.ops.setup.outcomes.done // 0); setups | length),
is_there_or_lost("removals"; counted(.ops.remove.count // 0); removes | length),
ge("inodes found no row"; $tool.trust.since_start.counters.inodes_full; 1),
ge("tasks found no row"; $tool.trust.since_start.counters.tasks_full; 1),
eq("and are in the rest"; [$tools[7] | .inodes_rest, .tasks_rest | .table_full]; [true, true]),
le("its tables take at most a sixth of memory"; [$tools[].trust.memory_bytes] | max; $memory / 6),
le("its process too"; [process[].most_kib * 1024] | max; $memory / 6),
le("and does not grow once they are full"; process[-1].rss_kib / process[6].rss_kib; 1.1)
