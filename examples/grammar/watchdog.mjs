// Reads the dumps of a watchdog that a company wrote for itself (see watchdog.log):
//
//     WATCHDOG silent for 30 s                   why it was made: begins a dump
//     process 4711, Python 3.11.9
//     [MainThread #140012]                       head of a thread's stack
//       /srv/acme/orders.py:41 settle            frames, the most recent call last
//         total = price(order)                   source of the frame above, not kept
//
//   standstill analyze --grammar examples/grammar/watchdog.mjs examples/grammar/watchdog.log
export default ({ P, fields, blank, other, python, PLAIN_SHAPE }) => {
  // `fields`: a parser of one regular expression whose groups are the result. Parsers take a whole line.
  const cause = fields(/WATCHDOG (silent for \d+ s)$/).map(([text]) => ({ is: 'cause', reason: { kind: 'timeout', text } }));
  const process = fields(/process (\d+), Python (\S+)$/).map(([pid, version]) => ({
    is: 'process',
    pid: Number(pid),
    runtimeVersion: version,
  }));
  const thread = fields(/\[(.{1,100}) #(\d+)\]$/).map(([name, id]) => ({ is: 'thread', id, name, main: name === 'MainThread' }));
  const frame = fields(/ {2}(\S.*):(\d+) (\S+)$/).map(([file, line, name]) => ({
    is: 'frame',
    frame: { function: name, file, line: Number(line) },
  }));
  const source = fields(/ {4}\S.*$/).map(() => ({ is: 'source' }));

  return {
    id: 'acme-watchdog',
    title: "ACME's watchdog",
    runtime: 'python',
    kind: 'lines',
    // texts of seven signs or more by which a dump is found: one stands in its first line
    openings: ['WATCHDOG silent for '],
    // in the order of trial; `other` takes what is none of the format's lines
    line: P.alt(cause, process, thread, source, frame, blank, other),
    order: 'recent-last',
    // functions in which whole stacks end: one that ends elsewhere was probably cut
    outermost: python.OUTERMOST,
    shape: { ...PLAIN_SHAPE, blankBetween: false, again: 'next-dump' },
    example: 'WATCHDOG silent for 30 s\nprocess 4711, Python 3.11.9\n[MainThread #140012]\n  /srv/acme/orders.py:41 settle',
    how: 'acmectl watchdog dump',
  };
};
