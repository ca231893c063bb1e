# Kernels of Debian that drop the last reference of the inode in the completion worker.
def hangs: $kernel | IN("6.1", "6.18", "6.19", "7.0");
load("last-close") as $l
| eq("lost"; $tool.trust.since_start.lost; 0),
if hangs then
  eq("one request waits for itself"; $tool.self_requests | length; 1),
  ($tool.self_requests[0]
    | eq("which"; .request; "REMOVEMAPPING"),
      eq("on which mount"; .mountpoint; "/mnt/atomic"),
      eq("of which file"; [.nodeid, .path]; [$l.ino, "gone"]),
      eq("who closed that"; [.closed_by.pid, .closed_by.comm]; [$l.pid, "dl-close"]),
      eq("a worker"; .comm | startswith("kworker/"); true)),
  eq("it is in flight"; [$tool.in_flight[] | select(.op == "evict") | .wait]; ["request.host"])
else
  eq("no request waits for itself"; $tool.self_requests; if $kernel == "5.10" then null else [] end),
  eq("nothing is in flight"; $tool.in_flight; [])
end
