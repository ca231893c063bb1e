def phase_names: ["entry_lock", "dax_lock", "lookup", "insert", "page_table", "fallback"];
def parts: [.[phase_names[]].total_ns] | add;

# each kind of fault that happened, as {op, ops, phases}
def happened: [ $tool.phases | to_entries[] | {op: .key, phases: .value, ops: $tool.ops[.key]}
  | select(.ops.count > 0) ];

def split: .op as $op | .phases as $p | .ops as $o
| eq("\($op): phases, waits and rest add up"; ($p | parts) + sum($o.waits[].total_ns) + $p.rest_ns;
    $o.total_ns),
  ge("\($op): some of its time is no phase's"; $p.rest_ns; 1);

# What each fault comes by once. An attempt by 2 MiB that falls back does so before it maps.
def counts: .op as $op | .phases as $p | .ops.outcomes.done as $done
| ( ("dax_lock", "lookup", "insert", "page_table")
    | eq("\($op): \(.) once in each fault that is done"; $p[.].count; $done) ),
  eq("\($op): each inserts after the dax lock section"; [$p.insert_inside, $p.insert_after]; [0, $done]),
  ge("\($op): each looks for its entry"; $p.entry_lock.count; $done),
  eq("\($op): what fell back"; $p.fallback.count; .ops.outcomes.fallback);

def figures_fit: .op as $op | .phases | phase_names[] as $name | .[$name] | select(.count > 0)
| ge("\($op) \($name): takes time"; .total_ns; .count),
  le("\($op) \($name): p50 up to max"; .p50_ns; .max_ns),
  ge("\($op) \($name): max is no less than the mean"; .max_ns; .mean_ns);

$tool.ops["fault.read.pte"] as $pte | $tool.ops["fault.read.pmd"] as $pmd
| trust_whole, requests_agree,
(happened[] | split, counts, figures_fit),
eq("kinds of faults"; [happened[].op]; ["fault.read.pte", "fault.read.pmd", "fault.write.pte", "fault.mkwrite"]),
ge("read faults by page"; $pte.count; 4096),
ge("read faults by 2 MiB"; $pmd.outcomes.done; 66),
ge("those in vain"; $pmd.outcomes.fallback; 2),
ge("waits of the slow setups"; $pte.waits["request.host"].total_ns; 40e6)
