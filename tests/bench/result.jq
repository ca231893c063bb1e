# What the guest measured, as the result that is stored and compared.
# Input: bench.jsonl, slurped. Arguments: release, tool, and texts: tracers, absent, failed, packages.
#
# An operation that waits for the host is judged by the median of single ones, others by the least
# of several samples: see tests/bench/README.md.
def waiting: . as $op | any("setup", "lock", "free-range"; . == $op);
def rows($text): $text | split("\n") | map(select(. != "" and (startswith("#") | not)) | split("|"));
def figures: .count as $count | (.samples_ns | map(. / $count) | sort) as $s
	| { min: ($s[0] | round), median: ($s[length / 2 | floor] | round), samples: ($s | length),
		operations_per_sample: $count };
def steady($op): if $op | waiting then .median else .min end;

. as $lines
| [ $lines[] | { tracer, op, figures: figures } ] as $all
| def untraced($op): [ $all[] | select(.op == $op and (.tracer | startswith("none"))).figures | steady($op) ] | min;
{
	schema_version: 1,
	unit: "guest instructions",
	kernel: $release,
	kernel_series: ($release | capture("^(?<s>[0-9]+\\.[0-9]+)").s),
	tool: $tool,
	peer_packages: (rows($packages | gsub(" "; "|")) | map({ key: .[0], value: .[1] })
		| map(select(.key | test("^(bpftrace|libbpf-tools|linux-perf|trace-cmd)$"))) | from_entries),
	operations: ([ $all[].op ] | reduce .[] as $op ([]; if index($op) then . else . + [$op] end)),
	tracers: [ rows($tracers)[] | .[0] as $id
		| select(any($all[]; .tracer == $id) or any(rows($absent)[]; .[0] == $id))
		| { id: $id, title: .[1],
			absent: ([ rows($absent)[] | select(.[0] == $id)[1] ] | first),
			cannot: (if .[4] == "" then null else .[4] end),
			failed: [ rows($failed)[] | select(.[0] == $id) | { operation: .[1], why: .[2] } ] } ],
	results: [ $all[] | .op as $op | untraced($op) as $base
		| { tracer, operation: $op, figure: (if $op | waiting then "median" else "min" end),
			untraced: $base, traced_min: .figures.min, traced_median: .figures.median,
			traced: (.figures | steady($op)), added: ((.figures | steady($op)) - $base),
			ratio: (((.figures | steady($op)) - $base) / $base * 10000 | round / 10000),
			samples: .figures.samples, operations_per_sample: .figures.operations_per_sample } ]
}
