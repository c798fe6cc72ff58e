#!/usr/bin/env bash
# Test on several devices: tools/dist_test.sh CONFIG CHECKPOINT DEVICES [OPTIONS]
# More machines: set NNODES, NODE_RANK, MASTER_ADDR and PORT on each.
set -euo pipefail

config=$1
checkpoint=$2
devices=$3
root=$(dirname "$0")/..

PYTHONPATH="$root${PYTHONPATH:+:$PYTHONPATH}" \
exec python -m torch.distributed.run \
    --nnodes="${NNODES:-1}" \
    --node_rank="${NODE_RANK:-0}" \
    --master_addr="${MASTER_ADDR:-127.0.0.1}" \
    --master_port="${PORT:-29500}" \
    --nproc_per_node="$devices" \
    "$root/tools/test.py" "$config" "$checkpoint" --launcher pytorch "${@:4}"
