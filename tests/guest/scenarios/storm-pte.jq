sum($load[] | .touches) as $touches
| trust_whole,
ge("touches"; $touches; 1000),
eq("each touch is one fault, each fallback one more"; $tool | faults;
  $touches + ($tool | fallbacks))
