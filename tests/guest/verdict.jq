# Holds one scenario's checks (the input, each {name, ok, got, want}) against the
# rows of tests/guest/expected ($expected, its text) for $kernel and $scenario:
# {verdict: "ok", "-" or "FAIL", cnt, reasons, bad}.

def trim: sub("^\\s+"; "") | sub("\\s+$"; "");
def rows: $expected | split("\n")[] | select(test("^\\s*(#|$)") | not) | split("|") | map(trim)
  | {kernel: .[0], scenario: .[1], check: (.[2] | ltrimstr("? ")), reason: .[3],
     may: (.[2] | startswith("? "))};
def fits($pattern): . as $text
  | $pattern | gsub("(?<c>[][.+?(){}^$\\\\])"; "\\\(.c)") | gsub("[*]"; ".*")
  | . as $re | $text | test("^(\($re))$");
def is_for($row): .name as $name | $name | fits($row.check);

. as $checks
| [rows | .kernel as $k | .scenario as $s
  | select(($kernel | fits($k)) and ($scenario | fits($s)))] as $rows
| [$checks[] | select(.ok | not)] as $failed
# of the rows, those that some check is for, and those that one fails for
| [$rows[] | . as $row | select(any($checks[]; is_for($row)))] as $met
| [$met[] | . as $row | select(any($failed[]; is_for($row)))] as $true
| [$failed[] | . as $check | select(any($rows[]; . as $row | $check | is_for($row)) | not)] as $bad
| [($met - $true)[] | select(.may | not) | {name: "\(.check): no longer different", got: "no failure", want: .reason}] as $stale
| {cnt: ($checks | length), reasons: ([$true[].reason] | unique), bad: ($bad + $stale),
   verdict: (if $bad + $stale != [] then "FAIL"
     elif any($true[]; .check == "*") then "-" else "ok" end)}
