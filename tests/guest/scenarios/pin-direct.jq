[$tool.releases[] | select(.releaser == "interrupt")] as $irq
| [$load[] | select(.by == "async-write")] as $writes
| trust_whole, releases_whole,
eq("truncates"; $tool.ops.truncate.count; 10),
( $load[] | select(.by == "direct-read")
  | released("read"; released_by(.holder_pid; "truncate"); .; "dl-holder"; "direct_IO|read_iter") ),
eq("interrupts released the others"; sum($irq[] | .count); 5),
eq("no task is blamed for them"; [$irq[] | .pid, .tgid, .comm | select(. != null)]; []),
eq("each file's"; $irq | length; 5),
eq("as long as those files' waits"; sum($irq[] | .total_ns);
  sum($writes[] | inode(.ino) | .ops.truncate.waits.busy_page.total_ns)),
( $irq[] | check("the stack ends where the interrupt came"; .stack;
    .stack[-1] | test("^(asm_)?(sysvec|common_interrupt)|irq"); "an interrupt's entry") )
