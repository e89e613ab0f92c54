// Counts what is in faulthandler's text by the plainest means, so that it can stand against the tool's own answer.

const HEADER = /^(?:Current thread|Thread) 0x[0-9a-f]+ .*\(most recent call first\):$/;
const CAUSE = /(?:Fatal Python error: |Timeout \(\d+:\d\d:\d\d(?:\.\d+)?\)!$)/;
const FRAME = /^ {2}File ".*", line (?:\d+|\?\?\?) in /;

/** The frames of each thread of each dump. Between the threads of one dump is an empty line, before a dump there is none. */
export function countStacks(text) {
  const dumps = [];
  const lines = text.split('\n');
  let afterCause = false;
  let inThread = false;
  for (const [index, line] of lines.entries()) {
    if (HEADER.test(line)) {
      if (dumps.length === 0 || afterCause || lines[index - 1] !== '') dumps.push([]);
      dumps.at(-1).push(0);
      afterCause = false;
      inThread = true;
    } else if (inThread && FRAME.test(line)) {
      dumps.at(-1)[dumps.at(-1).length - 1] += 1;
    } else {
      inThread = false;
      afterCause ||= CAUSE.test(line);
    }
  }
  return dumps;
}
