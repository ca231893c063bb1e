# What the tool said ($tools, a line for each look) against what the workloads know ($load), of one guest
# of check-culprits. Of each repetition one object {what, ok, got}, and one for what must hold of all of
# them together: {all, ok, got}.

def is_5_10: $kernel == "5.10"; # has no types of fuse's, nor tells open(O_TRUNC) from a truncate
def nodeid($n): if is_5_10 then null else $n end;
def leaks: ($kernel | startswith("7.") | not) or ($kernel | IN("7.0", "7.1"));
def lines($workload): [$load[] | select(.workload == $workload)];
def repetition($what; $got; $want): {what: $what, ok: ($got == $want), got: {got: $got, want: $want}};
def together($what; $got; $want): {all: $what, ok: ($got == $want), got: {got: $got, want: $want}};

# ---- pins ----

# Of one truncate, the files' names being numbered: who released, and in which function.
def pin_truth($i):
  {path: "pin-\($i)", nodeid: nodeid(.ino), truncate_ns} + if .workload == "pinned" then
    {pid: .drain_tid, tgid: .pid, comm: "dl-drain", within: "^(anon_)?pipe_read$"}
  else
    {pid: .holder_pid, tgid: .holder_pid, comm: "dl-holder",
      within: (if .by == "read" then "^(anon_)?pipe_read$" else "^do_exit$" end)}
  end;
def releases: [$tools[].releases[]];
def pins:
  [$load[] | select(.workload | IN("pinned", "pin-hold"))] | [to_entries[] | .key as $i | .value | pin_truth($i)] as $truths
  | lines("blame")[0] as $again
  | ( $truths[] as $t
      | [releases[] | select(.path == $t.path)]
      | repetition($t.path;
          map({op, nodeid, releaser, in_interrupt, pid, tgid, comm, count, offset_first,
            within: (.stack | any(test($t.within))), in_time: (.max_ns <= $t.truncate_ns)});
          [{op: "truncate", nodeid: $t.nodeid, releaser: "task", in_interrupt: false, pid: $t.pid, tgid: $t.tgid,
            comm: $t.comm, count: 1, offset_first: 0, within: true, in_time: true}]) ),
    together("each truncate waited"; [$truths[] | select(.truncate_ns < 1e8)]; []),
    together("one task that releases again and again";
      [releases[] | select(.path == "again") | [.op, .pid, .comm, (.count >= $again.slow and .count <= $times)]];
      [["truncate", $again.releaser_tid, "dl-release", true]]),
    # what a read behind the truncate saw of it
    together("nearly each time it was waited for"; $again.slow >= 0.9 * $times; true),
    together("nobody else released"; [releases[].pid] - [$truths[].pid] - [$again.releaser_tid]; []),
    together("every wait for a page has a releaser"; [releases[].count] | add;
      [$tools[].waits.busy_page.count] | add);

# ---- chain ----

def faults: [.in_flight[] | select(.op == "fault.read.pte" and (.nested | not))];
# A step: what is waited for, behind what, of which file; with the worker's pid.
def steps: [.chain[] | {wait, behind, nodeid, path}
  + if .behind == "worker" then {pid, is_kworker: (.comm | startswith("kworker/"))} else {} end];
def chain:
  lines("pin-window") as $loads | lines("workers") as $workers
  | ( range($loads | length) as $i
      | $loads[$i] as $l | "chain-\($i)" as $path
      | ($tools[$i].mounts[] | select(.mountpoint == "/mnt/small").reclaim_worker) as $worker
      | repetition($path;
          {faults: ($tools[$i] | faults | map({pid, path, deadlock, chain: steps})),
            worker: ($worker | {state, wait, path})};
          {faults: [{pid: $l.filler_tid, path: "\($path).other", deadlock: false, chain: [
              {wait: "free_range", behind: "worker", nodeid: nodeid($l.other_ino), path: "\($path).other",
                pid: $workers[$i].pids[0], is_kworker: true},
              {wait: "busy_page", behind: "page", nodeid: nodeid($l.ino), path: "\($path).pinned"}]}],
            worker: {state: "waiting", wait: "busy_page", path: "\($path).pinned"}}) ),
    together("each lasted until it was looked at"; [$loads[] | select(.slowest_ns < 5e8)]; []),
    together("one worker slept each time"; [$workers[] | .pids | length] | unique; [1]),
    together("who released the pinned pages";
      [releases[] | select(.op == "reclaim.range" and (.path | endswith(".pinned"))) | [.path, .pid, .comm, .count]] | sort;
      [$loads | to_entries[] | ["chain-\(.key).pinned", .value.releaser_tid, "dl-release", 1]] | sort),
    # since 6.15 a mapping counts as a reference: an munmap that the worker comes upon releases, too
    together("and others nobody but who mapped them";
      [releases[] | select(.path | endswith(".pinned") | not) | [.path, .tgid]]
        - [$loads | to_entries[] | ["chain-\(.key).other", .value.pid]];
      []);

# ---- leak ----

# A step that says of somebody that he holds the lock.
def blamed: {holder, pid, tgid, comm};
def leak:
  lines("leak") as $leaks | lines("hung")[0].pids as $hung | lines("truncate-block")[0] as $live
  | ( $leaks[] as $l
      | [$tools[-2] | faults[] | select(.path == $l.path)]
      | repetition($l.path;
          map({tgid, wait, state, holder: .chain[0].holder, by: .chain[0].tgid});
          if leaks then [{tgid: $l.behind, wait: "i_mmap_sem.read", state: "D", holder: "leaked",
              by: (if is_5_10 then null else $l.pid end)}]
          else [] end) ),
    together("those that hang"; $hung | sort; if leaks then [$leaks[].behind] | sort else [] end),
    # at no look, nor in what has ended; at the first the owner may be unknown
    together("nobody alive is blamed for a leak";
      [$tools[] | faults[] | select(.path // "" | startswith("leak-")) | .chain[0]
        | select((.holder == "leaked" or (.holder == "none" and .pid == null)) | not) | blamed]
        + [$tools[].edges[] | select(.path // "" | startswith("leak-")) | .holder];
      []),
    together("each wait of who waits by right";
      [$tools[] | faults[] | select(.pid == $live.fault_tid)
        | [.wait, .chain[0].behind, .chain[0].holder, .chain[0].pid, .chain[0].op]] | unique;
      [["i_mmap_sem.read", "holder", "operation", $live.truncate_tid, "truncate"]]),
    together("a leak is told of nobody else";
      [$tools[] | .in_flight[] | select(any(.chain[]; .holder == "leaked")) | .path] | unique
        - [$leaks[].path];
      []);

# ---- self ----

def self:
  lines("mount") as $mounts | lines("last-close") as $closes | lines("workers")[0].pids as $workers
  | $tools[-1] as $tool
  | ( $mounts[] as $m
      | ([$closes[] | select(.pid == $m.pid)][0]) as $l
      | [$tool.self_requests[] | select(.mountpoint == $m.mountpoint)]
      | repetition($m.mountpoint;
          map({request, nodeid, path, closer: [.closed_by.pid, .closed_by.comm],
            by: (.comm | startswith("kworker/")), hangs: ([.pid] | inside($workers))});
          [{request: "REMOVEMAPPING", nodeid: $l.ino, path: $m.path, closer: [$l.pid, "dl-close"],
            by: true, hangs: true}]) ),
    together("the workers that hang"; [$tool.self_requests[].pid] | sort; $workers | sort),
    together("each is in flight, waiting for the host";
      [$tool.in_flight[] | select(.op == "evict") | [.pid, .wait]] | sort;
      [$workers[] | [., "request.host"]] | sort),
    together("no other mount is gone"; [$tool.self_requests[].mountpoint] - [$mounts[].mountpoint]; []);

# A tracing program that comes upon another is not run, which the tool tells.
def trust: $tools[-1].trust.since_start
  | together("nothing was lost but what the kernel skipped";
      [.lost - (.recursion_misses // 0) - (.kprobe_misses // 0), .unmatched]; [0, 0]);
def judge: if $situation == "pins" then pins elif $situation == "chain" then chain
  elif $situation == "leak" then leak else self end;

judge, trust
