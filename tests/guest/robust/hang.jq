# an operation in flight, interval for interval, while it hung
def ages($op): [$tools[] | .ops[$op] | select(.in_flight > 0) | .oldest_in_flight_ns];
def grows: . as $a | all(range(1; length); $a[.] > $a[. - 1]);
def slow($op): [$load[] | select(.workload == "slow" and .op == $op)];
def hung($op):
  ge("\($op): in flight in several intervals"; ages($op) | length; 4),
  check("\($op): its age grows"; ages($op); ages($op) | grows; "more each time"),
  ge("\($op): to some seconds"; ages($op) | max; 2e9),
  eq("\($op): counted when it ended"; sum($tools[] | .ops[$op].count); 1),
  near("\($op): with its whole time"; sum($tools[] | .ops[$op].total_ns); slow($op)[0].op_ns; 0.05);
# The same one by one: what is known of it in each of these intervals
def rows($op): [$tools[] | .in_flight[] | select(.op == $op and .age_ns > 1e9)];
def told($op; $wait; $unnamed):
  eq("\($op): whose, where and for what"; rows($op) | map({comm, path: (.path // $unnamed), nodeid, wait}) | unique;
    [{comm: "dl-slow", path: "hang-\($op)", nodeid: slow($op)[0].ino, wait: $wait}]),
  eq("\($op): its task"; rows($op) | map(.pid) | unique; [slow($op)[0].tids[0]]),
  check("\($op): how long it waits"; rows($op) | map(.wait_ns); rows($op)
    | all(.wait_ns <= .age_ns and .wait_ns >= .age_ns * 0.9); "nearly its age");
trust_whole,
told("read"; "request.host"; null),
# a name may come with the first operation that ends
told("truncate"; "request.host"; "hang-truncate"),
hung("read"),
hung("truncate"),
ge("two setups hung at once"; [$tools[].ops.setup.in_flight] | max; 2),
eq("as did a fault"; [$tools[] | .ops | sum(fault_ops[] | .in_flight)] | max; 1),
eq("the one that hung at the end is in flight"; $tool.ops.setup.in_flight; 1),
ge("for a second"; $tool.ops.setup.oldest_in_flight_ns; 1e9),
eq("it was told to end and did"; load("end") | {code, hooks_left}; {code: 0, hooks_left: 0}),
le("within seconds"; load("end").seconds; 30)
