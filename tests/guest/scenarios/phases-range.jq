def phase_names: ["entry_lock", "dax_lock", "lookup", "insert", "page_table", "fallback"];

requests_agree, trust_whole,
($tool.phases | to_entries[] | .key as $op | .value as $p | $tool.ops[$op] | select(.count > 0)
  | eq("\($op): phases, waits and rest add up";
      ([$p[phase_names[]].total_ns] | add) + sum(.waits[].total_ns) + $p.rest_ns; .total_ns),
    eq("\($op): each that is done inserts once, after the dax lock section";
      [$p.insert.count, $p.insert_inside, $p.insert_after];
      [.outcomes.done, 0, .outcomes.done])),
# a fault that waits comes to its entry twice: that is one fault with an entry
$tool.ops["fault.read.pte"] as $pte
| eq("each looks for its entry"; $tool.phases["fault.read.pte"].entry_lock.count; $pte.count),
  ge("some waited for a range"; $pte.waits.free_range.count; 1)
