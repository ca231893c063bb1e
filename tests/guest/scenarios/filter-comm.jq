load("truncate-block") as $l
| trust_whole,
eq("the truncate is left out"; $tool.ops.truncate.count; 0),
ge("the fault is in"; $tool | faults; 1),
eq("one task"; [$tool.tasks[].comm] | unique; ["dl-fault"])
