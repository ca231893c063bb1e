def mib($n): $n * 1048576;
def bytes: map(.size) | add;

load("dd").ino as $ino | inode($ino).io as $file
| mount("/mnt/big").io as $io | mount("/mnt/atomic").io as $none
# what dd wrote: the file in 16 requests, then one write over its end, which is more than one
| requests_of($ino; "write") as $writes | $writes[16:] as $over
| ($over | map(select(.offset + .size <= mib(2)))) as $inside
# and the last byte of each file that the workloads make
| ([$log[] | select(.op == "write" and .ino != $ino)]) as $others
| requests_agree, trust_whole,
  eq("the write over the end of the file"; $over | bytes; mib(2)),
  ge("has a request inside the file"; $inside | length; 1),
  eq("past the end of the file"; $file.around_extended_bytes; mib(4) - ($inside | bytes)),
  eq("round the window inside it"; $file.around_written_bytes; $inside | bytes),
  eq("written through the window: 2 pages"; $file.written_bytes; 8192),
  eq("read through the window: all of it, twice"; $file.read_bytes; mib(5)),
  eq("nothing else of that file"; $file | [.around_read_bytes, .mapped_bytes]; [0, 0]),
  eq("the mount, round the window"; $io | [.around_extended_bytes, .around_written_bytes, .around_read_bytes];
    [mib(4) - ($inside | bytes) + ($others | bytes), ($inside | bytes), 0]),
  eq("the mount, through it"; $io | [.written_bytes, .read_bytes]; [8192, mib(5)]),
  eq("mapped by faults: 100 pages, and 4 ranges"; $io.mapped_bytes; 100 * 4096 + mib(8)),
  eq("one operation a request"; mount("/mnt/big").ops | [."around.extend".count + ."around.write".count];
    [$writes + $others | length]),
  eq("nothing of another mount"; [$none[]] | add; 0)
