def has_folios: $kernel | split(".") | map(tonumber) | (.[0] > 6 or (.[0] == 6 and .[1] >= 15));
def stuck($i): [$tools[$i].in_flight[] | select(.op == "truncate")][0];
def lasts($i):
  stuck($i) | eq("\($i): it waits for a page"; .wait; "busy_page"),
  eq("\($i): whose place is known"; .page_offset; 0),
  ge("\($i): and that is referenced"; .page_references; if has_folios then 1 else 2 end);
def held_by($i; $pid; $comm):
  (stuck($i).holders // []) as $h
  | eq("\($i): both ends of the pipe"; $h | map(.end) | sort; ["read", "write"]),
    eq("\($i): are that process'"; $h | map(.tgid) | unique; [$pid]),
    eq("\($i): by name"; $h | map(.comm) | unique; [$comm]);
load("pinned") as $l | load("pin-hold") as $h
| trust_whole, releases_whole,
lasts(0), lasts(1), lasts(2), lasts(3),
eq("none is looked for at first"; stuck(0).holders; null),
eq("none is released yet"; [$tools[0, 1, 2].releases[]]; []),
held_by(1; $l.pid; "dl-pin"), held_by(2; $l.pid; "dl-pin"), held_by(3; $h.holder_pid; "dl-holder"),
eq("then the drainer did it, and the other by its exit"; [$tools[3, 4].releases[].pid];
  [$l.drain_tid, $h.holder_pid])
