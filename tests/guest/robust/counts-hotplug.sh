# The same where hits are kept by processor.
# shellcheck source=hotplug.sh
. /scenarios/hotplug.sh
tool_opts='--detail counts'
