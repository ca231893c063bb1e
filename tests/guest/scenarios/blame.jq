# The edges of one workload's file.
def edges_of($l): [$tool.edges[] | select(.path == $l.path)];
def is_long: .total_ns / .count >= 5e6;

# All waits that were long, behind the holder that the workload knows, doing what it did.
def culprit($file; $wait; $op; $holder; $sort; $holder_wait; $request):
  ([$load[] | select(.workload == "blame" and .path == $file)][0]) as $l
  | [edges_of($l)[] | select(.wait == $wait and .op == $op)] as $edges
  | [$edges[] | select(.holder.pid == $l.holder_tid and .holder.op == $holder and .holder.sort == $sort
      and .holder.wait == $holder_wait and .holder.request == $request)] as $right
  | ge("\($file): it waited nearly every time"; $l.slow; $l.rounds * $l.waiters * 0.9),
    ge("\($file): each time behind \($holder)"; sum($right[].count); $l.slow),
    eq("\($file): nobody else is blamed for a long wait"; [$edges - $right | .[] | select(is_long)]; []),
    eq("\($file): a hold is one, whoever waits"; sum($right[].holds); ([$right[].holds] | add | [., $l.rounds] | min)),
    ge("\($file): convoys"; [$right[].waiters_max] | max; $l.waiters),
    ge("\($file): held at least as long as it was waited for"; [$right[] | .held_at_most_ns] | max;
      [$right[].max_ns] | max);
trust_whole,
culprit("by-fault"; "i_mmap_sem.read"; "fault.read.pte"; "truncate"; "operation"; "request.host"; "SETATTR"),
culprit("by-read"; "inode_lock.read"; "read"; "truncate"; "operation"; "request.host"; "SETATTR"),
culprit("convoy"; "i_mmap_sem.read"; "fault.read.pte"; "truncate"; "operation"; "request.host"; "SETATTR"),
culprit("setup"; "i_dmap_sem.read"; "fault.read.pte"; "fault.read.pte"; "operation"; "request.host"; "SETUPMAPPING"),
culprit("readers"; "i_mmap_sem.write"; "truncate"; "fault.read.pte"; "reader"; "request.host"; "SETUPMAPPING"),
culprit("pin"; "inode_lock.read"; "read"; "truncate"; "operation"; "busy_page"; null)
