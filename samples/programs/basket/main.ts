// A shop's basket, written in TypeScript and run compiled: a trace while it is priced, then an error that nobody handles.
import { priceOf, type Line } from './prices.ts';

interface Basket {
  readonly owner: string;
  readonly lines: readonly Line[];
}

function totalOf(basket: Basket): number {
  return basket.lines.map((line) => priceOf(line)).reduce((sum, price) => sum + price, 0);
}

async function checkOut(basket: Basket): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 5));
  const total = totalOf(basket);
  console.log(`${basket.owner} pays ${total}`);
  return total;
}

async function main(): Promise<void> {
  await checkOut({ owner: 'jane', lines: [{ article: 'pen', count: 2 }] });
  await checkOut({ owner: 'joe', lines: [{ article: 'quill', count: 1 }] });
}

void main();
