load("fault") as $l
| trust_whole,
ge("touches"; $l.touches; 10000),
eq("no figure of faults"; $tool.ops.fault | [.count, .timed, .total_ns, .max_ns, .outcomes, .in_flight, .waits == {}];
  [null, null, null, null, null, 0, true]),
eq("no task"; $tool.tasks | length; 0),
eq("no inode"; $tool.inodes | length; 0),
eq("no wait"; sum($tool.waits[] | .count); 0)
