trust_whole,
eq("extends"; $tool.ops.extend.count; 8),
eq("zeroes"; $tool.ops.zero.count; 9),
eq("punches"; $tool.ops.punch.count; 10),
eq("as the backend logged"; [$log[] | select(.op == "fallocate")] | length; 27)
