// Counts what is in Node's text formats by the plainest means, so that it can stand against the tool's own answer.

/** One dump of one thread for each run of lines that `isFrame` takes; `inRun` lines stand in a run and are none of its frames. */
function countRuns(lines, isFrame, inRun, begins = () => false) {
  const dumps = [];
  let open = false;
  for (const line of lines) {
    if (isFrame.test(line)) {
      if (!open || begins(line)) dumps.push([0]);
      dumps.at(-1)[0] += 1;
      open = true;
    } else if (!inRun.test(line)) open = false;
  }
  return dumps;
}

const AT = /^\s+at .*(?::\d+:\d+|\(<anonymous>\)|\(index \d+\)).{0,2}$/;

/** Errors and traces: runs of `at`; a record's stack is a string. */
export function countErrors(text) {
  const lines = text.split('\n').flatMap((line) => (line.startsWith('{"') ? ['', ...JSON.parse(line).err.stack.split('\n'), ''] : [line]));
  return countRuns(lines, AT, /lines matching cause stack trace/);
}

/** The JavaScript part of what Node prints when it aborts. */
export const countAborts = (text) =>
  text.includes('----- JavaScript stack trace -----') ? countRuns(text.split('----- JavaScript stack trace -----')[1].split('\n'), /^\d+: /, /^$/) : [];

/** A transcript of `node inspect`. */
export const countInspected = (text) => countRuns(text.split('\n'), /^(?:debug> )*#\d+ .*:\d+:\d+$/, /^\0$/, (line) => line.includes('#0 '));
