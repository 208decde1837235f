#!/bin/sh
# Connects Claude Desktop for the person who is signed in. For Jamf Pro: Scripts, run by a policy as root,
# "Once every day". What is right already stays untouched.
#
# The key comes from a file that only root can read, never from a parameter, which others could see, and
# the file is removed once the key is in the person's keychain. Without that file the key that is stored
# already is used.
#
# Ends with 0 when Claude is connected or nobody is signed in, 1 when a finding blocks, 2 wrong use,
# 3 refused and nothing written, 4 an error of the program.
set -u
preset='@PRESET@'
key_file=${AIROUTER_KEY_FILE:-/private/var/root/airouter-key.txt}
cli=${AIROUTER_CLI:-/Applications/AIRouter Setup.app/Contents/MacOS/airouter-setup-cli}

person=$(stat -f %Su /dev/console 2>/dev/null || echo root)
if [ "$person" = root ] || [ "$person" = loginwindow ]; then
    echo 'Nobody is signed in.'
    exit 0
fi
if [ ! -x "$cli" ]; then
    echo 'AIRouter Setup is not installed.'
    exit 1
fi
as_person() {
    launchctl asuser "$(id -u "$person")" sudo -u "$person" -H "$@"
}

folder=$(mktemp -d /tmp/airouter.XXXXXX) || exit 4
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
printf '%s' "$preset" | base64 --decode >"$folder/gateway.airouter"
chmod 644 "$folder/gateway.airouter"

if [ -f "$key_file" ]; then
    as_person "$cli" apply --preset "$folder/gateway.airouter" --write-only --yes --json --key-stdin <"$key_file"
    ended=$?
    if [ "$ended" = 0 ]; then
        rm -f "$key_file"
    fi
else
    as_person "$cli" apply --preset "$folder/gateway.airouter" --write-only --yes --json </dev/null
    ended=$?
fi
exit "$ended"
