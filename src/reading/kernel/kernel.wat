;; What is done to every byte of a large log, where JavaScript takes three times as long and is compiled anew in each run.
;; kernel.ts says what each function is for; test/reading/kernel.test.ts holds them to plain JavaScript.
;;
;; All places are offsets in the memory. Reads go up to 16 bytes past what is asked for: kernel.ts leaves room.
;; kernel-code.ts is this file assembled: `npm run kernel`.
(module
  (memory (import "kernel" "memory") 1)

  ;; Where things stand that nearly each function needs, which are no parameters: the code that JavaScript calls through is compiled in
  ;; each run, and takes longer by each. kernel.ts has the same.
  ;; What a function leaves beside its result.
  (global $REACHED i32 (i32.const 0))
  ;; The prefix: its bytes with zeros for digits, bits for those that are none, and bits for those that are; each padded with zeros.
  (global $TEMPLATE i32 (i32.const 64))
  (global $MASK i32 (i32.const 1152))
  (global $DIGITS i32 (i32.const 2240))
  ;; The lines that `frames` finds, and their frames.
  (global $LINES i32 (i32.const 3328))
  (global $FRAMES i32 (i32.const 5440))
  ;; Where threads end, of `walk`.
  (global $ENDS i32 (i32.const 7552))

  ;; Place of the first word (four bytes, at a multiple of four) of [at, end) that is part of a text by the table, or -1. `kinds` has
  ;; for each hash of 15 bits the number of the bucket of the words with it (0: no text has one), `chains` for each bucket where the
  ;; first of its words is described. Described is: where the next one of the bucket is (0: nowhere), the word, the bytes of its
  ;; text before it, the text's first four bytes, its last four, and the bytes before these.
  (func (export "search") (param $at i32) (param $end i32) (param $kinds i32) (param $chains i32) (result i32)
    (block $rest
      (loop $four
        (br_if $rest (i32.gt_u (i32.add (local.get $at) (i32.const 16)) (local.get $end)))
        (if
          (i32.or
            (i32.or
              (i32.load8_u (i32.add (local.get $kinds) (i32.shr_u (i32.mul (i32.load (local.get $at)) (i32.const 0x9e3779b1)) (i32.const 17))))
              (i32.load8_u (i32.add (local.get $kinds) (i32.shr_u (i32.mul (i32.load offset=4 (local.get $at)) (i32.const 0x9e3779b1)) (i32.const 17)))))
            (i32.or
              (i32.load8_u (i32.add (local.get $kinds) (i32.shr_u (i32.mul (i32.load offset=8 (local.get $at)) (i32.const 0x9e3779b1)) (i32.const 17))))
              (i32.load8_u (i32.add (local.get $kinds) (i32.shr_u (i32.mul (i32.load offset=12 (local.get $at)) (i32.const 0x9e3779b1)) (i32.const 17))))))
          (then
            (if (i32.load8_u (i32.add (local.get $kinds) (i32.shr_u (i32.mul (i32.load (local.get $at)) (i32.const 0x9e3779b1)) (i32.const 17))))
              (then
                (if (call $known (local.get $at) (local.get $kinds) (local.get $chains))
                  (then (return (local.get $at))))))
            (if (i32.load8_u (i32.add (local.get $kinds) (i32.shr_u (i32.mul (i32.load offset=4 (local.get $at)) (i32.const 0x9e3779b1)) (i32.const 17))))
              (then
                (if (call $known (i32.add (local.get $at) (i32.const 4)) (local.get $kinds) (local.get $chains))
                  (then (return (i32.add (local.get $at) (i32.const 4)))))))
            (if (i32.load8_u (i32.add (local.get $kinds) (i32.shr_u (i32.mul (i32.load offset=8 (local.get $at)) (i32.const 0x9e3779b1)) (i32.const 17))))
              (then
                (if (call $known (i32.add (local.get $at) (i32.const 8)) (local.get $kinds) (local.get $chains))
                  (then (return (i32.add (local.get $at) (i32.const 8)))))))
            (if (i32.load8_u (i32.add (local.get $kinds) (i32.shr_u (i32.mul (i32.load offset=12 (local.get $at)) (i32.const 0x9e3779b1)) (i32.const 17))))
              (then
                (if (call $known (i32.add (local.get $at) (i32.const 12)) (local.get $kinds) (local.get $chains))
                  (then (return (i32.add (local.get $at) (i32.const 12)))))))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $four)))
    (block $none
      (loop $one
        (br_if $none (i32.gt_u (i32.add (local.get $at) (i32.const 4)) (local.get $end)))
        (if (call $known (local.get $at) (local.get $kinds) (local.get $chains))
          (then (return (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br $one)))
    (i32.const -1))

  (func $known (param $at i32) (param $kinds i32) (param $chains i32) (result i32)
    (local $word i32) (local $bucket i32) (local $place i32) (local $begin i32)
    (local.set $word (i32.load (local.get $at)))
    (local.set $bucket
      (i32.load8_u (i32.add (local.get $kinds) (i32.shr_u (i32.mul (local.get $word) (i32.const 0x9e3779b1)) (i32.const 17)))))
    (local.set $place (i32.load (i32.add (local.get $chains) (i32.shl (local.get $bucket) (i32.const 2)))))
    (block $none
      (loop $next
        (br_if $none (i32.eqz (local.get $place)))
        (if (i32.eq (i32.load offset=4 (local.get $place)) (local.get $word))
          (then
            (local.set $begin (i32.sub (local.get $at) (i32.load offset=8 (local.get $place))))
            (if
              (i32.and
                (i32.eq (i32.load (local.get $begin)) (i32.load offset=12 (local.get $place)))
                (i32.eq
                  (i32.load (i32.add (local.get $begin) (i32.load offset=20 (local.get $place))))
                  (i32.load offset=16 (local.get $place))))
              (then (return (i32.const 1))))))
        (local.set $place (i32.load (local.get $place)))
        (br $next)))
    (i32.const 0))

  ;; How often a byte stands in [at, end).
  (func (export "count") (param $at i32) (param $end i32) (param $byte i32) (result i32)
    (local $sought v128) (local $count i32)
    (local.set $sought (i8x16.splat (local.get $byte)))
    (block $rest
      (loop $next
        (br_if $rest (i32.gt_u (i32.add (local.get $at) (i32.const 16)) (local.get $end)))
        (local.set $count
          (i32.add
            (local.get $count)
            (i32.popcnt (i8x16.bitmask (i8x16.eq (v128.load (local.get $at)) (local.get $sought))))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))
    (if (i32.lt_u (local.get $at) (local.get $end))
      (then
        (local.set $count
          (i32.add
            (local.get $count)
            (i32.popcnt
              (i32.and
                (i8x16.bitmask (i8x16.eq (v128.load (local.get $at)) (local.get $sought)))
                (i32.sub (i32.shl (i32.const 1) (i32.sub (local.get $end) (local.get $at))) (i32.const 1))))))))
    (local.get $count))

  ;; Where a byte stands first in [at, end), or -1.
  (func $find (export "find") (param $at i32) (param $end i32) (param $byte i32) (result i32)
    (local $sought v128) (local $mask i32)
    (local.set $sought (i8x16.splat (local.get $byte)))
    (block $none
      (loop $next
        (br_if $none (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $mask (i8x16.bitmask (i8x16.eq (v128.load (local.get $at)) (local.get $sought))))
        (if (local.get $mask)
          (then
            (local.set $at (i32.add (local.get $at) (i32.ctz (local.get $mask))))
            (br_if $none (i32.ge_u (local.get $at) (local.get $end)))
            (return (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))
    (i32.const -1))

  ;; Goes over threads of an earlier dump, from `at` on within [at, end): how many of them stand there whole, with the frames that they
  ;; had or with others that are known. `record` is what stood under the head of the first, in words: how many lines; the line after
  ;; them and the head after that (-1: not known); the record of that head (0: there is none); the head's own line; how many lines there
  ;; is room for; whether the lines are others than before; and at the eighth the lines, behind their room the frames that they are. Of
  ;; the first record `place` lines have been seen. What stands there in place of lines of the record is read as `frames` does, and kept
  ;; in the record, where there is room.
  ;; A line stands there behind the prefix, of `width` bytes, and before a line feed (or carriage return and line feed); `tables` has
  ;; where these stand: for each line the one that followed it last time (-1: none yet), its frame (-1: it is none), the slots, their
  ;; mask, the hashes (see `lookup`), where each line begins in the texts (the next one's beginning is its end), and the texts.
  ;; For each whole thread $ENDS gets where the line after its lines and the head after it begin, and for one more as far as that was
  ;; seen. At $REACHED is left where the next line begins, how many lines of the record that then comes stand there, and that record;
  ;; from the fifth word on is what `frames` leaves. At `most` threads no more than the lines of the next are looked at, and with 0 none
  ;; is read that is not the record's.
  (func (export "walk")
    (param $at i32) (param $end i32) (param $record i32) (param $place i32) (param $most i32) (param $tables i32) (param $width i32)
    (result i32)
    (local $starts i32) (local $texts i32) (local $ends i32) (local $whole i32) (local $count i32) (local $line i32) (local $from i32) (local $known i32) (local $length i32) (local $feed i32)
    (local $k i32) (local $mended i32) (local $lines i32)
    (local.set $starts (i32.load offset=20 (local.get $tables)))
    (local.set $texts (i32.load offset=24 (local.get $tables)))
    (local.set $ends (global.get $ENDS))
    (block $done
      (loop $thread
        (local.set $count (i32.load (local.get $record)))
        (local.set $mended (i32.const 0))
        (loop $next
          (if (i32.lt_u (local.get $place) (local.get $count))
            (then
              (local.set $line
                (i32.load offset=32 (i32.add (local.get $record) (i32.shl (local.get $place) (i32.const 2))))))
            (else
              (if (i32.eq (local.get $place) (local.get $count))
                (then
                  (br_if $done
                    (i32.or
                      (i32.ge_u (local.get $whole) (local.get $most))
                      (i32.or
                        (i32.lt_s (i32.load offset=4 (local.get $record)) (i32.const 0))
                        (i32.lt_s (i32.load offset=8 (local.get $record)) (i32.const 0)))))
                  (i32.store (local.get $ends) (local.get $at))
                  (local.set $line (i32.load offset=4 (local.get $record))))
                (else
                  (i32.store offset=4 (local.get $ends) (local.get $at))
                  (local.set $line (i32.load offset=8 (local.get $record)))))))
          (local.set $from (i32.add (local.get $at) (local.get $width)))
          (br_if $done (i32.gt_u (local.get $from) (local.get $end)))
          (local.set $k (i32.const 0))
          (block $behind
            (loop $prefix
              (br_if $behind (i32.ge_u (local.get $k) (local.get $width)))
              (br_if $done
                (v128.any_true
                  (v128.xor
                    (v128.and
                      (v128.load (i32.add (local.get $at) (local.get $k)))
                      (v128.load (i32.add (global.get $MASK) (local.get $k))))
                    (v128.load (i32.add (global.get $TEMPLATE) (local.get $k))))))
              (local.set $k (i32.add (local.get $k) (i32.const 16)))
              (br $prefix)))
          (block $stands
            (block $differs
              (local.set $known (i32.add (local.get $starts) (i32.shl (local.get $line) (i32.const 2))))
              (local.set $length (i32.sub (i32.load offset=4 (local.get $known)) (i32.load (local.get $known))))
              (local.set $known (i32.add (local.get $texts) (i32.load (local.get $known))))
              (local.set $feed (i32.add (local.get $from) (local.get $length)))
              (br_if $differs (i32.ge_u (local.get $feed) (local.get $end)))
              (if (i32.eq (i32.load8_u (local.get $feed)) (i32.const 13))
                (then (local.set $feed (i32.add (local.get $feed) (i32.const 1)))))
              (br_if $differs (i32.ge_u (local.get $feed) (local.get $end)))
              (br_if $differs (i32.ne (i32.load8_u (local.get $feed)) (i32.const 10)))
              (br_if $stands (call $same (local.get $from) (local.get $known) (local.get $length))))
            ;; another line: once a thread, frames that are known are read in the place of those that are not there
            (br_if $done
              (i32.or
                (i32.gt_u (local.get $place) (local.get $count))
                (i32.or (local.get $mended) (i32.eqz (local.get $most)))))
            (local.set $mended (i32.const 1))
            (local.set $lines (i32.add (i32.add (local.get $record) (i32.const 32)) (i32.shl (local.get $place) (i32.const 2))))
            (local.set $place
              (i32.add
                (local.get $place)
                (call $frames
                  (local.get $at)
                  (local.get $end)
                  (if (result i32) (local.get $place)
                    (then (i32.load (i32.sub (local.get $lines) (i32.const 4))))
                    (else (i32.load offset=16 (local.get $record))))
                  (i32.sub (i32.load offset=20 (local.get $record)) (local.get $place))
                  (local.get $tables)
                  (local.get $width)
                  (local.get $lines)
                  (i32.add (local.get $lines) (i32.shl (i32.load offset=20 (local.get $record)) (i32.const 2)))
                  (i32.add (global.get $REACHED) (i32.const 16)))))
            (local.set $at (i32.load offset=16 (global.get $REACHED)))
            (local.set $count (local.get $place))
            (i32.store offset=24 (local.get $record) (i32.const 1))
            (if (i32.gt_u (local.get $count) (i32.load (local.get $record)))
              (then (i32.store (local.get $record) (local.get $count))))
            (br_if $next (local.get $count))
            (br $done))
          ;; fewer frames than before, now that the line after them stands there
          (if (i32.eq (local.get $place) (local.get $count))
            (then (i32.store (local.get $record) (local.get $count))))
          (local.set $at (i32.add (local.get $feed) (i32.const 1)))
          (local.set $place (i32.add (local.get $place) (i32.const 1)))
          (br_if $next (i32.lt_u (local.get $place) (i32.add (local.get $count) (i32.const 2)))))
        (local.set $whole (i32.add (local.get $whole) (i32.const 1)))
        (local.set $ends (i32.add (local.get $ends) (i32.const 8)))
        (local.set $place (i32.const 0))
        (local.set $record (i32.load offset=12 (local.get $record)))
        (br_if $thread (local.get $record))))
    (i32.store (global.get $REACHED) (local.get $at))
    (i32.store offset=4 (global.get $REACHED) (local.get $place))
    (i32.store offset=8 (global.get $REACHED) (local.get $record))
    (local.get $whole))

  ;; The number of the line [from, to) among those that `tables` tells of (see `walk`), or -1. The slots are as many words as their
  ;; mask + 1, each 0 or a number + 1, at a hash or behind it; the hashes have each line's. The hash is left at $REACHED.
  (func (export "lookup") (param $from i32) (param $to i32) (param $tables i32) (result i32)
    (call $lookup (local.get $from) (local.get $to) (local.get $tables) (global.get $REACHED)))
  (func $lookup (param $from i32) (param $to i32) (param $tables i32) (param $reached i32) (result i32)
    (local $slots i32) (local $mask i32) (local $hashes i32) (local $starts i32) (local $texts i32)
    (local $length i32) (local $hash i32) (local $k i32) (local $slot i32) (local $line i32) (local $known i32)
    (local.set $slots (i32.load offset=8 (local.get $tables)))
    (local.set $mask (i32.load offset=12 (local.get $tables)))
    (local.set $hashes (i32.load offset=16 (local.get $tables)))
    (local.set $starts (i32.load offset=20 (local.get $tables)))
    (local.set $texts (i32.load offset=24 (local.get $tables)))
    (local.set $length (i32.sub (local.get $to) (local.get $from)))
    (local.set $hash (local.get $length))
    (local.set $k (local.get $from))
    (block $rest
      (loop $word
        (br_if $rest (i32.gt_u (i32.add (local.get $k) (i32.const 4)) (local.get $to)))
        (local.set $hash
          (i32.xor
            (i32.mul (i32.xor (local.get $hash) (i32.load (local.get $k))) (i32.const 0x9e3779b1))
            (i32.shr_u (local.get $hash) (i32.const 15))))
        (local.set $k (i32.add (local.get $k) (i32.const 4)))
        (br $word)))
    (block $hashed
      (loop $byte
        (br_if $hashed (i32.ge_u (local.get $k) (local.get $to)))
        (local.set $hash (i32.mul (i32.xor (local.get $hash) (i32.load8_u (local.get $k))) (i32.const 0x85ebca6b)))
        (local.set $k (i32.add (local.get $k) (i32.const 1)))
        (br $byte)))
    (local.set $hash (i32.xor (local.get $hash) (i32.shr_u (local.get $hash) (i32.const 16))))
    (i32.store (local.get $reached) (local.get $hash))
    (local.set $slot (i32.and (local.get $hash) (local.get $mask)))
    (block $none
      (loop $next
        (local.set $line
          (i32.sub (i32.load (i32.add (local.get $slots) (i32.shl (local.get $slot) (i32.const 2)))) (i32.const 1)))
        (br_if $none (i32.lt_s (local.get $line) (i32.const 0)))
        (local.set $slot (i32.and (i32.add (local.get $slot) (i32.const 1)) (local.get $mask)))
        (br_if $next
          (i32.ne (i32.load (i32.add (local.get $hashes) (i32.shl (local.get $line) (i32.const 2)))) (local.get $hash)))
        (local.set $known (i32.add (local.get $starts) (i32.shl (local.get $line) (i32.const 2))))
        (br_if $next
          (i32.ne (i32.sub (i32.load offset=4 (local.get $known)) (i32.load (local.get $known))) (local.get $length)))
        (br_if $next
          (i32.eqz
            (call $same (local.get $from) (i32.add (local.get $texts) (i32.load (local.get $known))) (local.get $length))))
        (return (local.get $line))))
    (i32.const -1))

  ;; Reads lines of frames from `at` on within [at, end), each behind the prefix: how many stand there one after the other, at most `most`.
  ;; `tables` and `width` are as `walk` has them. `previous` is the line above (-1: none). The line that followed last time is compared
  ;; first, and another one looked up and kept as that; of its prefix the digits are looked at, too. The lines are left at $LINES, their
  ;; frames at $FRAMES. At $REACHED is left where the next line begins; and of the line there, where it was looked up and is not known,
  ;; its hash, and where it begins behind the prefix (-1: it was not) and ends.
  (func (export "frames")
    (param $at i32) (param $end i32) (param $previous i32) (param $most i32) (param $tables i32) (param $width i32) (result i32)
    (call $frames
      (local.get $at)
      (local.get $end)
      (local.get $previous)
      (local.get $most)
      (local.get $tables)
      (local.get $width)
      (global.get $LINES)
      (global.get $FRAMES)
      (global.get $REACHED)))
  (func $frames
    (param $at i32) (param $end i32) (param $previous i32) (param $most i32) (param $tables i32) (param $width i32) (param $lines i32)
    (param $frames i32) (param $reached i32) (result i32)
    (local $count i32) (local $line i32) (local $from i32) (local $to i32) (local $feed i32) (local $known i32) (local $length i32)
    (local $k i32) (local $frame i32)
    (i32.store offset=8 (local.get $reached) (i32.const -1))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $count) (local.get $most)))
        (local.set $from (i32.add (local.get $at) (local.get $width)))
        (br_if $done (i32.gt_u (local.get $from) (local.get $end)))
        (local.set $k (i32.const 0))
        (block $behind
          (loop $prefix
            (br_if $behind (i32.ge_u (local.get $k) (local.get $width)))
            (br_if $done
              (v128.any_true
                (v128.xor
                  (v128.and
                    (v128.load (i32.add (local.get $at) (local.get $k)))
                    (v128.load (i32.add (global.get $MASK) (local.get $k))))
                  (v128.load (i32.add (global.get $TEMPLATE) (local.get $k))))))
            (local.set $k (i32.add (local.get $k) (i32.const 16)))
            (br $prefix)))
        (local.set $line (i32.const -1))
        (if (i32.ge_s (local.get $previous) (i32.const 0))
          (then
            (local.set $line
              (i32.load (i32.add (i32.load (local.get $tables)) (i32.shl (local.get $previous) (i32.const 2)))))))
        (block $found
          (block $another
            (br_if $another (i32.lt_s (local.get $line) (i32.const 0)))
            (local.set $known (i32.add (i32.load offset=20 (local.get $tables)) (i32.shl (local.get $line) (i32.const 2))))
            (local.set $length (i32.sub (i32.load offset=4 (local.get $known)) (i32.load (local.get $known))))
            (local.set $feed (i32.add (local.get $from) (local.get $length)))
            (br_if $another (i32.ge_u (local.get $feed) (local.get $end)))
            (if (i32.eq (i32.load8_u (local.get $feed)) (i32.const 13))
              (then (local.set $feed (i32.add (local.get $feed) (i32.const 1)))))
            (br_if $another (i32.ge_u (local.get $feed) (local.get $end)))
            (br_if $another (i32.ne (i32.load8_u (local.get $feed)) (i32.const 10)))
            (br_if $found
              (call $same
                (local.get $from)
                (i32.add (i32.load offset=24 (local.get $tables)) (i32.load (local.get $known)))
                (local.get $length))))
          ;; of a line that is not the expected one the digits of the prefix are looked at, too
          (local.set $k (i32.const 0))
          (block $numbered
            (loop $digit
              (br_if $numbered (i32.ge_u (local.get $k) (local.get $width)))
              (br_if $done
                (v128.any_true
                  (v128.andnot
                    (v128.load (i32.add (global.get $DIGITS) (local.get $k)))
                    (i8x16.le_u
                      (i8x16.sub
                        (v128.load (i32.add (local.get $at) (local.get $k)))
                        (i8x16.splat (i32.const 0x30)))
                      (i8x16.splat (i32.const 9))))))
              (local.set $k (i32.add (local.get $k) (i32.const 16)))
              (br $digit)))
          (local.set $feed (call $find (local.get $from) (local.get $end) (i32.const 10)))
          (br_if $done (i32.lt_s (local.get $feed) (i32.const 0)))
          (local.set $to (local.get $feed))
          (if (i32.gt_u (local.get $to) (local.get $from))
            (then
              (if (i32.eq (i32.load8_u (i32.sub (local.get $to) (i32.const 1))) (i32.const 13))
                (then (local.set $to (i32.sub (local.get $to) (i32.const 1)))))))
          ;; a longer one is not kept
          (br_if $done (i32.gt_u (i32.sub (local.get $to) (local.get $from)) (i32.const 4096)))
          (local.set $line
            (call $lookup
              (local.get $from)
              (local.get $to)
              (local.get $tables)
              (i32.add (local.get $reached) (i32.const 4))))
          (if (i32.lt_s (local.get $line) (i32.const 0))
            (then
              (i32.store offset=8 (local.get $reached) (local.get $from))
              (i32.store offset=12 (local.get $reached) (local.get $to))
              (br $done)))
          (if (i32.ge_s (local.get $previous) (i32.const 0))
            (then
              (i32.store (i32.add (i32.load (local.get $tables)) (i32.shl (local.get $previous) (i32.const 2))) (local.get $line)))))
        (local.set $frame
          (i32.load (i32.add (i32.load offset=4 (local.get $tables)) (i32.shl (local.get $line) (i32.const 2)))))
        (br_if $done (i32.lt_s (local.get $frame) (i32.const 0)))
        (i32.store (i32.add (local.get $lines) (i32.shl (local.get $count) (i32.const 2))) (local.get $line))
        (i32.store (i32.add (local.get $frames) (i32.shl (local.get $count) (i32.const 2))) (local.get $frame))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (local.set $previous (local.get $line))
        (local.set $at (i32.add (local.get $feed) (i32.const 1)))
        (br $next)))
    (i32.store (local.get $reached) (local.get $at))
    (local.get $count))

  ;; Where a bracket in [at, end) closes what is `low` + 1 deep in a JSON text, or -1; `depth` is that at `at`, above `low`, and `string`
  ;; whether a string is open there, which a line feed ends, too. With -1 is left at $REACHED how deep it is at `end`, whether a
  ;; string is open, and whether the byte at `end` is escaped.
  (func (export "close")
    (param $at i32) (param $end i32) (param $depth i32) (param $low i32) (param $string i32) (result i32)
    (local $bytes v128) (local $signs i32) (local $place i32) (local $byte i32) (local $behind i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $bytes (v128.load (local.get $at)))
        ;; quotes, line feeds, and with the bit of 0x20: { [, | \, } ]
        (local.set $signs
          (i8x16.bitmask
            (v128.or
              (v128.or
                (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 0x22)))
                (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 0x0a))))
              (i8x16.le_u
                (i8x16.sub
                  (v128.or (local.get $bytes) (i8x16.splat (i32.const 0x20)))
                  (i8x16.splat (i32.const 0x7b)))
                (i8x16.splat (i32.const 2))))))
        (if (i32.lt_u (i32.sub (local.get $end) (local.get $at)) (i32.const 16))
          (then
            (local.set $signs
              (i32.and
                (local.get $signs)
                (i32.sub (i32.shl (i32.const 1) (i32.sub (local.get $end) (local.get $at))) (i32.const 1))))))
        (block $none
          (loop $sign
            (br_if $none (i32.eqz (local.get $signs)))
            (local.set $place (i32.add (local.get $at) (i32.ctz (local.get $signs))))
            (local.set $signs (i32.and (local.get $signs) (i32.sub (local.get $signs) (i32.const 1))))
            (br_if $sign (i32.lt_u (local.get $place) (local.get $behind)))
            (local.set $byte (i32.load8_u (local.get $place)))
            (if (local.get $string)
              (then
                (if (i32.eq (local.get $byte) (i32.const 0x5c))
                  (then (local.set $behind (i32.add (local.get $place) (i32.const 2))))
                  (else
                    (if
                      (i32.or (i32.eq (local.get $byte) (i32.const 0x22)) (i32.eq (local.get $byte) (i32.const 0x0a)))
                      (then (local.set $string (i32.const 0)))))))
              (else
                (if (i32.eq (local.get $byte) (i32.const 0x22))
                  (then (local.set $string (i32.const 1)))
                  (else
                    (local.set $byte (i32.or (local.get $byte) (i32.const 0x20)))
                    (if (i32.eq (local.get $byte) (i32.const 0x7b))
                      (then (local.set $depth (i32.add (local.get $depth) (i32.const 1)))))
                    (if (i32.eq (local.get $byte) (i32.const 0x7d))
                      (then
                        (local.set $depth (i32.sub (local.get $depth) (i32.const 1)))
                        (if (i32.eq (local.get $depth) (local.get $low))
                          (then (return (local.get $place))))))))))
            (br $sign)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))
    (i32.store (global.get $REACHED) (local.get $depth))
    (i32.store offset=4 (global.get $REACHED) (local.get $string))
    (i32.store offset=8 (global.get $REACHED) (i32.gt_u (local.get $behind) (local.get $end)))
    (i32.const -1))

  ;; Copies the bytes [from, to) to another place.
  (func (export "copy") (param $from i32) (param $to i32) (param $place i32)
    (memory.copy (local.get $place) (local.get $from) (i32.sub (local.get $to) (local.get $from))))

  ;; Whether so many bytes are the same at two places.
  (func $same (param $one i32) (param $other i32) (param $length i32) (result i32)
    (local $k i32)
    (block $equal
      (loop $content
        (br_if $equal (i32.gt_u (i32.add (local.get $k) (i32.const 16)) (local.get $length)))
        (if
          (v128.any_true
            (v128.xor
              (v128.load (i32.add (local.get $one) (local.get $k)))
              (v128.load (i32.add (local.get $other) (local.get $k)))))
          (then (return (i32.const 0))))
        (local.set $k (i32.add (local.get $k) (i32.const 16)))
        (br $content)))
    ;; the rest of less than 16 bytes: what stands behind it does not count
    (i32.eq
      (i32.and
        (i32.or
          (i8x16.bitmask
            (i8x16.eq
              (v128.load (i32.add (local.get $one) (local.get $k)))
              (v128.load (i32.add (local.get $other) (local.get $k)))))
          (i32.shl (i32.const -1) (i32.sub (local.get $length) (local.get $k))))
        (i32.const 0xffff))
      (i32.const 0xffff)))
)
