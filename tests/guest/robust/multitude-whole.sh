# The same, twenty times as many.
# shellcheck source=multitude.sh
. /scenarios/multitude.sh
times=20
