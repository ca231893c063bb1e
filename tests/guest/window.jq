# Input: the tool's JSON of workloads that were the same on each mount. $setups: those that the backends
# logged, and $load: the workloads' lines, both by tag in the order of $tags, smallest window first.
# A line of words for each figure: ok, what, got, want.

def mount($tag): [.mounts[] | select(.mountpoint == "/mnt/\($tag)")][0];
def row($ok; $what; $got; $want): [(if $ok then "ok" else "FAIL" end), $what, ($got | tostring), ($want | tostring)];
def within($percent; $a; $b): ($a - $b | fabs) * 100 <= $b * $percent;

# Of the window without end where that one is no larger.
def foreseen($ranges): .advice.forecasts
  | ([.[] | select(.window_ranges == $ranges)][0] // .[-1]).setups;
def verdicts($tag): [mount($tag).advice.verdicts[].name];

def percent($a; $b): $a * 100 / $b | round | . / 100;
# A loop through a window of just its size is a race: whoever gets there first, the access or the worker,
# decides whether all of it is set up again, which is foreseen, or none.
def is_right($ranges; $got; $want):
  if $workload == "loop" and $ranges == $working_set then $want <= $got and $want >= $working_set
  else within(10; $got; $want) end;
def forecasts:
  mount($tags[0]) as $seen
  | $tags[1:][] as $tag | mount($tag).ranges.total as $ranges
  | ($seen | foreseen($ranges)) as $got
  | row(is_right($ranges; $got; $setups[$tag]); "\($workload) \(percent($ranges; $working_set))"; $got; $setups[$tag]);
def counts:
  $tags[] as $tag
  | row(mount($tag).ops.setup.count == $setups[$tag]; "\($workload) on \($tag): setups as logged"; mount($tag).ops.setup.count;
    $setups[$tag]);

# What is to be said of the smallest window; and of the largest, which has room: nothing, or that it is too large.
def said: {sequential: ["window_no_help"], build: ["window_too_small", "small_files"]}[$workload] // ["window_too_small"];
def said_of_largest: if mount($tags[-1]).ranges.total >= 4 * $working_set then ["window_spare"] else [] end;
def verdict_rows:
  row(verdicts($tags[0]) - ["forecast_rough"] == said; "\($workload) on \($tags[0]): verdicts"; verdicts($tags[0]); said),
  row(verdicts($tags[-1]) == said_of_largest; "\($workload) on \($tags[-1]): verdicts"; verdicts($tags[-1]); said_of_largest);

# Accesses a second: each step to a larger window helps, and the one that holds all of it by far the most.
def speed($tag): $load[$tag] | .ops * 1e9 / (.end_ns - .begin_ns) | round;
def cliff:
  def faster($more; $less; $times): row(speed($more) >= speed($less) * $times;
    "\($workload): accesses/s, \($more) against \($less) (at least \($times) of it)"; speed($more); speed($less));
  faster("plain"; $tags[0]; 1.5),
  (range(1; $tags | length) as $i | faster($tags[$i]; $tags[$i - 1]; 0.9)),
  faster($tags[3]; $tags[2]; 1.5), faster($tags[3]; $tags[0]; 4);

verdict_rows, counts, if $workload == "cliff" then cliff else forecasts end
| @tsv
