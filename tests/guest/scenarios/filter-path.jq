trust_whole,
eq("setups below the folder"; $tool.ops.setup.count; 4),
eq("one inode"; [$tool.inodes[] | select(.nodeid != 0) | .path]; ["in/deep/dl-fault"]),
eq("the filter is told"; [$tool.filters.path] | flatten; ["/mnt/big/in"])
