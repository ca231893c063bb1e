def fault_waits(w): [.ops | fault_ops[] | .waits[w].total_ns // 0] | add;
$tool.ops.setup as $setup
| requests_agree, trust_whole,
ge("setups"; $setup.count; 10),
eq("each setup waited for the host once"; $setup.waits["request.host"].count; $setup.count),
ge("request wait per setup"; $setup.waits["request.host"].total_ns / $setup.count; 20e6),
ge("the shortest setup took 20 ms too"; $setup.histogram[0][0]; 19e6),
le("nearly all of it on the host's side";
  $setup.waits["request.guest"].total_ns; 0.2 * $setup.waits["request.host"].total_ns),
eq("the faults show their setups' wait"; $tool | fault_waits("request.host");
  $setup.waits["request.host"].total_ns),
le("other is at most 5 % of the setups"; $setup.other_ns; 0.05 * $setup.total_ns),
as_logged("what the host logged"; $setup.waits["request.host"].total_ns; setups)
