trust_whole, releases_whole,
eq("truncates"; $tool.ops.truncate.count; 6),
eq("as many releasers"; $tool.releases | length; 6),
scanned(6),
( $load[] | select(.workload == "pinned")
  | released("drained"; released_by(.drain_tid; "truncate"); .; "dl-drain"; "^(anon_)?pipe_read$") ),
( $load[] | select(.workload == "pin-hold")
  | released("exited"; released_by(.holder_pid; "truncate"); .; "dl-holder"; "^do_exit$") )
