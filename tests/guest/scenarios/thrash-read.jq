mount("/mnt/small") as $m
| requests_agree, trust_whole,
ge("inline reclaims"; $tool.ops["reclaim.inline"].outcomes.done; 1),
eq("each took one range"; $tool.ops["reclaim.inline"].ranges; $tool.ops["reclaim.inline"].outcomes.done),
eq("every removal has its cause"; $tool.ops.remove.ranges;
  $tool.ops["reclaim.inline"].ranges + $tool.ops["reclaim.run"].ranges + $tool.ops.evict.ranges),
le("no range in transit at rest"; $m.ranges.in_transit; 0)
