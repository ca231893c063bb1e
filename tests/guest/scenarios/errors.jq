trust_whole,
eq("setups failed"; $tool.ops.setup.outcomes.errno; $tool.ops.setup.count),
ge("at least one by each"; $tool.ops.setup.count; 2),
eq("by errno"; $tool.ops.setup.errnos.EIO; $tool.ops.setup.count),
ge("a fault got SIGBUS"; sum($tool.ops | fault_ops[] | .outcomes.sigbus); 1),
ge("a read got EIO"; $tool.ops.read.errnos.EIO; 1),
eq("what failed is not busy"; $tool.ops.setup.ranges; 0)
