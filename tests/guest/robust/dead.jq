def ages($op): [$tools[] | .ops[$op] | select(.in_flight > 0) | .oldest_in_flight_ns];
def grows: . as $a | all(range(1; length); $a[.] > $a[. - 1]);
def for_good($op; $s):
  check("\($op): its age grows"; ages($op); ages($op) | length >= 2 and grows; "more each time"),
  ge("\($op): to the end"; $tool.ops[$op].oldest_in_flight_ns; $s * 1e9),
  eq("\($op): it never ended"; sum($tools[] | .ops[$op].count); 0);
trust_whole,
for_good("read"; 3),
for_good("truncate"; 1),
ge("requests hang"; $tool.ops.setup.in_flight; 1),
eq("other mounts go on"; sum($tools[] | faults); load("fault").touches + sum($tools[] | fallbacks)),
eq("ended by SIGINT, and by SIGKILL"; [$load[] | select(.workload == "end") | {signal, code, hooks_left}];
  [{signal: "INT", code: 0, hooks_left: 0}, {signal: "KILL", code: 137, hooks_left: 0}]),
eq("a file there: it says so"; load("path") | [.code, (.says | test("its mount does not answer"))]; [3, true]),
eq("a folder there: likewise"; load("mount") | [.code, (.says | test("its mount does not answer"))]; [3, true]),
le("within seconds"; [$load[] | select(.workload == "end") | .seconds] | max; 30)
