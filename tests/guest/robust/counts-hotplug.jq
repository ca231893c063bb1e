trust_whole,
nothing_absurd,
eq("processors went and came"; [$load[] | select(.workload == "plug") | .processors]; [7, 7, 7, 7]),
ge("touches"; load("fault").touches; 1000),
eq("each touch is one fault, each fallback one more"; $tool | faults;
  load("fault").touches + ($tool | fallbacks)),
eq("setups as logged"; $tool.ops.setup.outcomes.done; setups | length)
