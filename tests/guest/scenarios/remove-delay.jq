load("reclaim-block") as $l | task($l.fault_tid).ops as $f
| requests_agree, trust_whole,
ge("a fault waited behind reclaim"; $l.fault_ns; 50e6),
near("its slowest wait";
  [$f | to_entries[] | select(.key | startswith("fault.")) | .value.max_ns] | max; $l.fault_ns; 0.05),
near("waits make nearly all of the slow faults' time";
  sum($f[] | .waits[]?.total_ns); sum($f[] | .total_ns); 0.1),
ge("i_mmap_sem is among them"; sum($f[].waits["i_mmap_sem.read"].total_ns); 50e6),
ge("each range freed waited 100 ms for the host";
  $tool.ops["reclaim.range"].waits["request.host"].total_ns / $tool.ops["reclaim.range"].count; 90e6)
