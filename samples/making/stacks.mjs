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

/** Frames of the recipes of `sys._current_frames()`, in one dump: a thread for each line that `head` takes. */
export function countUnder(head, frame = /^\s*File:? "/) {
  return (text) => {
    const threads = [];
    for (const line of text.split('\n')) {
      if (head.test(line)) threads.push(0);
      else if (frame.test(line)) threads[threads.length - 1] += 1;
    }
    return [threads];
  };
}

/** Stacks that are printed one by one: a dump of one thread for each run of frames and their source. */
export function countPrinted(text) {
  const dumps = [];
  let open = false;
  for (const line of text.split('\n')) {
    const isFrame = /^\s*File "/.test(line);
    if (isFrame && !open) dumps.push([0]);
    if (isFrame) dumps.at(-1)[0] += 1;
    open = isFrame || (open && /^ {4}/.test(line));
  }
  return dumps;
}
