# How many slices overlap another one of their task without lying inside it.
[ .traceEvents[] | select(.ph == "X")
  | { track: [.pid, .tid], begin: (.ts * 1000 | round), end: ((.ts + .dur) * 1000 | round) } ]
| group_by(.track)
| map(sort_by(.begin, -.end)
      | reduce .[] as $slice ({ open: [], bad: 0 };
          .open |= map(select(. > $slice.begin))
          | (if (.open | length) > 0 and .open[-1] < $slice.end then .bad += 1 else . end)
          | .open += [$slice.end])
      | .bad)
| add
