def fault_waits: sum(.ops.fault.waits[]? | .total_ns);
requests_agree, trust_whole,
( $load[].tasks[]
  | nearly("\(.tid): the waits of its faults"; task(.tid) | fault_waits; .ops_ns; 0.2),
    ge("\(.tid): free ranges waited for"; task(.tid).ops.fault.waits.free_range.count; 1) ),
( $load[] | nearly("\(.tids | length) tasks: their inode's"; inode(.ino) | fault_waits; .ops_ns; 0.2) ),
# Where another task sets up the range that a fault waited to have room for, nothing tells whose
# fault it was.
( $load[] | select(.tids | length == 1)
  | eq("alone on its file: all its waits are the inode's"; inode(.ino).ops.fault.waits; task(.tids[0]).ops.fault.waits) ),
le("few faults without an inode"; sum($tool.inodes[] | select(.nodeid == 0) | fault_waits);
  0.1 * sum($load[] | select(.tids | length == 2) | .ops_ns)),
eq("each free range waited for counts once"; $tool.ops.fault.waits.free_range.total_ns; $tool.waits.free_range.total_ns)
