def is_5_10: $kernel == "5.10"; # has no types of fuse's, and its open(O_TRUNC) is not told from a truncate
def leaks: ($kernel | startswith("7.") | not) or $kernel == "7.0";
# Kernels of Debian that drop the last reference of the inode in the completion worker.
def hangs: $kernel | IN("6.1", "6.18", "6.19", "7.0");
def faults_in_flight: [.in_flight[] | select(.op == "fault.read.pte" and (.nested | not))];

def chain:
  load("pin-window") as $l
  | ([.mounts[] | select(.mountpoint == "/mnt/small")][0]) as $m
  | ([faults_in_flight[] | select(.pid == $l.filler_tid)][0]) as $fault
  | ge("it lasted as long as the pin"; $l.slowest_ns; 2e9),
    eq("the fault waits for a range, of the worker, for a page"; [$fault.chain[]? | [.wait, .behind]];
      [["free_range", "worker"], ["busy_page", "page"]]),
    eq("which no signal ends"; [$fault.chain[]?.ended_by_signal]; ["none", "none"]),
    eq("whose file is named"; $fault.chain[1].path; "chain.pinned"),
    eq("and is no deadlock"; $fault.deadlock; false),
    eq("it sleeps, and cannot be interrupted"; $fault.state; "D"),
    eq("in a fault"; $fault.stack | index("__fuse_dax_fault") != null; true),
    eq("the worker waits for it"; $m.reclaim_worker | [.state, .wait, .path]; ["waiting", "busy_page", "chain.pinned"]),
    (select(is_5_10 | not)
      | eq("who holds the window"; [$m.held_by[].path] | sort; ["chain.other", "chain.pinned"]),
        eq("all of it"; sum($m.held_by[].ranges); $m.ranges.busy));

def leak:
  load("leak") as $l | faults_in_flight[0] as $fault
  | if leaks then
      eq("the fault waits for i_mmap_sem"; $fault.wait; "i_mmap_sem.read"),
      eq("of that file"; $fault.path; "leak"),
      eq("which was leaked"; $fault.chain[0].holder; "leaked"),
      # by a task of the process that was killed, where the end of its open was seen
      eq("and by whom"; $fault.chain[0].tgid; if is_5_10 then null else $l.pid end)
    else
      eq("no fault is in flight"; $fault; null)
    end;

def readers:
  load("setup-race") as $l
  | ([.in_flight[] | select(.op == "truncate" and (.nested | not))][0].chain[0]) as $step
  | eq("the truncate waits for i_mmap_sem"; $step.wait; "i_mmap_sem.write"),
    eq("which readers have"; $step.holder; "reader"),
    eq("one is named as such, the other beside it"; [$step.pid, $step.readers[].pid] | sort;
      [$l.setup_tid, $l.probe_tid] | sort),
    eq("in faults"; [$step.op, $step.readers[].op] | unique; ["fault.read.pte"]);

def self:
  load("last-close") as $l
  | if hangs then
      eq("one request waits for itself"; .self_requests | length; 1),
      (.self_requests[0]
        | eq("which"; .request; "REMOVEMAPPING"),
          eq("on which mount"; .mountpoint; "/mnt/atomic"),
          eq("of which file"; [.nodeid, .path]; [$l.ino, "gone"]),
          eq("who closed that"; [.closed_by.pid, .closed_by.comm]; [$l.pid, "dl-close"]),
          eq("a worker"; .comm | startswith("kworker/"); true)),
      eq("it is in flight"; [.in_flight[] | select(.op == "evict") | .wait]; ["request.host"])
    else
      eq("no request waits for itself"; .self_requests; if is_5_10 then null else [] end),
      eq("no eviction is in flight"; [.in_flight[] | select(.op == "evict")]; [])
    end;

trust_whole, ($tools[0] | chain), ($tools[2] | leak), ($tools[3] | readers), ($tools[4] | self)
