#!/bin/sh
# reaper.sh DIR COMMAND...
#
# Makes DIR, runs COMMAND (which becomes a process namespace full of servers), and waits until standard input
# ends. That happens when the process that started us closes it, and also when that process is killed: then
# everything in the namespace is killed and what was made is removed. We are a session of our own, so that no
# Ctrl-C reaches us.
dir=$1
shift
trap '' HUP INT TERM

# A folder that is there already must be empty, and stays.
if mkdir -m 0711 "$dir" 2>/dev/null; then
  made=yes
elif [ -d "$dir" ] && [ -z "$(ls -A "$dir")" ]; then
  made=no
else
  echo "refused $dir cannot be used: the test bed needs a folder that is empty, or that it can make"
  exit 1
fi

# The command sees to it that it ends when we are killed.
"$@" </dev/null &
command=$!
# Nobody may be left to read what the shell says of it, and a broken pipe would end us.
exec >/dev/null 2>&1

cat >/dev/null

running() {
  [ -r "/proc/$command/status" ] && ! grep -qs '^State:.Z' "/proc/$command/status"
}
# The end may come while the namespace is being made: its first process either fails, or soon says who it is.
tries=0
while [ ! -s "$dir/sandbox/init.pid" ] && running && [ "$tries" -lt 1000 ]; do
  tries=$((tries + 1))
  sleep 0.01
done
# Killing it kills all others with it, and its end is reported only once they are gone.
if [ -s "$dir/sandbox/init.pid" ]; then
  kill -s KILL "$(cat "$dir/sandbox/init.pid")" 2>/dev/null
else
  kill -s KILL "$command" 2>/dev/null
fi
wait "$command"
if [ "$made" = yes ]; then
  rm -rf "$dir"
else
  find "$dir" -mindepth 1 -delete
fi
