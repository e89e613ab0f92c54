/**
 * Ids of the threads that a dump has shown. Nearly all dumps list threads by where they lie in memory, so each id is greater than the
 * one before and was not there: a table of a hundred thousand is not made where nothing is searched in it.
 */
export class ShownIds {
  #ids: string[] = [];
  /** Of the same; null as long as each was greater than the one before. */
  #table: Set<string> | null = null;
  #last = '';

  /** Whether it has not been shown before. */
  add(id: string): boolean {
    if (this.#table === null && id > this.#last) {
      this.#ids.push(id);
      this.#last = id;
      return true;
    }
    const table = (this.#table ??= new Set(this.#ids));
    const { size } = table;
    return table.add(id).size > size;
  }

  has(id: string): boolean {
    if (this.#table === null && id > this.#last) return false;
    return (this.#table ??= new Set(this.#ids)).has(id);
  }
}
