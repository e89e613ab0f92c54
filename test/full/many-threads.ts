/** Dumps of a large service as text: 2,000 threads, of which some hundred move through a graph of calls, most are idle, a few are stuck. */
export function largeService(threads = 2_000, dumps = 60): string {
  const random = generator(7);
  const functions = Array.from({ length: 600 }, (_, i) => ({
    file: `module_${i % 40}`,
    name: `step_${i}`,
    line: 10 + ((i * 7) % 900),
    calls: Array.from({ length: 4 }, () => random(600)),
  }));
  const frame = (file: string, line: number, fn: string): string => `  File "${file}", line ${line} in ${fn}`;
  const own = (file: string, line: number, fn: string): string => frame(`/srv/shop/${file}.py`, line, fn);
  const library = (file: string, line: number, fn: string): string => frame(`/usr/lib/python3.11/${file}.py`, line, fn);
  const boot = [library('threading', 975, 'run'), library('threading', 1038, '_bootstrap_inner'), library('threading', 995, '_bootstrap')];
  const task = [own('orders', 52, 'settle'), own('orders', 20, 'handle'), own('worker', 33, 'work'), ...boot];
  const moving = (): string[] => {
    const path: string[] = [];
    let at = functions[random(8)]!;
    for (let depth = 3 + random(14); depth > 0; depth--) {
      const call = random(4);
      path.unshift(own(at.file, at.line + call, at.name));
      at = functions[at.calls[call]!]!;
    }
    return [...path, own('worker', 33, 'work'), ...boot];
  };
  const stackOf = (t: number): string[] => {
    if (t === threads - 1) return [own('main', 12, 'main'), own('main', 20, '<module>')];
    if (t < 12) return [library('threading', 327, 'wait'), library('queue', 171, 'get'), own('pool', 88, 'acquire'), ...task];
    if (t === 12) return [library('ssl', 1134, 'read'), library('socket', 706, 'readinto'), own('payments', 70, 'charge'), ...task];
    return t < threads * 0.45 ? [library('concurrent/futures/thread', 81, '_worker'), ...boot] : moving();
  };
  const texts: string[] = [];
  for (let k = 0; k < dumps; k++) {
    texts.push(`${new Date(Date.UTC(2026, 10, 23, 9, 30, 10 * k)).toISOString()} SIGUSR1`);
    for (let t = 0; t < threads; t++) {
      const id = (0x7f0010000000 + t * 0x801000).toString(16).padStart(16, '0');
      texts.push(`${t === threads - 1 ? 'Current thread' : 'Thread'} 0x${id} (most recent call first):`, ...stackOf(t), '');
    }
  }
  return texts.join('\n');
}

/** Numbers from 0 up to but without a limit, the same in every run (mulberry32). */
function generator(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  };
}
