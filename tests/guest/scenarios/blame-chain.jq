load("pin-window") as $l
| $tools[0] as $now
| [$now.in_flight[] | select(.pid == $l.filler_tid and (.nested | not))][0] as $fault
| [$now.mounts[] | select(.mountpoint == "/mnt/small")][0] as $m
| trust_whole,
ge("it lasted as long as the pin"; $l.slowest_ns; 2e9),
eq("the fault is in flight"; $fault.op; "fault.read.pte"),
eq("and waits for a range, of the worker, for a page"; [$fault.chain[] | [.wait, .behind]];
  [["free_range", "worker"], ["busy_page", "page"]]),
eq("whose file is named"; $fault.chain[1].path; "chain.pinned"),
eq("and is no deadlock"; $fault.deadlock; false),
eq("the worker waits for it"; $m.reclaim_worker | [.state, .wait, .path]; ["waiting", "busy_page", "chain.pinned"]),
(if $kernel == "5.10" then empty else
  eq("who holds the window"; [$m.held_by[].path] | sort; ["chain.other", "chain.pinned"]),
  eq("all of it"; sum($m.held_by[].ranges); $m.ranges.busy)
end)
