trust_whole,
eq("operations"; ops_sum(.count); 0),
eq("inodes"; $tool.inodes_total; 0),
eq("waits"; sum($tool.waits[]?.count); 0)
