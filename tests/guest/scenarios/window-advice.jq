def within($percent; $a; $b): ($a - $b | fabs) <= $b * $percent / 100;
def seen($where): mount($where).advice.figures;
def foreseen($where; $ranges): [mount($where).advice.forecasts[] | select(.window_ranges == $ranges)][0];
def verdicts($where): [mount($where).advice.verdicts[].name];

trust_whole,
  eq("setups of one mount as logged"; mount("/mnt/big").ops.setup.count; setups | length),
  eq("the time seen"; seen("/mnt/big").span_ns; $tool.duration_ns),
  eq("no change of a window was lost"; $tool.trust.counters.window_lost; 0),
  (("/mnt/small", "/mnt/atomic", "/mnt/big") as $where | mount($where)
    | eq("\($where): it saw each setup"; .advice.figures.setups; .ops.setup.count),
      eq("\($where): and each removal"; .advice.figures.removals; .ops.remove.ranges // 0),
      eq("\($where): its size"; .advice.figures.window_ranges; .ranges.total),
      eq("\($where): each range counts once"; .advice.figures | .setups - .repeats; .advice.figures.touched),
      eq("\($where): no race"; .advice.figures.lost_races; 0)),
  eq("the working set"; [seen("/mnt/small", "/mnt/atomic", "/mnt/big").working_set_ranges];
    [4, seen("/mnt/big").touched, seen("/mnt/big").touched]),
  check("a quarter of it, as it was"; foreseen("/mnt/atomic"; 32).setups;
    within(3; foreseen("/mnt/atomic"; 32).setups; seen("/mnt/atomic").setups); seen("/mnt/atomic").setups),
  # where the machine is quiet within 10 %: see check-window
  check("all of it, from a quarter"; foreseen("/mnt/atomic"; 128).setups;
    within(20; foreseen("/mnt/atomic"; 128).setups; seen("/mnt/big").setups);
    "\(seen("/mnt/big").setups) +- 20 %"),
  eq("with a fifth to spare there are no repeats"; mount("/mnt/atomic").advice.forecasts[-1].setups; seen("/mnt/big").touched),
  eq("a quarter is too small, it says"; verdicts("/mnt/atomic") | index("window_too_small"); 0),
  eq("a window with room: nothing to say"; verdicts("/mnt/small"); [])
