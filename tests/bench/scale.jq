# What the two boots of tests/bench/scale measured, as JSON. Input: scale.jsonl, slurped.
def per_fault: .count as $count | [ .samples_ns[] / $count ] | min | round;
def added($figures; $mode; $case): ([ $figures[] | select(.mode == $mode and .case == $case).per_fault ] | first) as $traced
	| ([ $figures[] | select(.mode == "untraced" and .case == $case).per_fault ] | first) as $base
	| if $traced == null or $base == null then null
		else { mode: $mode, case: $case, untraced: $base, traced: $traced, added: ($traced - $base) } end;
# percent by which @b is above @a
def growth($a; $b): if $a > 0 then (($b - $a) / $a * 1000 | round / 10) else null end;

[ .[] | { mode, case, per_fault: per_fault } ] as $figures
| [ ("full", "counts") as $mode | ("one", "eight-one-inode", "eight-inodes", "one-inode", "rotate") as $case
	| added($figures; $mode; $case) | select(.) ] as $added
| def of($mode; $case): [ $added[] | select(.mode == $mode and .case == $case) ] | first;
{
	schema_version: 1, unit: "guest instructions", kernel: $release, inodes: $inodes, tasks: $tasks, rotated: $rotated,
	added: $added, reading: $reading,
	limits: [ ("full", "counts") as $mode
		| (("eight-one-inode", "eight-inodes") as $case
			| of($mode; "one") as $one | of($mode; $case) as $many | select($one and $many)
			| { mode: $mode, what: "added, \($case) over one processor",
				percent: growth($one.added; $many.added), limit_percent: 10 }),
		(of($mode; "one-inode") as $one | of($mode; "rotate") as $many | select($one and $many)
			| { mode: $mode, what: "whole fault, rotating over one inode",
				percent: growth($one.traced; $one.untraced + $many.added), limit_percent: 25 },
			{ mode: $mode, what: "added, rotating over one inode",
				percent: growth($one.added; $many.added), limit_percent: null }) ]
}
