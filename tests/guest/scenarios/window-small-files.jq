def advice($where): mount($where).advice;

advice("/mnt/big") as $big | advice("/mnt/atomic") as $atomic
| trust_whole,
  eq("setups of files whose size is known"; $big.figures.sized_setups; mount("/mnt/big").ops.setup.count),
  eq("all of them small"; $big.figures | [.small_setups, .small_share_permille]; [150, 1000]),
  eq("their requests, as logged"; $big.figures.small_requests; setups + removes | length),
  eq("their time"; $big.figures.small_cost_ns; mount("/mnt/big").ops | .setup.total_ns + .remove.total_ns),
  eq("read once"; $big.figures.read_once_share_permille; 1000),
  eq("one use of 8 KiB each"; $big.figures | [.mapping_uses, .mapping_used_bytes]; [1, 8192]),
  eq("8 KiB of file behind each range"; [$big.range_sizes[] | select(.setups > 0)];
    [{le_bytes: 8192, setups: 150}]),
  eq("by size of file"; [$big.file_sizes[] | select(.files > 0)];
    [{le_bytes: 8192, files: 150, setups: 150, requests: $big.figures.small_requests, plain_requests: 150}]),
  eq("without DAX, one read each"; $big.figures | [.threshold_bytes, .threshold_saved];
    [8192, $big.figures.small_requests - 150]),
  eq("it says so"; [$big.verdicts[].name]; ["small_files"]),
  eq("files that DAX suits: nothing to say"; [$atomic.verdicts[].name]; []),
  eq("of 1 MiB and 32 MiB"; [$atomic.file_sizes[] | select(.files > 0) | [.le_bytes, .files, .setups]];
    [[1048576, 3, 3], [null, 1, 16]]),
  eq("with 1 or 2 MiB behind each range"; [$atomic.range_sizes[] | select(.setups > 0) | [.le_bytes, .setups]];
    [[1048576, 3], [2097152, 16]]),
  eq("six reads and 16 faults"; $atomic.figures.mapping_uses * 19 + 0.5 | floor; 22),
  eq("of which files read twice are not read once"; $atomic.figures.read_once_share_permille; 842),
  eq("no range was mapped for nothing"; [$big, $atomic | .figures.lost_races]; [0, 0])
