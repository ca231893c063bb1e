# A result as a table for people: a row for each tracer, a column for each operation.
def titles: { pte: "PTE fault", pmd: "PMD fault", setup: "setup", read: "read 4K", truncate: "truncate",
	lock: "lock wait", "free-range": "range wait", switch: "switch" };
def left($n): . + " " * ([$n - length, 0] | max);
def right($n): " " * ([$n - length, 0] | max) + .;
def cell($r): if $r == null then "-"
	elif $r.tracer | startswith("none") then "\($r.traced)"
	else "\(if $r.added >= 0 then "+" else "" end)\($r.added) \($r.ratio * 100 | if fabs < 10 then . * 10 | round / 10 else round end)%" end;

. as $result
| [ .tracers[] | .absent // .cannot // empty ] | unique as $_notes
| ([ $result.tracers[] | .absent // .cannot | select(.) ]
	| reduce .[] as $n ([]; if index($n) then . else . + [$n] end)) as $notes
| "Guest instructions that one operation takes (untraced) and that tracing adds to it,",
	"with that in % of the untraced. Linux \($result.kernel), \($result.tool).",
	"",
	("" | left(34)) + ([ $result.operations[] | titles[.] | right(13) ] | add),
	( $result.tracers[] | . as $t
		| (.absent // .cannot) as $note
		| (.title + (if $note then " [\(($notes | index($note)) + 1)]" else "" end) | left(34))
		+ (if .absent then "  not measured"
			else [ $result.operations[] as $op
				| cell([ $result.results[] | select(.tracer == $t.id and .operation == $op) ] | first)
				| right(13) ] | add end) ),
	"",
	( $notes | to_entries[] | "[\(.key + 1)] \(.value)" ),
	( $result.tracers[] | .title as $title | .failed[] | "\($title), \(.operation): \(.why)" )
