#!/usr/bin/env bash
# Train on several devices: tools/dist_train.sh CONFIG DEVICES [OPTIONS]
# More machines: set NNODES, NODE_RANK, MASTER_ADDR and PORT on each.
set -euo pipefail

config=$1
devices=$2
root=$(dirname "$0")/..

PYTHONPATH="$root${PYTHONPATH:+:$PYTHONPATH}" \
exec python -m torch.distributed.run \
    --nnodes="${NNODES:-1}" \
    --node_rank="${NODE_RANK:-0}" \
    --master_addr="${MASTER_ADDR:-127.0.0.1}" \
    --master_port="${PORT:-29500}" \
    --nproc_per_node="$devices" \
    "$root/tools/train.py" "$config" --launcher pytorch "${@:3}"
