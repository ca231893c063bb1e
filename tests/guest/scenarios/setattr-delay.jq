load("truncate-block") as $l | $tool.ops.truncate as $t
| task($l.fault_tid).ops as $f
| requests_agree, trust_whole,
near("the fault's i_mmap_sem wait"; sum($f[].waits["i_mmap_sem.read"].total_ns); $l.fault_ns; 0.05),
ge("the truncate's request wait"; $t.waits["request.host"].total_ns; 599e6),
as_logged("as the host logged it"; $t.waits["request.host"].total_ns; requests_of($l.ino; "setattr")),
le("other is at most 10 % of the truncate"; $t.other_ns; 0.1 * $t.total_ns)
