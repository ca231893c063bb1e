load("pinned") as $l | inode($l.ino).ops.open_trunc as $t
| trust_whole,
eq("truncating opens"; $tool.ops.open_trunc.count; 2),
eq("no truncate beside"; $tool.ops.truncate.count; 0),
nearly("busy-page wait as the opener saw it"; $t.waits.busy_page.total_ns; $l.truncate_ns; 0.2)
