# What the host refused of requests of @op, as {errno: count}.
def names: {"1": "EPERM", "5": "EIO", "12": "ENOMEM", "28": "ENOSPC", "30": "EROFS",
  "95": "EOPNOTSUPP", "122": "EDQUOT"};
def refused($op): [$log[] | select(.op == $op and .result < 0)] | group_by(.result)
  | map({(names["\(-.[0].result)"]): length}) | add // {};
def told($op): ($tool.ops[$op].errnos // {}) | with_entries(select(.value > 0));
def failed($op): [$load[] | select(.workload == "attempt" and .op == $op)] | length;
def as_refused($op; $request; $kinds):
  eq("\($op) by errno, as the host refused \($request)"; told($op); refused($request)),
  eq("\($op): how many errnos there were"; refused($request) | length; $kinds),
  eq("\($op): errnos add up to its outcome"; sum(told($op)[]); $tool.ops[$op].outcomes.errno);
mount("/mnt/small") as $m
| trust_whole,
requests_agree,
as_refused("setup"; "setup"; 3),
as_refused("remove"; "remove"; 1),
as_refused("truncate"; "setattr"; 2),
as_refused("punch"; "fallocate"; 2),
as_refused("write"; "write"; 1),
eq("faults that ended in SIGBUS"; sum($tool.ops | fault_ops[] | .outcomes.sigbus);
  sum($load[] | select(.op == "fault") | .sigbus)),
ge("some did"; sum($load[] | .sigbus); 2),
eq("reads that failed"; $tool.ops.read.outcomes.errno; failed("read")),
ge("some did"; failed("read"); 3),
eq("a range whose removal failed is free all the same"; $m.ranges.free; $m.ranges.total)
