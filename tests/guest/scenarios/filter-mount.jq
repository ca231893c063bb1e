trust_whole,
eq("setups of that mount"; $tool.ops.setup.count; 6),
eq("no inode of another"; [$tool.inodes[].mountpoint] | unique; ["/mnt/atomic"]),
near("a wait is counted with its operation";
  $tool.waits["request.host"].total_ns;
  sum($tool.ops | to_entries[] | select(.key | test("^(setup|upgrade|remove|write|truncate)$")) | .value.waits["request.host"].total_ns); 0.001)
