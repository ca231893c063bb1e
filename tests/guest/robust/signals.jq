def ended($signal): [$load[] | select(.workload == "end" and .signal == $signal)][0];
trust_whole,
eq("ended by SIGHUP under a storm"; ended("HUP").code; 0),
le("within seconds"; ended("HUP").seconds; 30),
eq("with its last summary"; $tools | length; 1),
ge("of what the storm did until then"; $tool | faults; 1000),
eq("by a second signal"; ended("TERM") | {code, hooks_left}; {code: 143, hooks_left: 0}),
le("at once"; ended("TERM").seconds; 15),
eq("by SIGPIPE when nobody reads"; load("codes").reader; 141),
eq("with 3 when the disk is full"; load("codes").full; 3)
