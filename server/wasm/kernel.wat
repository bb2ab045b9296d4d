;; The inner loops of copy search. kernel-bytes.ts holds this file compiled; `npm run generate` makes it.
(module
  (import "env" "memory" (memory 1))

  ;; Finds the rows whose hash, or its inverse, is within `limit` bits of the query in any of four flips.
  ;; A hash is 4 words, one for each pair of parities of row and column: (even, even), (even, odd), (odd, even), (odd, odd).
  ;; A flip of the picture inverts two of the words. Writes `row << 16 | distance` for each and returns their number.
  (func (export "scanHashes") (param $rows i32) (param $count i32) (param $query i32) (param $limit i32) (param $out i32) (result i32)
    (local $q0 i64) (local $q1 i64) (local $q2 i64) (local $q3 i64)
    (local $ee i32) (local $eo i32) (local $oe i32) (local $oo i32)
    (local $row i32) (local $best i32) (local $next i32) (local $start i32)
    (local.set $start (local.get $out))
    (local.set $q0 (i64.load (local.get $query)))
    (local.set $q1 (i64.load offset=8 (local.get $query)))
    (local.set $q2 (i64.load offset=16 (local.get $query)))
    (local.set $q3 (i64.load offset=24 (local.get $query)))
    (block $done
      (loop $each
        (br_if $done (i32.ge_u (local.get $row) (local.get $count)))
        (local.set $ee (i32.wrap_i64 (i64.popcnt (i64.xor (local.get $q0) (i64.load (local.get $rows))))))
        (local.set $eo (i32.wrap_i64 (i64.popcnt (i64.xor (local.get $q1) (i64.load offset=8 (local.get $rows))))))
        (local.set $oe (i32.wrap_i64 (i64.popcnt (i64.xor (local.get $q2) (i64.load offset=16 (local.get $rows))))))
        (local.set $oo (i32.wrap_i64 (i64.popcnt (i64.xor (local.get $q3) (i64.load offset=24 (local.get $rows))))))
        ;; As it is, or rotated by 180 degrees: (even, odd) and (odd, even) inverted. With m = ee + oo and d = eo + oe - 64 the
        ;; distances are m + 64 + d and m + 64 - d, those of the inverses 256 minus these. The smallest of the four is
        ;; min(m + 64, 192 - m) - |d|.
        (local.set $next (i32.sub (i32.add (local.get $eo) (local.get $oe)) (i32.const 64)))
        (local.set $next (select (local.get $next) (i32.sub (i32.const 0) (local.get $next)) (i32.gt_s (local.get $next) (i32.const 0))))
        (local.set $best (i32.add (i32.add (local.get $ee) (local.get $oo)) (i32.const 64)))
        (local.set $best (select (local.get $best) (i32.sub (i32.const 256) (local.get $best)) (i32.lt_s (local.get $best) (i32.const 128))))
        (local.set $best (i32.sub (local.get $best) (local.get $next)))
        ;; Top to bottom: (even, even) and (even, odd) inverted. Left to right: (even, even) and (odd, even) inverted.
        (local.set $ee (i32.add (i32.sub (local.get $oo) (local.get $ee)) (i32.const 128)))
        (local.set $ee (select (local.get $ee) (i32.sub (i32.const 256) (local.get $ee)) (i32.lt_s (local.get $ee) (i32.const 128))))
        (local.set $next (i32.sub (local.get $oe) (local.get $eo)))
        (local.set $next (select (local.get $next) (i32.sub (i32.const 0) (local.get $next)) (i32.gt_s (local.get $next) (i32.const 0))))
        (local.set $next (i32.sub (local.get $ee) (local.get $next)))
        (local.set $best (select (local.get $best) (local.get $next) (i32.lt_s (local.get $best) (local.get $next))))
        (if (i32.le_s (local.get $best) (local.get $limit))
          (then
            (i32.store (local.get $out) (i32.or (i32.shl (local.get $row) (i32.const 16)) (local.get $best)))
            (local.set $out (i32.add (local.get $out) (i32.const 4)))))
        (local.set $rows (i32.add (local.get $rows) (i32.const 32)))
        (local.set $row (i32.add (local.get $row) (i32.const 1)))
        (br $each)))
    (i32.shr_u (i32.sub (local.get $out) (local.get $start)) (i32.const 2)))

  ;; Finds the rows of 128 bits that differ from any of four queries in fewer bits than the limit of that query. `queries` are
  ;; four times 16 bytes, `limits` 4 ints. Writes the row and its 4 distances, 20 bytes, for each and returns their number.
  (func (export "scanSigns") (param $rows i32) (param $count i32) (param $queries i32) (param $limits i32) (param $out i32) (result i32)
    (local $low i64) (local $high i64)
    (local $d0 i32) (local $d1 i32) (local $d2 i32) (local $d3 i32)
    (local $l0 i32) (local $l1 i32) (local $l2 i32) (local $l3 i32)
    (local $row i32) (local $found i32)
    (local.set $l0 (i32.load (local.get $limits)))
    (local.set $l1 (i32.load offset=4 (local.get $limits)))
    (local.set $l2 (i32.load offset=8 (local.get $limits)))
    (local.set $l3 (i32.load offset=12 (local.get $limits)))
    (block $done
      (loop $each
        (br_if $done (i32.ge_u (local.get $row) (local.get $count)))
        (local.set $low (i64.load (local.get $rows)))
        (local.set $high (i64.load offset=8 (local.get $rows)))
        (local.set $d0 (i32.wrap_i64 (i64.add
          (i64.popcnt (i64.xor (local.get $low) (i64.load offset=0 (local.get $queries))))
          (i64.popcnt (i64.xor (local.get $high) (i64.load offset=8 (local.get $queries)))))))
        (local.set $d1 (i32.wrap_i64 (i64.add
          (i64.popcnt (i64.xor (local.get $low) (i64.load offset=16 (local.get $queries))))
          (i64.popcnt (i64.xor (local.get $high) (i64.load offset=24 (local.get $queries)))))))
        (local.set $d2 (i32.wrap_i64 (i64.add
          (i64.popcnt (i64.xor (local.get $low) (i64.load offset=32 (local.get $queries))))
          (i64.popcnt (i64.xor (local.get $high) (i64.load offset=40 (local.get $queries)))))))
        (local.set $d3 (i32.wrap_i64 (i64.add
          (i64.popcnt (i64.xor (local.get $low) (i64.load offset=48 (local.get $queries))))
          (i64.popcnt (i64.xor (local.get $high) (i64.load offset=56 (local.get $queries)))))))
        (if (i32.or
            (i32.or (i32.lt_s (local.get $d0) (local.get $l0)) (i32.lt_s (local.get $d1) (local.get $l1)))
            (i32.or (i32.lt_s (local.get $d2) (local.get $l2)) (i32.lt_s (local.get $d3) (local.get $l3))))
          (then
            (i32.store (local.get $out) (local.get $row))
            (i32.store offset=4 (local.get $out) (local.get $d0))
            (i32.store offset=8 (local.get $out) (local.get $d1))
            (i32.store offset=12 (local.get $out) (local.get $d2))
            (i32.store offset=16 (local.get $out) (local.get $d3))
            (local.set $out (i32.add (local.get $out) (i32.const 20)))
            (local.set $found (i32.add (local.get $found) (i32.const 1)))))
        (local.set $rows (i32.add (local.get $rows) (i32.const 16)))
        (local.set $row (i32.add (local.get $row) (i32.const 1)))
        (br $each)))
    (local.get $found))

  ;; Finds the nearest descriptor of b for each of a, 32 bytes each. Writes `distance << 16 | index`, or -1 where b is empty.
  ;; Every distance is computed in full: an early exit, possible for half of the pairs, costs more in branches than it saves.
  ;; Two of a at a time; with an odd count the last one is matched twice.
  (func (export "matchNearest") (param $a i32) (param $countA i32) (param $b i32) (param $countB i32) (param $out i32)
    (local $p0 i64) (local $p1 i64) (local $p2 i64) (local $p3 i64)
    (local $q0 i64) (local $q1 i64) (local $q2 i64) (local $q3 i64)
    (local $b0 i64) (local $b1 i64) (local $b2 i64) (local $b3 i64)
    (local $last i32) (local $next i32) (local $at i32) (local $index i32) (local $bestP i32) (local $bestQ i32) (local $key i32)
    (local.set $last (i32.add (local.get $a) (i32.shl (i32.sub (local.get $countA) (i32.const 1)) (i32.const 5))))
    (block $done
      (loop $two
        (br_if $done (i32.gt_s (local.get $a) (local.get $last)))
        (local.set $next (select
          (i32.add (local.get $a) (i32.const 32))
          (local.get $last)
          (i32.lt_s (local.get $a) (local.get $last))))
        (local.set $p0 (i64.load offset=0 (local.get $a)))
        (local.set $p1 (i64.load offset=8 (local.get $a)))
        (local.set $p2 (i64.load offset=16 (local.get $a)))
        (local.set $p3 (i64.load offset=24 (local.get $a)))
        (local.set $q0 (i64.load offset=0 (local.get $next)))
        (local.set $q1 (i64.load offset=8 (local.get $next)))
        (local.set $q2 (i64.load offset=16 (local.get $next)))
        (local.set $q3 (i64.load offset=24 (local.get $next)))
        (local.set $bestP (i32.const -1))
        (local.set $bestQ (i32.const -1))
        (local.set $at (local.get $b))
        (local.set $index (i32.const 0))
        (block $end
          (br_if $end (i32.eqz (local.get $countB)))
          (loop $other
            (local.set $b0 (i64.load offset=0 (local.get $at)))
            (local.set $b1 (i64.load offset=8 (local.get $at)))
            (local.set $b2 (i64.load offset=16 (local.get $at)))
            (local.set $b3 (i64.load offset=24 (local.get $at)))
            (local.set $key (i32.or
              (i32.shl
                (i32.wrap_i64 (i64.add
                  (i64.add
                    (i64.popcnt (i64.xor (local.get $p0) (local.get $b0)))
                    (i64.popcnt (i64.xor (local.get $p1) (local.get $b1))))
                  (i64.add
                    (i64.popcnt (i64.xor (local.get $p2) (local.get $b2)))
                    (i64.popcnt (i64.xor (local.get $p3) (local.get $b3))))))
                (i32.const 16))
              (local.get $index)))
            (local.set $bestP (select (local.get $key) (local.get $bestP) (i32.lt_u (local.get $key) (local.get $bestP))))
            (local.set $key (i32.or
              (i32.shl
                (i32.wrap_i64 (i64.add
                  (i64.add
                    (i64.popcnt (i64.xor (local.get $q0) (local.get $b0)))
                    (i64.popcnt (i64.xor (local.get $q1) (local.get $b1))))
                  (i64.add
                    (i64.popcnt (i64.xor (local.get $q2) (local.get $b2)))
                    (i64.popcnt (i64.xor (local.get $q3) (local.get $b3))))))
                (i32.const 16))
              (local.get $index)))
            (local.set $bestQ (select (local.get $key) (local.get $bestQ) (i32.lt_u (local.get $key) (local.get $bestQ))))
            (local.set $at (i32.add (local.get $at) (i32.const 32)))
            (br_if $other (i32.lt_u (local.tee $index (i32.add (local.get $index) (i32.const 1))) (local.get $countB)))))
        (i32.store (local.get $out) (local.get $bestP))
        ;; With an odd count this overwrites one int behind the output.
        (i32.store offset=4 (local.get $out) (local.get $bestQ))
        (local.set $out (i32.add (local.get $out) (i32.const 8)))
        (local.set $a (i32.add (local.get $a) (i32.const 64)))
        (br $two))))

  ;; Finds the corners of FAST-9: pixels on whose circle nine consecutive ones are brighter, or darker, by more than `threshold`.
  ;; `circle` are 24 ints: the offsets of the 16 pixels of the circle from its center, from the north on, and the first eight
  ;; again. 16 pixels at a time; the last ones of a row are tested together with some before them. Pixels nearer to an edge
  ;; than `border`, at least 3, are left out. Writes the position, `y * width + x`, of each corner and returns their number.
  (func (export "findCorners") (param $pixels i32) (param $width i32) (param $height i32) (param $border i32)
    (param $threshold i32) (param $circle i32) (param $out i32) (result i32)
    (local $by v128) (local $c v128) (local $n v128) (local $s v128) (local $e v128) (local $w v128)
    (local $over v128) (local $under v128) (local $bright v128) (local $dark v128) (local $longest v128)
    (local $y i32) (local $at i32) (local $end i32) (local $next i32) (local $three i32) (local $mask i32) (local $start i32)
    (local $step i32)
    (local.set $start (local.get $out))
    (local.set $by (i8x16.splat (local.get $threshold)))
    (local.set $three (i32.mul (local.get $width) (i32.const 3)))
    (local.set $y (local.get $border))
    (block $done
      (loop $row
        (br_if $done (i32.ge_s (local.get $y) (i32.sub (local.get $height) (local.get $border))))
        (local.set $at (i32.add (local.get $pixels) (i32.add (i32.mul (local.get $y) (local.get $width)) (local.get $border))))
        (local.set $end (i32.sub (i32.add (local.get $at) (local.get $width)) (i32.shl (local.get $border) (i32.const 1))))
        (local.set $next (local.get $at))
        (block $rowDone
          (loop $sixteen
            (br_if $rowDone (i32.ge_u (local.get $next) (local.get $end)))
            ;; Pixels before $next were tested already.
            (local.set $at (select (local.get $next) (i32.sub (local.get $end) (i32.const 16))
              (i32.le_u (i32.add (local.get $next) (i32.const 16)) (local.get $end))))
            (local.set $c (v128.load (local.get $at)))
            (local.set $n (v128.load (i32.sub (local.get $at) (local.get $three))))
            (local.set $s (v128.load (i32.add (local.get $at) (local.get $three))))
            (local.set $e (v128.load offset=3 (local.get $at)))
            (local.set $w (v128.load (i32.sub (local.get $at) (i32.const 3))))
            (local.set $over (i8x16.add_sat_u (local.get $c) (local.get $by)))
            (local.set $under (i8x16.sub_sat_u (local.get $c) (local.get $by)))
            ;; Nine consecutive pixels include two neighbors of the four main directions, which rules out most pixels.
            (if (v128.any_true (v128.or
                (i8x16.sub_sat_u
                  (i8x16.min_u (i8x16.max_u (local.get $n) (local.get $s)) (i8x16.max_u (local.get $e) (local.get $w)))
                  (local.get $over))
                (i8x16.sub_sat_u
                  (local.get $under)
                  (i8x16.max_u (i8x16.min_u (local.get $n) (local.get $s)) (i8x16.min_u (local.get $e) (local.get $w))))))
              (then
                ;; Length of the run that ends at each pixel of the circle, and the longest so far.
                (local.set $bright (v128.const i32x4 0 0 0 0))
                (local.set $dark (v128.const i32x4 0 0 0 0))
                (local.set $longest (v128.const i32x4 0 0 0 0))
                (local.set $step (local.get $circle))
                (loop $around
                  (local.set $n (v128.load (i32.add (local.get $at) (i32.load (local.get $step)))))
                  (local.set $s (i8x16.gt_u (local.get $n) (local.get $over)))
                  (local.set $bright (v128.and (i8x16.sub (local.get $bright) (local.get $s)) (local.get $s)))
                  (local.set $s (i8x16.lt_u (local.get $n) (local.get $under)))
                  (local.set $dark (v128.and (i8x16.sub (local.get $dark) (local.get $s)) (local.get $s)))
                  (local.set $longest (i8x16.max_u (local.get $longest) (i8x16.max_u (local.get $bright) (local.get $dark))))
                  (br_if $around (i32.lt_u
                    (local.tee $step (i32.add (local.get $step) (i32.const 4)))
                    (i32.add (local.get $circle) (i32.const 96)))))
                (local.set $mask (i8x16.bitmask (i8x16.ge_u (local.get $longest) (i8x16.splat (i32.const 9))))))
              (else (local.set $mask (i32.const 0))))
            (local.set $mask (i32.and (local.get $mask)
              (i32.shl (i32.const -1) (i32.sub (local.get $next) (local.get $at)))))
            (local.set $next (i32.add (local.get $at) (i32.const 16)))
            (block $maskDone
              (loop $bit
                (br_if $maskDone (i32.eqz (local.get $mask)))
                (i32.store (local.get $out)
                  (i32.sub (i32.add (local.get $at) (i32.ctz (local.get $mask))) (local.get $pixels)))
                (local.set $out (i32.add (local.get $out) (i32.const 4)))
                (local.set $mask (i32.and (local.get $mask) (i32.sub (local.get $mask) (i32.const 1))))
                (br $bit)))
            (br $sixteen)))
        (local.set $y (i32.add (local.get $y) (i32.const 1)))
        (br $row)))
    (i32.shr_u (i32.sub (local.get $out) (local.get $start)) (i32.const 2)))

  ;; Blurs bytes along one axis, whose neighbors are `step` bytes apart, with a Gaussian of deviation 2: weights of
  ;; 18, 34, 49, 54, 49, 34, 18 out of 256. Eight at a time: up to seven bytes behind the end are written too. Memory within
  ;; three steps of either end must be readable.
  (func (export "blur") (param $from i32) (param $length i32) (param $step i32) (param $out i32)
    (local $end i32) (local $two i32) (local $three i32)
    (local.set $end (i32.add (local.get $from) (local.get $length)))
    (local.set $two (i32.shl (local.get $step) (i32.const 1)))
    (local.set $three (i32.add (local.get $two) (local.get $step)))
    (block $done
      (loop $eight
        (br_if $done (i32.ge_u (local.get $from) (local.get $end)))
        (v128.store64_lane 0 (local.get $out) (i8x16.narrow_i16x8_u
          (i16x8.shr_u
            (i16x8.add
              (i16x8.add
                (i16x8.mul (i16x8.splat (i32.const 18)) (i16x8.add
                  (v128.load8x8_u (i32.sub (local.get $from) (local.get $three)))
                  (v128.load8x8_u (i32.add (local.get $from) (local.get $three)))))
                (i16x8.mul (i16x8.splat (i32.const 34)) (i16x8.add
                  (v128.load8x8_u (i32.sub (local.get $from) (local.get $two)))
                  (v128.load8x8_u (i32.add (local.get $from) (local.get $two))))))
              (i16x8.add
                (i16x8.mul (i16x8.splat (i32.const 49)) (i16x8.add
                  (v128.load8x8_u (i32.sub (local.get $from) (local.get $step)))
                  (v128.load8x8_u (i32.add (local.get $from) (local.get $step)))))
                (i16x8.add
                  (i16x8.mul (i16x8.splat (i32.const 54)) (v128.load8x8_u (local.get $from)))
                  (i16x8.splat (i32.const 128)))))
            (i32.const 8))
          (v128.const i32x4 0 0 0 0)))
        (local.set $from (i32.add (local.get $from) (i32.const 8)))
        (local.set $out (i32.add (local.get $out) (i32.const 8)))
        (br $eight))))

  ;; Computes `target` weighted sums of rows of floats and writes them transposed: sum y becomes column y. Applied twice it
  ;; resizes a picture. Strides are bytes, that of the input a multiple of 16. For each sum, `first` holds the row that it
  ;; begins with and `ends` the end of its weights in `weights`, which begin where those of the sum before end.
  (func (export "resample") (param $in i32) (param $stride i32) (param $first i32) (param $ends i32) (param $weights i32)
    (param $target i32) (param $out i32) (param $outStride i32)
    (local $x i32) (local $from i32) (local $tap i32) (local $end i32) (local $to i32) (local $begin i32) (local $sum v128)
    (local.set $target (i32.add (local.get $first) (i32.shl (local.get $target) (i32.const 2))))
    (block $done
      (loop $row
        (br_if $done (i32.ge_u (local.get $first) (local.get $target)))
        (local.set $end (i32.add (local.get $weights) (i32.shl (i32.load (local.get $ends)) (i32.const 2))))
        (local.set $x (i32.const 0))
        (local.set $to (local.get $out))
        (loop $four
          (local.set $sum (v128.const i32x4 0 0 0 0))
          (local.set $from (i32.add (i32.add (local.get $in) (local.get $x)) (i32.mul (i32.load (local.get $first)) (local.get $stride))))
          (local.set $tap (i32.add (local.get $weights) (local.get $begin)))
          (loop $each
            (local.set $sum (f32x4.add (local.get $sum)
              (f32x4.mul (v128.load32_splat (local.get $tap)) (v128.load (local.get $from)))))
            (local.set $from (i32.add (local.get $from) (local.get $stride)))
            (br_if $each (i32.lt_u (local.tee $tap (i32.add (local.get $tap) (i32.const 4))) (local.get $end))))
          (v128.store32_lane 0 (local.get $to) (local.get $sum))
          (local.set $to (i32.add (local.get $to) (local.get $outStride)))
          (v128.store32_lane 1 (local.get $to) (local.get $sum))
          (local.set $to (i32.add (local.get $to) (local.get $outStride)))
          (v128.store32_lane 2 (local.get $to) (local.get $sum))
          (local.set $to (i32.add (local.get $to) (local.get $outStride)))
          (v128.store32_lane 3 (local.get $to) (local.get $sum))
          (local.set $to (i32.add (local.get $to) (local.get $outStride)))
          (br_if $four (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 16))) (local.get $stride))))
        (local.set $begin (i32.sub (local.get $end) (local.get $weights)))
        (local.set $first (i32.add (local.get $first) (i32.const 4)))
        (local.set $ends (i32.add (local.get $ends) (i32.const 4)))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (br $row))))
)
