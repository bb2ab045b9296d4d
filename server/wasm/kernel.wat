;; The inner loops of copy search. kernel-bytes.ts holds this file compiled; `npm run generate` makes it.
(module
  (import "env" "memory" (memory 1))

  ;; Rows whose hash, or its inverse, is near to the query's in any of four flips.
  ;; A hash is 4 words, one for each pair of parities of row and column: (even, even), (even, odd), (odd, even), (odd, odd).
  ;; Flips of the picture invert two words each. Writes `row << 16 | distance` and returns how many.
  (func (export "hashes") (param $rows i32) (param $count i32) (param $query i32) (param $limit i32) (param $out i32) (result i32)
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
        ;; As it is, or turned by 180 degrees: (even, odd) and (odd, even) inverted.
        ;; Both lie around a middle, so the nearer of them and their inverses is as far from it as the farther one.
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

  ;; Rows whose dot product with any of four queries is over that query's threshold.
  ;; Rows are signed bytes, `stride` bytes apart, of which the first `dims` (a multiple of 16) count. The queries are
  ;; `dims` shorts each, one behind the other; `thresholds` are 4 ints. Writes the row and its 4 products, 20 bytes,
  ;; and returns how many.
  (func (export "dots") (param $rows i32) (param $stride i32) (param $dims i32) (param $count i32)
    (param $queries i32) (param $thresholds i32) (param $out i32) (result i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $low v128) (local $high v128)
    (local $limit v128) (local $at i32) (local $end i32) (local $q i32) (local $row i32) (local $found i32) (local $step i32)
    (local $q1 i32) (local $q2 i32) (local $q3 i32)
    (local.set $limit (v128.load (local.get $thresholds)))
    (local.set $step (i32.shl (local.get $dims) (i32.const 1)))
    (block $done
      (loop $each
        (br_if $done (i32.ge_u (local.get $row) (local.get $count)))
        (local.set $a (v128.const i32x4 0 0 0 0))
        (local.set $b (v128.const i32x4 0 0 0 0))
        (local.set $c (v128.const i32x4 0 0 0 0))
        (local.set $d (v128.const i32x4 0 0 0 0))
        (local.set $at (local.get $rows))
        (local.set $end (i32.add (local.get $rows) (local.get $dims)))
        (local.set $q (local.get $queries))
        (local.set $q1 (i32.add (local.get $q) (local.get $step)))
        (local.set $q2 (i32.add (local.get $q1) (local.get $step)))
        (local.set $q3 (i32.add (local.get $q2) (local.get $step)))
        (loop $chunk
          (local.set $low (v128.load (local.get $at)))
          (local.set $high (i16x8.extend_high_i8x16_s (local.get $low)))
          (local.set $low (i16x8.extend_low_i8x16_s (local.get $low)))
          (local.set $a (i32x4.add (local.get $a) (i32x4.add
            (i32x4.dot_i16x8_s (local.get $low) (v128.load (local.get $q)))
            (i32x4.dot_i16x8_s (local.get $high) (v128.load offset=16 (local.get $q))))))
          (local.set $b (i32x4.add (local.get $b) (i32x4.add
            (i32x4.dot_i16x8_s (local.get $low) (v128.load (local.get $q1)))
            (i32x4.dot_i16x8_s (local.get $high) (v128.load offset=16 (local.get $q1))))))
          (local.set $c (i32x4.add (local.get $c) (i32x4.add
            (i32x4.dot_i16x8_s (local.get $low) (v128.load (local.get $q2)))
            (i32x4.dot_i16x8_s (local.get $high) (v128.load offset=16 (local.get $q2))))))
          (local.set $d (i32x4.add (local.get $d) (i32x4.add
            (i32x4.dot_i16x8_s (local.get $low) (v128.load (local.get $q3)))
            (i32x4.dot_i16x8_s (local.get $high) (v128.load offset=16 (local.get $q3))))))
          (local.set $q (i32.add (local.get $q) (i32.const 32)))
          (local.set $q1 (i32.add (local.get $q1) (i32.const 32)))
          (local.set $q2 (i32.add (local.get $q2) (i32.const 32)))
          (local.set $q3 (i32.add (local.get $q3) (i32.const 32)))
          (br_if $chunk (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $end))))
        ;; Four sums of four lanes become one vector of four sums.
        (local.set $a (i32x4.add
          (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a) (local.get $b))
          (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a) (local.get $b))))
        (local.set $c (i32x4.add
          (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $c) (local.get $d))
          (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $c) (local.get $d))))
        (local.set $a (i32x4.add
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $a) (local.get $c))
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $a) (local.get $c))))
        (if (v128.any_true (i32x4.gt_s (local.get $a) (local.get $limit)))
          (then
            (i32.store (local.get $out) (local.get $row))
            (v128.store offset=4 align=4 (local.get $out) (local.get $a))
            (local.set $out (i32.add (local.get $out) (i32.const 20)))
            (local.set $found (i32.add (local.get $found) (i32.const 1)))))
        (local.set $rows (i32.add (local.get $rows) (local.get $stride)))
        (local.set $row (i32.add (local.get $row) (i32.const 1)))
        (br $each)))
    (local.get $found))

  ;; The nearest descriptor of b for each of a, 256 bits in 32 bytes each, among those whose first 128 bits differ in at
  ;; most `half`: most pairs are done after these. Writes `distance << 16 | index`, or -1 where there is none.
  (func (export "nearest") (param $a i32) (param $countA i32) (param $b i32) (param $countB i32) (param $half i64) (param $out i32)
    (local $q0 i64) (local $q1 i64) (local $q2 i64) (local $q3 i64) (local $first i64)
    (local $endA i32) (local $endB i32) (local $at i32) (local $best i32) (local $key i32)
    (local.set $endA (i32.add (local.get $a) (i32.shl (local.get $countA) (i32.const 5))))
    (local.set $endB (i32.add (local.get $b) (i32.shl (local.get $countB) (i32.const 5))))
    (block $done
      (loop $each
        (br_if $done (i32.ge_u (local.get $a) (local.get $endA)))
        (local.set $q0 (i64.load (local.get $a)))
        (local.set $q1 (i64.load offset=8 (local.get $a)))
        (local.set $q2 (i64.load offset=16 (local.get $a)))
        (local.set $q3 (i64.load offset=24 (local.get $a)))
        (local.set $best (i32.const -1))
        (local.set $at (local.get $b))
        (block $end
          (loop $other
            (br_if $end (i32.ge_u (local.get $at) (local.get $endB)))
            (local.set $first (i64.add
              (i64.popcnt (i64.xor (local.get $q0) (i64.load (local.get $at))))
              (i64.popcnt (i64.xor (local.get $q1) (i64.load offset=8 (local.get $at))))))
            (if (i64.le_u (local.get $first) (local.get $half))
              (then
                (local.set $key (i32.or
                  (i32.shl
                    (i32.wrap_i64 (i64.add (local.get $first) (i64.add
                      (i64.popcnt (i64.xor (local.get $q2) (i64.load offset=16 (local.get $at))))
                      (i64.popcnt (i64.xor (local.get $q3) (i64.load offset=24 (local.get $at)))))))
                    (i32.const 16))
                  (i32.shr_u (i32.sub (local.get $at) (local.get $b)) (i32.const 5))))
                (if (i32.lt_u (local.get $key) (local.get $best)) (then (local.set $best (local.get $key))))))
            (local.set $at (i32.add (local.get $at) (i32.const 32)))
            (br $other)))
        (i32.store (local.get $out) (local.get $best))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (local.set $a (i32.add (local.get $a) (i32.const 32)))
        (br $each))))
)
