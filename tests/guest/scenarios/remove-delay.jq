load("reclaim-block") as $l | task($l.fault_tid).ops as $f
| requests_agree, trust_whole,
ge("a fault waited behind reclaim"; $l.fault_ns; 50e6),
slowest_of("its slowest wait";
  [$f | to_entries[] | select(.key | startswith("fault.")) | .value.max_ns] | max; $l.fault_ns; 0.1),
slowest_of("it was one for i_mmap_sem"; $tool.waits["i_mmap_sem.read"].max_ns; $l.fault_ns; 0.1),
ge("each range freed waited 100 ms for the host";
  $tool.ops["reclaim.range"].waits["request.host"].total_ns / $tool.ops["reclaim.range"].count; 90e6)
