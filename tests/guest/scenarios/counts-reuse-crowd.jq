load("reuse") as $l
| lost_is_skipped,
ge("files"; $l.deeds | map(.ino) | unique | length; 120),
inodes_have_their_deeds, nothing_absurd
