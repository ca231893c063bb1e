# $tools[0]: what record printed of its tables; $tool: what report made of the events of the same run.
# Its own CPU time is no event, and the wall clock is taken at another moment.
def told: del(.end_realtime_ns, .trust.own_cpu_ns, .trust.since_start.own_cpu_ns);
def differs: [paths(scalars) as $p | select(getpath($p) != ($tools[0] | told | getpath($p))) | $p
  | map(tostring) | join(".")];

eq("two summaries"; $tools | length; 2),
eq("the same members"; $tool | told | [paths]; $tools[0] | told | [paths]),
eq("all of the summary is the same"; $tool | told | differs; []),
eq("setups as the backend has them"; $tool.ops.setup.count; setups | length),
eq("upgrades"; $tool.ops.upgrade.count // 0; upgrades | length),
eq("ranges removed"; $tool.ops.remove.ranges; removed_ranges),
ge("hits"; $tool.ops["fault.read.pte"].count; 10000),
ge("waits of many kinds"; [$tool.waits[] | select(. != null and .count > 0)] | length; 6),
ge("blame"; $tool.edges_total; 3),
eq("nothing was lost"; $tool.trust.lost; 0)
