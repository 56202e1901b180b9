# remediate @RUN@: @KIND@ of @ITEM@, by hand. Paste all of this in a terminal of the notebook, and leave it open.
# It reads /home/ec2-user/SageMaker and writes to s3://@PLACE@. Below "by_hand" are the job and the worker, in base64.
by_hand() (
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
  "$python" -X utf8 "$dir/worker.py" "$dir/job.json"
)
by_hand <<'END'
@JOB@
@WORKER@
END
