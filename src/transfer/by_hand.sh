# remediate @RUN@: @KIND@ of @ITEM@, by hand. Paste all of this in a terminal of @INSTANCE@, and leave it open.
# It reads /home/ec2-user/SageMaker and writes to s3://@PLACE@. Below "by_hand" are the job and the worker, in base64.
by_hand() (
  metadata=${REMEDIATE_METADATA:-/opt/ml/metadata/resource-metadata.json}
  if [ -e "$metadata" ]; then
    grep -qi '"ResourceName" *: *"@INSTANCE@"' "$metadata" ||
      { echo "remediate: this is not the notebook @INSTANCE@; nothing was done"; return 1; }
  fi
  # As root, if that is allowed: only root can read everything, and give everything back its owner.
  sudo=
  [ "$(id -u)" = 0 ] || { sudo -n true 2>/dev/null && sudo="sudo -n"; }
  umask 077
  dir=$(mktemp -d) && cd "$dir" || return
  read -r job
  echo "$job" | base64 -d >job.json
  base64 -d >worker.z
  conda=/home/ec2-user/anaconda3
  for python in /usr/bin/python3 $conda/envs/JupyterSystemEnv/bin/python3 $conda/bin/python3 python3; do
    "$python" -c 'import sys, zlib
assert sys.version_info >= (3, 7)
open("worker.py", "wb").write(zlib.decompress(open("worker.z", "rb").read()))' && break
    python=
  done
  [ "$python" ] || { echo "remediate: no Python 3.7 or later was found"; return 1; }
  $sudo "$python" -X utf8 "$dir/worker.py" "$dir/job.json"
)
by_hand <<'END'
@JOB@
@WORKER@
END
