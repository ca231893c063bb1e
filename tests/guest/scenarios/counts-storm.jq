def setups_of: sum(.ops.setup, .ops.upgrade | .count);
def hits: [.ops | fault_ops[], .read | select(. != null)];
trust_whole,
ge("touches"; sum($load[] | .touches); 1000),
eq("each touch is one fault, each fallback one more"; $tool | faults;
  sum($load[] | .touches) + ($tool | fallbacks)),
( $load[] | select(.workload == "fault") | . as $l | inode(.ino) as $i
  | eq("inode \(.ino), \(.page) \(.access): faults"; $i | faults; $l.touches + ($i | fallbacks)),
    eq("inode \(.ino): all of its kind"; [$i.ops | fault_ops[] | .count] | add;
      sum($i.ops | to_entries[] | select(.key | startswith("fault.\($l.access).")) | .value.count)) ),
( $load[] | select(.workload == "thrash") | . as $l | inode(.ino) as $i
  | eq("inode \(.ino): reads"; $i.ops.read.count; $l.ops),
    eq("inode \(.ino): bytes read"; $i.ops.read.bytes; $l.ops * 4096) ),
# alone on its file, one waits for its own requests only
( $load[] | inode(.ino) | . as $i
  | eq("inode \(.nodeid): timed are those that set a range up"; sum(hits[] | .timed); setups_of),
    ge("inode \(.nodeid): their time holds that of the setups"; sum(hits[] | .total_ns); .ops.setup.total_ns) ),
le("tasks have few of them"; sum($tool.tasks[] | .ops | fault_ops[], .read | .timed); setups | length)
