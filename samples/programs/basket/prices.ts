export interface Line {
  readonly article: string;
  readonly count: number;
}

enum Tax {
  none = 0,
  half = 7,
  full = 19,
}

const ARTICLES: Readonly<Record<string, { readonly cents: number; readonly tax: Tax }>> = {
  pen: { cents: 120, tax: Tax.full },
  book: { cents: 1900, tax: Tax.half },
};

export function priceOf(line: Line): number {
  const article = ARTICLES[line.article]!;
  if (line.count > 1) console.trace('a large order');
  return Math.round(article.cents * line.count * (1 + article.tax / 100));
}
