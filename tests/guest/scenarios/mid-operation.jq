trust_whole,
eq("the read begun before is not counted"; $tool.ops.read.count; 0),
eq("the read not yet ended is in flight"; $tool.ops.read.in_flight; 1),
eq("and its setup"; $tool.ops.setup.in_flight; 1),
ge("for a second"; $tool.ops.read.oldest_in_flight_ns; 0.8e9)
