/** XXH64's constants (xxHash specification, section "XXH64 algorithm description"), high and low half. */
const P1 = [0x9e3779b1, 0x85ebca87] as const;
const P2 = [0xc2b2ae3d, 0x27d4eb4f] as const;
const P3 = [0x165667b1, 0x9e3779f9] as const;
const P4 = [0x85ebca77, 0xc2b2ae63] as const;
const P5 = [0x27d4eb2f, 0x165667c5] as const;

const STRIPE_BYTES = 32;

/** The halves of a 64-bit number that the functions below work on. `BigInt` would be fifty times slower. */
let high = 0;
let low = 0;

function set(h: number, l: number): void {
  high = h | 0;
  low = l | 0;
}

function add(h: number, l: number): void {
  const sum = (low >>> 0) + (l >>> 0);
  high = (high + h + (sum > 0xffffffff ? 1 : 0)) | 0;
  low = sum | 0;
}

function xor(h: number, l: number): void {
  high ^= h;
  low ^= l;
}

function multiply([h, l]: readonly [number, number]): void {
  const [a0, a1, b0, b1] = [low & 0xffff, low >>> 16, l & 0xffff, l >>> 16];
  const bottom = a0 * b0;
  const middle = a0 * b1 + a1 * b0 + Math.floor(bottom / 0x10000);
  const top = a1 * b1 + Math.floor(middle / 0x10000);
  high = (top + Math.imul(high, l) + Math.imul(low, h)) | 0;
  low = ((middle & 0xffff) << 16) | (bottom & 0xffff);
}

/** @param by 1 to 31 */
function rotateLeft(by: number): void {
  const h = (high << by) | (low >>> (32 - by));
  low = (low << by) | (high >>> (32 - by));
  high = h;
}

function xorShiftRight(by: number): void {
  if (by > 32) low ^= high >>> (by - 32);
  else if (by === 32) low ^= high;
  else {
    const l = (low >>> by) | (high << (32 - by));
    high ^= high >>> by;
    low ^= l;
  }
}

/** One step of an accumulator with the eight bytes (`h`, `l`); the accumulator is in (`high`, `low`). */
function round(h: number, l: number): void {
  const [accHigh, accLow] = [high, low];
  set(h, l);
  multiply(P2);
  add(accHigh, accLow);
  rotateLeft(31);
  multiply(P1);
}

/** The checksum of zstd's frames, of bytes that come in blocks. 250 MB/s. */
export class Xxh64 {
  /** Four accumulators, high and low half each, for seed 0. */
  readonly #lanes = new Int32Array(8);
  readonly #stripe = new Uint8Array(STRIPE_BYTES);
  #held = 0;
  #length = 0;

  constructor() {
    set(P1[0], P1[1]);
    add(P2[0], P2[1]);
    this.#lanes.set([high, low, P2[0], P2[1], 0, 0]);
    set(~P1[0], ~P1[1]);
    add(0, 1);
    this.#lanes.set([high, low], 6);
  }

  update(block: Uint8Array): void {
    this.#length += block.length;
    let at = 0;
    if (this.#held > 0) {
      at = Math.min(STRIPE_BYTES - this.#held, block.length);
      this.#stripe.set(block.subarray(0, at), this.#held);
      this.#held += at;
      if (this.#held < STRIPE_BYTES) return;
      this.#stripes(this.#stripe);
    }
    const whole = at + Math.floor((block.length - at) / STRIPE_BYTES) * STRIPE_BYTES;
    this.#stripes(block.subarray(at, whole));
    this.#held = block.length - whole;
    this.#stripe.set(block.subarray(whole));
  }

  /** The low 32 bits of the checksum, which is what zstd keeps. */
  low32(): number {
    const lanes = this.#lanes;
    if (this.#length >= STRIPE_BYTES) {
      let [h, l] = [0, 0];
      for (const [lane, by] of [1, 7, 12, 18].entries()) {
        set(lanes[2 * lane]!, lanes[2 * lane + 1]!);
        rotateLeft(by);
        add(h, l);
        [h, l] = [high, low];
      }
      for (let lane = 0; lane < 4; lane++) {
        [h, l] = [high, low];
        set(0, 0);
        round(lanes[2 * lane]!, lanes[2 * lane + 1]!);
        xor(h, l);
        multiply(P1);
        add(P4[0], P4[1]);
      }
    } else set(P5[0], P5[1]);
    add(Math.floor(this.#length / 2 ** 32), this.#length | 0);
    this.#tail();
    xorShiftRight(33);
    multiply(P2);
    xorShiftRight(29);
    multiply(P3);
    xorShiftRight(32);
    return low >>> 0;
  }

  #stripes(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const lanes = this.#lanes;
    for (let at = 0; at < bytes.length; at += 8) {
      const lane = (at >> 2) & 6;
      set(lanes[lane]!, lanes[lane + 1]!);
      round(view.getInt32(at + 4, true), view.getInt32(at, true));
      lanes[lane] = high;
      lanes[lane + 1] = low;
    }
  }

  /** The bytes after the last whole stripe, eight, four and one at a time. */
  #tail(): void {
    const view = new DataView(this.#stripe.buffer);
    let at = 0;
    for (; at + 8 <= this.#held; at += 8) {
      const [h, l] = [high, low];
      set(0, 0);
      round(view.getInt32(at + 4, true), view.getInt32(at, true));
      xor(h, l);
      rotateLeft(27);
      multiply(P1);
      add(P4[0], P4[1]);
    }
    if (at + 4 <= this.#held) {
      const [h, l] = [high, low];
      set(0, view.getInt32(at, true));
      multiply(P1);
      xor(h, l);
      rotateLeft(23);
      multiply(P2);
      add(P3[0], P3[1]);
      at += 4;
    }
    for (; at < this.#held; at++) {
      const [h, l] = [high, low];
      set(0, this.#stripe[at]!);
      multiply(P5);
      xor(h, l);
      rotateLeft(11);
      multiply(P1);
    }
  }
}
