#!/usr/bin/env bash
# Test under Slurm:
# tools/slurm_test.sh PARTITION JOB_NAME CONFIG CHECKPOINT [OPTIONS]
# Set GPUS, GPUS_PER_NODE, CPUS_PER_TASK and SRUN_ARGS to change the defaults.
set -euo pipefail

partition=$1
job_name=$2
config=$3
checkpoint=$4
root=$(dirname "$0")/..
gpus=${GPUS:-8}
per_node=${GPUS_PER_NODE:-$((gpus < 8 ? gpus : 8))}

# SRUN_ARGS is a list of options, so it is split into words.
# shellcheck disable=SC2086
PYTHONPATH="$root${PYTHONPATH:+:$PYTHONPATH}" \
exec srun -p "$partition" \
    --job-name="$job_name" \
    --gres="gpu:$per_node" \
    --ntasks="$gpus" \
    --ntasks-per-node="$per_node" \
    --cpus-per-task="${CPUS_PER_TASK:-5}" \
    --kill-on-bad-exit=1 \
    ${SRUN_ARGS:-} \
    python -u "$root/tools/test.py" "$config" "$checkpoint" \
    --launcher slurm "${@:5}"
