is_as_recorded,
ge("waits for the host"; $tool.waits["request.host"].count; 10),
ge("waits for a page"; $tool.waits.busy_page.count; 1),
eq("nothing found the buffer full"; $tool.trust.counters.record_full; 0)
