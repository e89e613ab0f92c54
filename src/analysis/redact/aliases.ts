/** What is given other names. The word is the beginning of the alias: `user1`, `ip3`. */
const KINDS = ['user', 'host', 'source', 'ip', 'mac', 'mail', 'login', 'query', 'command', 'value', 'secret'] as const;
export type AliasKind = (typeof KINDS)[number];

const ALIAS = new RegExp(`^(?:${KINDS.join('|')})[1-9]\\d{0,8}$`);
const ALIASES = new RegExp(`(?<![\\w-])(?:${KINDS.join('|')})[1-9]\\d{0,8}(?![\\w-])`, 'g');

/**
 * Names for things that are not to be told: the same thing has the same alias, and two things never share one. An alias stands
 * for itself, so that a text may be looked at twice; an input's own `user1` keeps its name.
 */
export class Aliases {
  readonly #known = new Map<string, string>();
  readonly #taken = new Set<string>();
  readonly #counts = new Map<AliasKind, number>();

  /** The alias of a thing. */
  of(kind: AliasKind, thing: string): string {
    const key = `${kind} ${thing}`;
    let alias = this.#known.get(key);
    if (alias === undefined) {
      alias = ALIAS.test(thing) ? thing : this.#next(kind);
      this.#taken.add(alias);
      this.#known.set(key, alias);
    }
    return alias;
  }

  /** Names that a text has, and that therefore nothing else may be given. To be called for all texts before the first alias. */
  reserve(text: string): void {
    if (!/[a-z]\d/.test(text)) return;
    for (const [name] of text.matchAll(ALIASES)) this.#taken.add(name);
  }

  #next(kind: AliasKind): string {
    for (;;) {
      const number = (this.#counts.get(kind) ?? 0) + 1;
      this.#counts.set(kind, number);
      if (!this.#taken.has(`${kind}${number}`)) return `${kind}${number}`;
    }
  }
}
