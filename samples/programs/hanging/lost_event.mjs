// Waits for the end of a job that never tells of it, while a timer keeps the process alive.
import { EventEmitter, once } from 'node:events';

async function finished(job) {
  await once(job, 'done'); // hangs here
  return job.result;
}

async function total(jobs) {
  const results = await Promise.all(jobs.map(finished));
  return results.reduce((sum, result) => sum + result, 0);
}

const jobs = [1, 2].map((result) => Object.assign(new EventEmitter(), { result }));
setTimeout(() => jobs[0].emit('done'), 100);
setInterval(() => {}, 1000);
console.log('adding up');
console.log(await total(jobs));
