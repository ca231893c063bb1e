mount("/mnt/big").advice.figures as $f
| requests_agree, trust_whole,
  eq("each range is mapped once"; $f.setups; 32),
  ge("some free ranges were taken for nothing"; $f.lost_races; 1),
  le("two for each range at most"; $f.lost_races; 64),
  eq("and are free again"; mount("/mnt/big").ranges.busy; 0)
