trust_whole,
eq("the faults before it"; $tool.ops.setup.count; 4)
