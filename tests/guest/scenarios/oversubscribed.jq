load("fault") as $l | ($tool | faults) as $seen | ($tool | fallbacks) as $fallbacks
| $tool.trust.since_start.recursion_misses as $misses
| le("none counted twice"; $seen; $l.touches + $fallbacks),
ge("none missed unsaid"; $seen + $misses; $l.touches + $fallbacks),
eq("lost is what the kernel skipped"; $tool.trust.since_start.lost; $misses)
