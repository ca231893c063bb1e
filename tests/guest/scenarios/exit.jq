trust_whole,
ge("reads"; $tool.ops.read.count; 100),
ge("evictions"; $tool.ops.evict.count; 70),
ge("the reader goes by its new name"; [$tool.tasks[] | select(.comm == "dd")] | length; 1)
