trust_whole,
eq("the next one traces"; $tool.ops.setup.count; 4)
