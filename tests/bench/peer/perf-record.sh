# shellcheck shell=sh
# Entry and return of __fuse_dax_fault as events, recorded on all processors.
perf probe -q -a __fuse_dax_fault || exit
perf probe -q -a '__fuse_dax_fault%return' || exit
exec perf record -q -a -e 'probe:__fuse_dax_fault*' -o /tmp/perf.data
