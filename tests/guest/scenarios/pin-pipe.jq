trust_whole, releases_whole,
eq("truncates"; $tool.ops.truncate.count; 5),
eq("as many releasers"; $tool.releases | length; 5),
scanned(5),
( $load[] | released("drained"; released_by(.drain_tid; "truncate"); .; "dl-drain"; "^(anon_)?pipe_read$") )
