load("pin-hold") as $l
| [$tool.releases[] | select(.op | startswith("reclaim."))] as $r
| releases_whole,
eq("reclaim waited for one task"; $r | map(.pid) | unique; [$l.holder_pid]),
eq("whose work it was"; $r[0].comm; "dl-holder"),
check("which read the pipe"; $r[0].stack; $r[0].stack // [] | any(test("^(anon_)?pipe_read$")); "pipe_read"),
eq("the file is the one that was held"; $r[0].path; inode($l.ino).path // $r[0].path),
ge("until it did"; sum($r[] | .total_ns); 1e9)
