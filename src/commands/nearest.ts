/** The name that a mistyped word was meant to be, or null when none is near: a few letters differ, or it is the beginning of just one. */
export function nearest(word: string, names: readonly string[]): string | null {
  const lower = word.toLowerCase();
  const begun = names.filter((name) => name.startsWith(lower));
  if (lower.length >= 2 && begun.length === 1) return begun[0]!;
  const [best] = names.map((name) => ({ name, edits: editDistance(lower, name) })).sort((a, b) => a.edits - b.edits);
  return best !== undefined && best.edits <= Math.max(1, Math.floor(best.name.length / 3)) ? best.name : null;
}

/** Longer words are no slips of the finger, and the distance costs their product. */
const LONGEST = 64;

/** Insertions, removals, replacements and swaps of neighbours that turn one word into the other. */
function editDistance(a: string, b: string): number {
  if (a.length > LONGEST || b.length > LONGEST) return Infinity;
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const above = rows[i - 1]!;
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      let edits = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) edits = Math.min(edits, rows[i - 2]![j - 2]! + 1);
      row.push(edits);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
