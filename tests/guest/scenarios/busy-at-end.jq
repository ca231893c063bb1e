mount("/mnt/small") as $m
| requests_agree, trust_whole,
eq("ranges set up less removed are busy"; $m.ranges.busy;
  $tool.ops.setup.outcomes.done - $tool.ops.remove.ranges),
eq("the rest is free"; $m.ranges.free; $m.ranges.total - $m.ranges.busy)
