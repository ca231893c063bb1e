def setups_of(dir): sum($tool.inodes[] | select(.mountpoint == dir) | .ops.setup.count);
trust_whole,
eq("setups on the first"; setups_of("/mnt/big"); 4),
eq("setups on the second"; setups_of("/mnt/atomic"); 6),
eq("by mount, first"; mount("/mnt/big").ops.setup.count; 4),
eq("by mount, second"; mount("/mnt/atomic").ops.setup.count; 6),
eq("in all"; $tool.ops.setup.count; 10)
