// A shop that fails in many ways and says so on standard error: a warning, a trace, a log of JSON records, an error of
// several, and at the end one that nobody catches. `abort` as argument: it gives up at once, by process.abort().
class PaymentError extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = 'PaymentError';
    this.code = 'E_PAYMENT';
    this.attempt = 3;
  }
}

function connect() {
  throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { errno: -111, code: 'ECONNREFUSED' });
}

function charge(order) {
  try {
    connect();
  } catch (error) {
    throw new PaymentError(`order ${order} was not charged`, { cause: error });
  }
}

function audit(order) {
  console.trace('audit: order %d', order);
}

function logFailure(order) {
  try {
    charge(order);
  } catch (error) {
    const { name: type, message, stack } = error;
    console.error(JSON.stringify({ level: 50, time: '2026-11-23T09:32:12.000Z', pid: 4211, msg: 'charge failed', err: { type, message, stack } }));
  }
}

async function reserve(warehouse) {
  await null;
  throw new RangeError(`nothing left in ${warehouse}`);
}

function giveUp() {
  process.abort();
}

if (process.argv.includes('abort')) setTimeout(() => giveUp(), 10);
else {
  process.emitWarning('the cache is cold', 'CacheWarning', 'SHOP001');
  audit(17);
  logFailure(18);
  logFailure(19);
  await Promise.any([reserve('Bremen'), reserve('Ulm')]).catch((error) => console.error(error));
  await new Promise((resolve) => setTimeout(resolve, 20));
  charge(20);
}
