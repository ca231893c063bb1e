# At both looks: of the interval in the middle, and of the last, which ends with tracing.
def one:
  load("same-fault") as $l
  | eq("one task repeats a fault"; [.repeated_faults[].pid]; [$l.same_tid]),
    (.repeated_faults[0]
      | eq("which"; [.op, .comm]; ["fault.read.pte", "dl-same"]),
        eq("of which file"; .path; "dl-same-fault"),
        eq("at which page"; .offset; $l.same_offset),
        ge("looked at several of them"; .seen; 3),
        ge("one after the other"; .span_ns; 1e6));

trust_whole, ($tools[] | one)
