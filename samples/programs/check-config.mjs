// Fails at start with an error of several lines, thrown below some async functions.
import { setTimeout as delay } from 'node:timers/promises';

class ConfigError extends Error {
  constructor(problems) {
    super(`the settings have ${problems.length} errors:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.code = 'ERR_CONFIG';
    this.problems = problems.length;
  }
}

function validate(settings) {
  const problems = [];
  if (typeof settings.retries !== 'number') problems.push(`orders.retries: expected a number, got "${settings.retries}"`);
  if (!settings.queue) problems.push('orders.queue: missing');
  if (problems.length > 0) throw new ConfigError(problems);
  return settings;
}

async function readSettings() {
  await delay(20);
  return validate({ retries: 'three' });
}

async function connectQueue() {
  const settings = await readSettings();
  return settings.queue;
}

async function startService() {
  return await connectQueue();
}

await startService();
