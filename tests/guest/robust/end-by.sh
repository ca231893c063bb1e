# end_by SIGNAL: the tool's exit code, how long it took and how many functions
# are left hooked, as a line of the workloads
end_by() {
	local begin code end
	begin=$(date +%s)
	kill "-$1" "$tool_pid"
	{ wait "$tool_pid"; } 2>/dev/null
	code=$?
	end=$(date +%s)
	daxload wait-for 1000 # what the kernel takes back itself
	echo "{\"workload\":\"end\",\"signal\":\"$1\",\"code\":$code,\"seconds\":$((end - begin)),
		\"hooks_left\":$(grep -c . /sys/kernel/tracing/enabled_functions)}" >>"/out/$name.load"
}
