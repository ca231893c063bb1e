trust_whole,
eq("setups of that mount"; $tool.ops.setup.count; 6),
eq("waits of that mount alone"; $tool.waits["request.host"].count;
  sum($tool.ops | .setup, .remove, .upgrade | .waits["request.host"].count))
