# What the checks are written in. $tool is the tool's JSON of the scenario (where
# it told several intervals, each in turn in always, and the last one after
# that; $tools is all), $load the workloads' lines, $log the backend's lines
# between the scenario's marks, $kernel the series. Each check is one object
# {name, ok, got, want}.

def check(name; got; ok; want): {name: name, ok: (ok // false), got: got, want: want};
def eq(name; got; want): check(name; got; got == want; want);
def ge(name; got; want): check(name; got; got != null and got >= want; ">= \(want)");
def le(name; got; want): check(name; got; got != null and got <= want; "<= \(want)");
# ns, within a share of what is right, and on a busy machine up to 50 ms from it where that is long
def slack(want; share): [want * share, (if want >= 200e6 then 50e6 else 0 end)] | max;
def near(name; got; want; share):
  check(name; got; got != null and want > 0 and ((got - want) | fabs) <= slack(want; share);
    "\(want) +- \(share * 100) %");

# at least a share of what is right, and not more: the rest is no wait
def nearly(name; got; want; share):
  check(name; got; got != null and want > 0 and got <= want and got >= want * (1 - share);
    "\(want) - \(share * 100) %");

# what the host logged of some requests; on a busy machine up to 5 ms more for each, or 100 ms more
# for long ones
def as_logged(name; got; logged):
  (logged | {cnt: length, ns: (map(.dur_ns) | add)}) as $host
  | check(name; got; got != null and $host.ns > 0 and got >= $host.ns * 0.95
      and got <= ([$host.ns * 1.1 + $host.cnt * 5e6,
        if $host.ns >= 400e6 then $host.ns + 100e6 else 0 end] | max); "\($host.ns) of \($host.cnt) requests");

# the slowest fault of the slowest touch: one that finds its range reclaimed again before it could
# use it faults once more, and a few times at most
def slowest_of(name; got; touch; share):
  check(name; got; got != null and touch > 0 and got <= touch * (1 + share) and got >= touch / 4 * (1 - share);
    "a quarter to all of \(touch)");

def sum(f): reduce f as $x (0; . + ($x // 0));
def ops_sum(f): sum(.ops[]? | f);
def fault_ops: to_entries | map(select(.key | startswith("fault.")) | .value);
def faults: [.ops | fault_ops[] | .count // 0] | add // 0;
def fallbacks: [.ops | fault_ops[] | .outcomes.fallback // 0] | add // 0;

# one line of a workload, one inode, one task of the tool
# null where there is none, so that what is checked of it fails
def load($w): [$load[] | select(.workload == $w)][0];
def inode($ino): [$tool.inodes[] | select((.nodeid // .ino) == $ino)][0];
def task($tid): [$tool.tasks[] | select(.pid == $tid)][0];
def mount($dir): [$tool.mounts[] | select(.mountpoint == $dir)][0];

# requests as the backend logged them
def setups: [$log[] | select(.op == "setup" and (.upgrade | not) and .result == 0)];
def upgrades: [$log[] | select(.op == "setup" and .upgrade and .result == 0)];
def removes: [$log[] | select(.op == "remove")];
def requests_of($ino; $op): [$log[] | select(.op == $op and .ino == $ino)];
def removed_ranges: sum(removes[] | .count);

# What a level of detail does not measure in full, in the words of virtiofs-daxtop(1): only waits, or
# also counts but only the time of what waited, or nothing.
def fault_kinds: ["fault.read.pte", "fault.read.pmd", "fault.write.pte", "fault.write.pmd",
  "fault.mkwrite"];
def around_kinds: ["around.read", "around.write", "around.extend"];
def measures:
  {stalls: {waits: ["fault", "read", "write", "open_trunc", "evict"],
     none: (fault_kinds + around_kinds + ["reclaim.inline"])},
   counts: {waited: (fault_kinds + ["read", "write"]), none: (around_kinds + ["fault"])},
   full: {none: ["fault"]}}[$tool.detail];
def measure($op): [measures | to_entries[] | select(.value | index([$op]) != null) | .key][0] // "all";

# all that must hold in every scenario
def inner_waits($op): .waits // {} | to_entries[]
  | select($tool.detail == "stalls" and $op == "truncate" and (.key | startswith("inode_lock.")) | not)
  | .value.total_ns;
def waits_fit(path): to_entries[] | .key as $op | .value
  | select(. != null and .total_ns != null)
  | le("\(path) \($op): waits within its time"; sum(inner_waits($op)); .total_ns);

# Each op's waits as {wait: [count, total_ns]}, of one or of several rows.
def wait_sums(rows): reduce (rows | .waits // {} | to_entries[] | select(.value != null)) as $w
  ({}; .[$w.key] |= [(.[0] // 0) + $w.value.count, (.[1] // 0) + $w.value.total_ns]);
# What of a row that must be null is not.
def told(rows; keys): [rows | select(. != null) | .[keys] | select(. != null)] | length;

# Operations against the sum of a table's rows. In the middle of things the one is read a little
# later than the other: what must add up is all intervals.
def agree($op; all; rows; path; is_counted):
  (if is_counted then
    eq("\($op): \(path) add up to the operations"; sum(rows | .count); sum(all | .count))
   else eq("\($op): \(path) are not counted"; told(rows; "count", "outcomes", "bytes", "ranges"); 0) end),
  eq("\($op): timed of \(path) adds up"; sum(rows | .timed); sum(all | .timed)),
  eq("\($op): time of \(path) adds up"; sum(rows | .total_ns); sum(all | .total_ns)),
  eq("\($op): waits of \(path) add up"; wait_sums(rows); wait_sums(all));

def unmeasured($op; all; rows; path):
  eq("\($op): only waits, in the \(path) too";
    told(all, rows; "count", "outcomes", "timed", "total_ns", "max_ns", "other_ns", "bytes"); 0),
  eq("\($op): waits of \(path) add up"; wait_sums(rows); wait_sums(all));

def tables_agree(table; path; is_task):
  ($tool.ops | keys[]) as $op | measure($op) as $measure
  | [$tools[] | .ops[$op] | select(. != null)] as $all
  | [$tools[] | table | .ops[$op] | select(. != null)] as $rows
  | if $measure == "none" or $tool.ops[$op] == null then
      eq("\($op): not at this level"; $all + $rows | length; 0)
    elif $measure == "waits" then unmeasured($op; $all[]; $rows[]; path)
    else agree($op; $all[]; $rows[]; path; $measure == "all" or (is_task | not)) end;

def ops_whole: $tool.ops | to_entries[] | .key as $op | .value | select(. != null and .count != null)
  | eq("\($op): outcomes add up to the count"; [.outcomes[]] | add; .count),
    (if measure($op) == "waited" then le("\($op): timed are some of them"; .timed; .count)
     else eq("\($op): all are timed"; .timed; .count) end),
    eq("\($op): the histogram is of the timed"; [.histogram[][2]] | add // 0; .timed);

def windows_whole: $tool.mounts[] | select(.ranges)
  | eq("\(.mountpoint): free + busy + in transit = total";
      .ranges.free + .ranges.busy + .ranges.in_transit; .ranges.total);

def trust_whole:
  eq("lost"; $tool.trust.since_start.lost; 0),
  eq("unmatched"; $tool.trust.since_start.unmatched; 0),
  eq("recursion misses"; $tool.trust.since_start.recursion_misses; 0),
  eq("all hooks attached"; $tool.trust.hooks_attached; $tool.trust.hooks_total);

# of one interval
def always:
  eq("the schema"; $tool.schema; "virtiofs-daxtop/1"),
  ops_whole,
  ($tool.ops | waits_fit("ops")),
  ($tool.inodes[] | .path as $p | .ops | waits_fit("inode \($p)")),
  ($tool.tasks[] | .comm as $c | .ops | waits_fit("task \($c)")),
  windows_whole;

# By figure: what the kernel does not give is a difference to be expected by name; what the level of
# detail leaves out is none.
def figures: (.ops | keys[] | "op.\(.)"), (.waits | keys[] | "wait.\(.)"), .not_measured[].figure;
def all_measured:
  ($tool.not_measured | map({(.figure): .reason}) | add // {}) as $why
  | [$tool | figures] | unique[] | select($why[.] // "" | test("detail ") | not)
  | eq("\(.) is measured"; $why[.]; null);

# of all together; reclaim runs belong to a mount, not to an inode: nodeid 0
def always_together:
  all_measured,
  ( ($tool.ops | keys[]) as $op | [$tools[].ops[$op] | select(. != null and .count != null)] as $all
    | select(measure($op) == "all")
    | eq("\($op): all are timed in the end"; sum($all[] | .timed); sum($all[] | .count)) ),
  tables_agree(.inodes[], .inodes_rest // empty; "inodes"; false),
  tables_agree(.tasks[], .tasks_rest // empty; "tasks"; true);

# requests of the tool and of the backend, per inode too
def requests_agree:
  eq("setups as logged"; $tool.ops.setup.outcomes.done // 0; setups | length),
  eq("upgrades as logged"; $tool.ops.upgrade.outcomes.done // 0; upgrades | length),
  eq("removals as logged"; $tool.ops.remove.count // 0; removes | length),
  eq("removed ranges as logged"; $tool.ops.remove.ranges // 0; removed_ranges),
  ( [setups[], upgrades[], removes[] | .ino] | unique[] as $ino
    | inode($ino) as $row
    | eq("inode \($ino): setups"; $row.ops.setup.outcomes.done // 0; [setups[] | select(.ino == $ino)] | length),
      eq("inode \($ino): upgrades"; $row.ops.upgrade.outcomes.done // 0; [upgrades[] | select(.ino == $ino)] | length),
      eq("inode \($ino): removals"; $row.ops.remove.count // 0; [removes[] | select(.ino == $ino)] | length),
      eq("inode \($ino): removed ranges"; $row.ops.remove.ranges // 0; sum(removes[] | select(.ino == $ino) | .count)) );

# Busy pages: each wait has a row of releases, and there are no others. Where they are not known
# (5.10) the inode has no number.
def releases_whole:
  eq("all waits for a page have a releaser's row"; sum($tools[].releases[] | .count);
    sum($tools[].waits.busy_page.count)),
  eq("and their time is there"; sum($tools[].releases[] | .total_ns); sum($tools[].waits.busy_page.total_ns));
def released_by($tid; $op): [$tool.releases[] | select(.pid == $tid and .op == $op)][0];
def is_syscall: .[-1] // "" | test("syscall|SYSCALL|svc|el0t");
# by a task, whose stack has these functions
def released($what; $r; $l; $comm; functions):
  eq("\($what): the releaser"; $r.comm; $comm),
  eq("\($what): not an interrupt"; $r.in_interrupt; false),
  check("\($what): its stack"; $r.stack; $r.stack // [] | any(test(functions)); functions),
  check("\($what): from a system call"; $r.stack; $r.stack // [] | is_syscall; "a system call"),
  eq("\($what): the page's place"; [$r.offset_first, $r.offset_last]; [0, 0]),
  eq("\($what): as long as the file's waits"; $r.total_ns;
    inode($l.ino).ops[$r.op].waits.busy_page.total_ns),
  le("\($what): which are in the truncate's time"; $r.total_ns; $l.truncate_ns);
# A truncate of 5.10 looks at the first entry alone.
def scanned($cnt): eq("what was searched"; $tool.busy_page_scans;
  if $kernel == "5.10" then {whole: 0, first_entry: $cnt, unmapped: 0}
  else {whole: $cnt, first_entry: 0, unmapped: 0} end);

# The workload reuse: what each inode and task has, over all intervals, against what was done to it;
# the storms beside it count too. Told is only what
# differs. Less than there was is allowed where the kernel skipped a program, and the tool says so.
def deeds: load("reuse") as $l
  | [$l.deeds[] | {tid, ino, op: (if .write then "fault.write.pte" else "fault.read.pte" end), count: .touches},
      {tid, ino, op: "read", count: .reads}],
    [$l.deeds | unique_by(.ino)[] | select([.ino] | inside($l.staying) | not) | {tid, ino, op: "write", count: 1}],
    [$l.staying[] | {tid: $l.pid, ino: ., op: "write", count: 1}],
    [$load[] | select(.workload == "fault") | {tid: .tids[0], ino, op: "fault.read.pte", count: .touches},
      {tid: .pid, ino, op: "write", count: 1}]
  | .[] | select(.count > 0);
def counts_by(rows): reduce rows as $r ({}; .["\($r.id) \($r.op)"] += $r.count);
def seen_counts(rows; id): counts_by($tools[] | rows | id as $id | .ops | to_entries[]
  | select(.key | test("^(fault|read|write)")) | select(.value.count != 0)
  | {id: $id, op: .key, count: .value.count});
def differences($got; $want): [($got + $want) | keys[] | select($got[.] != $want[.])
  | {what: ., got: ($got[.] // 0), want: ($want[.] // 0)}];
def have_their_deeds(whose; $got; $want): differences($got; $want) as $differ
  | eq("\(whose): nothing counted that was not done"; [$differ[] | select(.got > .want)]; []),
    le("\(whose): what is missing was lost \($differ)"; sum($differ[] | .want - .got);
      $tool.trust.since_start.lost);
def inodes_have_their_deeds:
  have_their_deeds("inodes"; seen_counts(.inodes[]; .nodeid); counts_by(deeds | .id = .ino));
def tasks_have_their_deeds:
  have_their_deeds("tasks"; seen_counts(.tasks[]; .pid); counts_by(deeds | .id = .tid));
# Tasks that share a processor may be switched inside a tracing program: see oversubscribed.
def lost_is_skipped: $tool.trust.since_start
  | eq("lost is what the kernel skipped"; .lost; .recursion_misses);
def nothing_absurd: [$tools[] | .ops, (.inodes, .tasks | .[].ops) | .[] | select(. != null)
    | .count, .timed, .total_ns, .bytes | select(. != null)]
  | ge("no count is negative"; min; 0), le("nor absurd"; max; 1e12);

# $tools[0]: what record printed of its tables; $tool: what report made of the events of the same run.
# Its own CPU time is no event, and the wall clock is taken at another moment.
def told: del(.end_realtime_ns, .trust.own_cpu_ns, .trust.since_start.own_cpu_ns);
def unlike($a; $b): [$a | paths(scalars) as $p | select(getpath($p) != ($b | getpath($p))) | $p
  | map(tostring) | join(".")];
def is_as_recorded:
  eq("two summaries"; $tools | length; 2),
  eq("the same members"; [$tool | told | paths]; [$tools[0] | told | paths]),
  eq("all of the summary is the same"; unlike($tool | told; $tools[0] | told); []);
