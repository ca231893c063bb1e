trust_whole,
ge("faults seen"; $tool | faults; 1000),
le("not more than there were"; $tool | faults; sum($load[] | .touches) + ($tool | fallbacks)),
le("begun before"; $tool.trust.since_start.began_before; 2)
