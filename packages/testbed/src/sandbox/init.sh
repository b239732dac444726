#!/bin/sh
# init.sh DIR USR UID GID
#
# The first process of the test bed's own mount and process namespaces. What is mounted here is seen in here only.
# USR, if not empty, is laid over /usr: the servers find their compiled-in paths although nothing is installed.
set -e
dir=$1
usr=$2
uid=$3
gid=$4

# Still the outer /proc: our process id as the rest of the machine sees it.
read -r outer _ </proc/self/stat

if [ -n "$usr" ]; then
  mount -t overlay -o "ro,lowerdir=$usr:/usr" overlay /usr
fi
mkdir -p "$dir/sandbox"
# Names for the servers' users, in here only. Those of an installed Dovecot come first and win.
{
  cat /etc/passwd
  nowhere='::/nonexistent:/usr/sbin/nologin'
  printf '%s\n' "dovecot:x:64871:64871$nowhere" "dovenull:x:64872:64872$nowhere" "postfix:x:64874:64874$nowhere" \
    "sshd:x:64876:64876$nowhere" \
    "mailmove:x:$uid:$gid$nowhere"
} >"$dir/sandbox/passwd"
{
  cat /etc/group
  printf '%s\n' 'dovecot:x:64871:' 'dovenull:x:64872:' 'postfix:x:64874:' 'postdrop:x:64875:' "mailmove:x:$gid:"
} >"$dir/sandbox/group"
mount --bind "$dir/sandbox/passwd" /etc/passwd
mount --bind "$dir/sandbox/group" /etc/group
mount -t proc proc /proc

echo "$outer" >"$dir/sandbox/init.pid"
echo "ready $outer"

# Waiting reaps every process that is left to us.
sleep infinity &
wait
