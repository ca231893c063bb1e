trust_whole,
eq("truncates"; $tool.ops.truncate.count; 1),
eq("it was interrupted"; $tool.ops.truncate.outcomes.interrupted; 1),
ge("its busy-page wait counts until then"; $tool.ops.truncate.waits.busy_page.total_ns; 500e6)
