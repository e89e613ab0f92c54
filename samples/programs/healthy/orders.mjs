// Sorts orders for a second or so.
import { setTimeout } from 'node:timers/promises';

let seed = 7;
const random = () => (seed = (seed * 48271) % 2147483647);
const orders = Array.from({ length: 250_000 }, (_, id) => ({ id, amount: random() }));
for (let round = 0; round < 5; round++) {
  orders.sort((a, b) => a.amount - b.amount || a.id - b.id);
  for (const order of orders) order.amount = random();
  await setTimeout(1);
}
console.log(orders[0].amount, process.execArgv, process.argv.length, process.listenerCount('SIGUSR1'), process.getActiveResourcesInfo());
console.error('done');
process.exitCode = 4;
