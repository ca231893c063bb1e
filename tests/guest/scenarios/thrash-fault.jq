mount("/mnt/small") as $m
| requests_agree, trust_whole,
eq("the window"; $m.window_bytes; 16 * 1048576),
ge("background reclaim ran"; $tool.ops["reclaim.run"].count; 1),
eq("ranges freed by it"; $tool.ops["reclaim.run"].ranges; $tool.ops["reclaim.range"].outcomes.done),
ge("faults waited for a free range"; $tool.waits.free_range.count; 1),
le("no range in transit at rest"; $m.ranges.in_transit; 0)
