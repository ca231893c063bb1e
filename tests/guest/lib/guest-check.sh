# shellcheck shell=dash
# For scripts that check in the guest: the tool, and how many checks passed and failed. What fails is told
# with the situation in front, where there is one. The last line is check_end.

# shellcheck disable=SC2034 # for the scripts
tool=/bin/virtiofs-daxtop
failed=0 passed=0 situation=''

# what, command that must succeed
check() {
	local what=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL ${situation:+$situation: }$what"
	fi
}

check_end() {
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
}
