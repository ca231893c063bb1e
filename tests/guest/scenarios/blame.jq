# The edges of one workload's file.
def edges_of($l): [$tool.edges[] | select(.path == $l.path)];
def is_long: .total_ns / .count >= 5e6;
def request($name): if $kernel == "5.10" then null else $name end; # it has no types that tell

# All waits that were long, behind the holder that the workload knows; what that waited for, nearly
# always: on a busy machine a waiter may come when it has gone on to something else.
def culprit($file; $wait; $op; $holder; $sort; $holder_wait; $request):
  ([$load[] | select(.workload == "blame" and .path == $file)][0]) as $l
  | [edges_of($l)[] | select(.wait == $wait and .op == $op)] as $edges
  | [$edges[] | select(.holder.pid == $l.holder_tid and .holder.op == $holder and .holder.sort == $sort)] as $right
  | [$right[] | select(.holder.wait == $holder_wait and .holder.request == $request)] as $exact
  | ge("\($file): it waited nearly every time"; $l.slow; $l.rounds * $l.waiters * 0.9),
    ge("\($file): each time behind \($holder)"; sum($right[].count); $l.slow),
    eq("\($file): nobody else is blamed for a long wait"; [$edges - $right | .[] | select(is_long)]; []),
    ge("\($file): which itself waited for \($holder_wait)"; sum($exact[].count); $l.slow * 0.95),
    le("\($file): a hold is one, whoever waits"; sum($exact[].holds); $l.rounds),
    eq("\($file): convoys"; [$exact[].waiters_max] | max; $l.waiters),
    ge("\($file): held at least as long as it was waited for"; [$right[].held_at_most_ns] | max;
      [$right[].max_ns] | max);
trust_whole,
culprit("by-fault"; "i_mmap_sem.read"; "fault.read.pte"; "truncate"; "operation"; "request.host"; request("SETATTR")),
culprit("by-read"; "inode_lock.read"; "read"; "truncate"; "operation"; "request.host"; request("SETATTR")),
culprit("convoy"; "i_mmap_sem.read"; "fault.read.pte"; "truncate"; "operation"; "request.host"; request("SETATTR")),
culprit("setup"; "i_dmap_sem.read"; "fault.read.pte"; "fault.read.pte"; "operation"; "request.host"; request("SETUPMAPPING")),
culprit("readers"; "i_mmap_sem.write"; "truncate"; "fault.read.pte"; "reader"; "request.host"; request("SETUPMAPPING")),
culprit("pin"; "inode_lock.read"; "read"; "truncate"; "operation"; "busy_page"; null)
