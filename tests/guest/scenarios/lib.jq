# What the checks are written in. $tool is the tool's JSON of the scenario, $load
# the workloads' lines, $log the backend's lines between the scenario's marks,
# $kernel the series. Each check is one object {name, ok, got, want}.

def check(name; got; ok; want): {name: name, ok: (ok // false), got: got, want: want};
def eq(name; got; want): check(name; got; got == want; want);
def ge(name; got; want): check(name; got; got != null and got >= want; ">= \(want)");
def le(name; got; want): check(name; got; got != null and got <= want; "<= \(want)");
# within a share of what is right
def near(name; got; want; share):
  check(name; got; got != null and want > 0 and ((got - want) | fabs) <= want * share;
    "\(want) +- \(share * 100) %");

# the same for a whole multiple of what was got: a touch that finds its range reclaimed again
# before it could use it faults once more
def near_multiple(name; got; want; share):
  check(name; got; any(range(1; 5); (got // 0) * . | (. - want | fabs) <= want * share);
    "\(want) / n +- \(share * 100) %");

def sum(f): reduce f as $x (0; . + ($x // 0));
def ops_sum(f): sum(.ops[]? | f);
def fault_ops: to_entries | map(select(.key | startswith("fault.")) | .value);
def faults: [.ops | fault_ops[] | .count // 0] | add // 0;
def fallbacks: [.ops | fault_ops[] | .outcomes.fallback // 0] | add // 0;

# one line of a workload, one inode, one task of the tool
# null where there is none, so that what is checked of it fails
def load($w): [$load[] | select(.workload == $w)][0];
def inode($ino): [$tool.inodes[] | select(.nodeid == $ino)][0];
def task($tid): [$tool.tasks[] | select(.pid == $tid)][0];
def mount($dir): [$tool.mounts[] | select(.mountpoint == $dir)][0];

# requests as the backend logged them
def setups: [$log[] | select(.op == "setup" and (.upgrade | not) and .result == 0)];
def upgrades: [$log[] | select(.op == "setup" and .upgrade and .result == 0)];
def removes: [$log[] | select(.op == "remove")];
def removed_ranges: sum(removes[] | .count);

# all that must hold in every scenario
def waits_fit(path): to_entries[] | .key as $op | .value
  | select((.count // 0) > 0)
  | le("\(path) \($op): waits within its time"; sum(.waits[]?.total_ns); .total_ns);

def tables_agree(rows; path):
  $tool.ops | to_entries[] | .key as $op | .value.count as $count
  | .value.total_ns as $total
  | eq("\($op): \(path) add up to the operations"; sum(rows | .ops[$op].count); $count // 0),
    eq("\($op): time of \(path) adds up"; sum(rows | .ops[$op].total_ns); $total // 0);

def windows_whole: $tool.mounts[] | select(.ranges)
  | eq("\(.mountpoint): free + busy + in transit = total";
      .ranges.free + .ranges.busy + .ranges.in_transit; .ranges.total);

def trust_whole:
  eq("lost"; $tool.trust.since_start.lost; 0),
  eq("unmatched"; $tool.trust.since_start.unmatched; 0),
  eq("recursion misses"; $tool.trust.since_start.recursion_misses; 0),
  eq("all hooks attached"; $tool.trust.hooks_attached; $tool.trust.hooks_total);

def always:
  eq("the schema"; $tool.schema; "virtiofs-daxtop/1"),
  ($tool.ops | waits_fit("ops")),
  ($tool.inodes[] | .path as $p | .ops | waits_fit("inode \($p)")),
  ($tool.tasks[] | .comm as $c | .ops | waits_fit("task \($c)")),
  # reclaim runs belong to a mount, not to an inode: nodeid 0
  tables_agree($tool.inodes[], $tool.inodes_rest // empty; "inodes"),
  tables_agree($tool.tasks[], $tool.tasks_rest // empty; "tasks"),
  windows_whole;

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
