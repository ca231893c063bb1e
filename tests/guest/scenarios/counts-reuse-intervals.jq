lost_is_skipped,
ge("intervals"; $tools | length; 8),
ge("intervals in the middle of it"; [$tools[] | select(.ops["fault.read.pte"].count > 100)] | length; 5),
ge("storm"; load("fault").touches; 5000),
inodes_have_their_deeds, nothing_absurd
