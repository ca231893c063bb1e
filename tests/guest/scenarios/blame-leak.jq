def leaks: ($kernel | startswith("7.")) | not;
load("leak") as $l
| [$tool.in_flight[] | select(.op == "fault.read.pte")][0] as $fault
| eq("lost"; $tool.trust.since_start.lost; 0),
if $kernel == "5.10" then empty
elif leaks then
  eq("the fault waits for i_mmap_sem"; $fault.wait; "i_mmap_sem.read"),
  eq("of that file"; $fault.path; "leak"),
  eq("which was leaked"; $fault.chain[0].holder; "leaked"),
  eq("by a task of the process that was killed"; $fault.chain[0].tgid; $l.pid)
else
  eq("nothing is in flight"; $tool.in_flight; [])
end
