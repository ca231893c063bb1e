load("setup-race") as $l | task($l.probe_tid).ops as $p
| requests_agree, trust_whole,
ge("the prober waited"; $l.probe_ns; 100e6),
nearly("its i_dmap_sem wait"; sum($p[].waits["i_dmap_sem.read"].total_ns); $l.probe_ns; 0.3)
