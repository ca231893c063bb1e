trust_whole, releases_whole,
eq("truncates"; $tool.ops.truncate.count; 10),
eq("as many releasers"; $tool.releases | length; 10),
( $load[] | .by as $by
  | released($by; released_by(.holder_pid; "truncate"); .; "dl-holder";
      if $by == "exit" then "^do_exit$" else "^(anon_)?pipe_read$" end) )
