def scans_unmapped: $kernel | split(".") | map(tonumber) | (.[0] > 6 or (.[0] == 6 and .[1] >= 16));
load("pinned") as $l | $tool.ops.truncate as $t
| trust_whole,
eq("truncates"; $t.count; 1),
if scans_unmapped then
  nearly("busy-page wait as the truncate saw it"; $t.waits.busy_page.total_ns; $l.truncate_ns; 0.2)
else
  le("the truncate did not wait"; $l.truncate_ns; 100e6),
  eq("and none is shown"; $t.waits.busy_page; null),
  eq("no retry is invented"; $t.retries; 0)
end
