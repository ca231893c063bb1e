load("pinned") as $l | $tool.ops.punch as $p
| trust_whole,
eq("punches"; $p.count; 1),
nearly("busy-page wait as the punch saw it"; $p.waits.busy_page.total_ns; $l.truncate_ns; 0.2),
ge("retries"; $p.retries; 1)
