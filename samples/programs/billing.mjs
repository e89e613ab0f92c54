// A service that writes a report of itself into its log, on one line, when a run takes too long.
const SLOW_MS = 150;
let run = 0;

function log(level, text) {
  console.log(`${new Date().toISOString()} ${level} billing: ${text}`);
}

function addUsage(customer) {
  let sum = 0;
  for (let minute = 0; minute < 20_000; minute += 1) sum += (customer * minute) % 7;
  return sum;
}

function rateCustomers(customers, started) {
  let reported = false;
  for (let customer = 0; customer < customers; customer += 1) {
    addUsage(customer);
    if (!reported && performance.now() - started > SLOW_MS) {
      reported = true;
      log('WARN', `run ${run} is slow, report: ${JSON.stringify(process.report.getReport())}`);
    }
  }
}

function closeMonth() {
  run += 1;
  const started = performance.now();
  rateCustomers(run % 3 === 0 ? 4000 : 10, started);
  log('INFO', `run ${run} took ${Math.round(performance.now() - started)} ms`);
}

setInterval(closeMonth, 200);
log('INFO', 'billing ready');
