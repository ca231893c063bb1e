trust_whole,
ge("inodes found no row"; $tool.trust.since_start.counters.inodes_full; 1),
ge("tasks found no row"; $tool.trust.since_start.counters.tasks_full; 1),
ge("their operations are in the rest"; $tool.inodes_rest.count; 1),
eq("setups as logged"; $tool.ops.setup.outcomes.done; setups | length)
