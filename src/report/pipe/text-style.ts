const ESC = 0x1b;
/** Sequences looked at from the end of a piece of text, for what of its style is still on. Programs reset after a line or a word. */
const MOST_SEQUENCES = 64;
/** A longer sequence is none that sets a style. */
const LONGEST = 64;

/** Attributes that a parameter sets or ends; of each, the last one counts. */
type Attribute =
  'weight' | 'italic' | 'underline' | 'blink' | 'inverse' | 'hidden' | 'struck' | 'colour' | 'background' | 'line-colour' | 'overline';

/**
 * The style (colour, weight …) that a terminal shows text in, after the bytes that passed: what a program has switched on
 * and not off yet. Text of somebody else that is put in between is written plainly, and the program's style put back after it.
 */
export class TextStyle {
  readonly #on = new Map<Attribute, string>();
  /** The beginning of a sequence that goes on in the next piece. */
  #begun = '';

  /** Takes note of text that was written. Cheap where it holds no sequences. */
  pass(bytes: Uint8Array): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    if (this.#begun !== '') {
      const whole = this.#begun + text.toString('latin1', 0, LONGEST);
      this.#begun = '';
      this.#sequence(whole, text.length < LONGEST);
    }
    let at = text.lastIndexOf(ESC);
    if (at < 0) return;
    const found: number[] = [];
    while (at >= 0 && found.length < MOST_SEQUENCES) {
      found.push(at);
      // before a reset nothing counts
      if (RESET.test(text.toString('latin1', at, at + 6)) || at === 0) break;
      at = text.lastIndexOf(ESC, at - 1);
    }
    for (const from of found.reverse()) this.#sequence(text.toString('latin1', from, from + LONGEST), text.length - from < LONGEST);
  }

  /** What a program's style has to be left by before other text, and what puts it back; both empty where there is none. */
  get around(): { readonly leave: string; readonly restore: string } {
    if (this.#on.size === 0) return { leave: '', restore: '' };
    return { leave: '\x1b[0m', restore: `\x1b[${[...this.#on.values()].join(';')}m` };
  }

  #sequence(text: string, mayGoOn: boolean): void {
    const match = STYLE.exec(text);
    if (match !== null) this.#set(match[1]!);
    else if (mayGoOn && UNFINISHED.test(text)) this.#begun = text;
  }

  #set(parameters: string): void {
    const numbers = parameters.split(';');
    for (let i = 0; i < numbers.length; i++) {
      const [code] = numbers[i]!.split(':', 1);
      let value = numbers[i]!;
      // 38;5;N and 38;2;R;G;B, in one parameter when written with colons
      if (/^[345]8$/.test(code!) && !value.includes(':')) {
        const more = numbers[i + 1] === '5' ? 2 : numbers[i + 1] === '2' ? 4 : 0;
        value = numbers.slice(i, i + more + 1).join(';');
        i += more;
      }
      this.#one(Number(code), value);
    }
  }

  #one(code: number, value: string): void {
    if (code === 0) this.#on.clear();
    const end = ENDS.get(code);
    if (end !== undefined) this.#on.delete(end);
    const begin = attributeOf(code);
    if (begin === null) return;
    // bold and dim may both be on
    const before = begin === 'weight' ? this.#on.get(begin) : undefined;
    this.#on.set(begin, before === undefined || before === value ? value : '1;2');
  }
}

const RESET = /^\x1b\[0*m/;
const STYLE = /^\x1b\[([\d;:]*)m/;
const UNFINISHED = /^\x1b(?:\[[\d;:]*)?$/;

const ENDS: ReadonlyMap<number, Attribute> = new Map([
  [22, 'weight'],
  [23, 'italic'],
  [24, 'underline'],
  [25, 'blink'],
  [27, 'inverse'],
  [28, 'hidden'],
  [29, 'struck'],
  [39, 'colour'],
  [49, 'background'],
  [55, 'overline'],
  [59, 'line-colour'],
]);

const BEGINS: ReadonlyMap<number, Attribute> = new Map([
  [1, 'weight'],
  [2, 'weight'],
  [3, 'italic'],
  [4, 'underline'],
  [5, 'blink'],
  [6, 'blink'],
  [7, 'inverse'],
  [8, 'hidden'],
  [9, 'struck'],
  [21, 'underline'],
  [38, 'colour'],
  [48, 'background'],
  [53, 'overline'],
  [58, 'line-colour'],
]);

function attributeOf(code: number): Attribute | null {
  if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) return 'colour';
  if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) return 'background';
  return BEGINS.get(code) ?? null;
}
