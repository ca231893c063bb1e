load("reclaim-block") as $l
| requests_agree, trust_whole,
ge("inline reclaims"; $tool.ops["reclaim.inline"].outcomes.done; 1),
ge("a fault waited behind reclaim"; $l.fault_ns; 25e6),
slowest_of("its slowest wait";
  [task($l.fault_tid).ops | to_entries[] | select(.key | startswith("fault.")) | .value.max_ns] | max;
  $l.fault_ns; 0.1)
