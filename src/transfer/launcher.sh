#!/bin/bash
# remediate @RUN@: starts the @KIND@ of @ITEM@ in the background and ends.
# Always with success: an OnStart script that fails makes the instance fail.
start() {
  umask 077
  dir=${REMEDIATE_WORK:-/opt/remediate-@RUN@}
  mkdir -p "$dir" && cd "$dir" || return
  read -r job
  echo "$job" >job.json
  cat >worker.b85
  conda=/home/ec2-user/anaconda3
  # The worker needs Python 3.7: Jupyter's own is there if nothing else is.
  for python in /usr/bin/python3 $conda/envs/JupyterSystemEnv/bin/python3 $conda/bin/python3 python3; do
    "$python" -c 'import base64, sys, zlib
assert sys.version_info >= (3, 7)
text = open("worker.b85").read().replace("\n", "")
open("worker.py", "wb").write(zlib.decompress(base64.b85decode(text)))' && break
    python=
  done
  [ "$python" ] || return
  set -- "$python" -X utf8 "$dir/worker.py" "$dir/job.json"
  # Who sets the folder runs it elsewhere, where no unit of systemd is to be made.
  if [ -z "$REMEDIATE_ROOT" ] && [ -d /run/systemd/system ] && systemd-run --unit=remediate-@RUN@ "$@"; then
    return
  fi
  setsid nohup "$@" </dev/null >worker.log 2>&1 &
}
start <<'END'
@JOB@
@WORKER@
END
exit 0
