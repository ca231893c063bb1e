is_as_recorded,
eq("setups as the backend has them"; $tool.ops.setup.count; setups | length),
eq("upgrades"; $tool.ops.upgrade.count // 0; upgrades | length),
eq("ranges removed"; $tool.ops.remove.ranges; removed_ranges),
ge("hits"; $tool.ops["fault.read.pte"].count; 10000),
ge("waits of many kinds"; [$tool.waits[] | select(. != null and .count > 0)] | length; 6),
ge("blame"; $tool.edges_total; 3),
eq("nothing found the buffer full"; $tool.trust.counters.record_full; 0)
