// Node's reports: found in text, cleaned without changing how Node laid them out, and counted.

const BLANK = new Set(['environmentVariables', 'sharedObjects', 'networkInterfaces', 'cpus']);
const REPLACE = new Map([
  ['header.host', '"host-1"'],
  ['header.osRelease', '"6.1.0-28-amd64"'],
  ['header.osVersion', '"#1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 (2024-11-22)"'],
]);
const REPORT_START = /\{\s*"header": ?\{/g;

/** The end of the string, number or word that starts at `from`; the text's length if it is cut. */
function endOfScalar(text, from) {
  const token = text[from] === '"' ? /"(?:[^"\\]|\\.)*"/y : /[^\s,\]}]+/y;
  token.lastIndex = from;
  return token.test(text) ? token.lastIndex : text.length;
}

/** The end of the value that starts at `from`, or the text's length if it is cut. */
function endOfValue(text, from) {
  if (!'{['.includes(text[from])) return endOfScalar(text, from);
  let depth = 0;
  for (let at = from; at < text.length;) {
    if (text[at] === '"') {
      at = endOfScalar(text, at);
      continue;
    }
    if ('{['.includes(text[at])) depth += 1;
    if ('}]'.includes(text[at])) depth -= 1;
    at += 1;
    if (depth === 0) return at;
  }
  return text.length;
}

/** An object or array without its content, its closing bracket where it stood: that is how Node writes empty ones. */
function blanked(value) {
  return value[0] + (/\s*[}\]]$/.exec(value)?.[0] ?? '');
}

function replacement(path, value) {
  const key = path.at(-1);
  if (BLANK.has(key) && '{['.includes(value[0])) return blanked(value);
  return REPLACE.get(path.slice(-2).join('.'));
}

/**
 * Works on the text, not on the parsed value: so it keeps Node's layout and numbers as they are, and takes pretty,
 * compact (whose workers are pretty) and cut reports alike.
 */
export function cleanReport(text) {
  const path = [];
  let out = '';
  let key;
  for (let at = 0; at < text.length;) {
    const char = text[at];
    if (/[\s,:]/.test(char)) {
      out += char;
      at += 1;
    } else if ('}]'.includes(char)) {
      path.pop();
      key = undefined;
      out += char;
      at += 1;
    } else if (char === '"' && /^\s*:/.test(text.slice(endOfScalar(text, at), endOfScalar(text, at) + 4)) && key === undefined) {
      const end = endOfScalar(text, at);
      key = text.slice(at + 1, end - 1);
      out += text.slice(at, end);
      at = end;
    } else {
      const end = endOfValue(text, at);
      const instead = replacement([...path, key], text.slice(at, end));
      if (instead !== undefined) {
        out += instead;
        at = end;
      } else if ('{['.includes(char)) {
        path.push(key);
        out += char;
        at += 1;
      } else {
        out += text.slice(at, end);
        at = end;
      }
      key = undefined;
    }
  }
  return out;
}

/** Where the reports of a text are, whether it is a report or a log; those of workers are inside of others. */
function findReports(text) {
  const places = [];
  let end = 0;
  for (const { index } of text.matchAll(REPORT_START)) {
    if (index < end) continue;
    end = endOfValue(text, index);
    places.push([index, end]);
  }
  return places;
}

export function cleanReports(text) {
  let out = '';
  let last = 0;
  for (const [from, to] of findReports(text)) {
    out += text.slice(last, from) + cleanReport(text.slice(from, to));
    last = to;
  }
  return out + text.slice(last);
}

/** Main first, then the workers in the file's order, each before its own. */
function flatten(report) {
  return [report, ...(report.workers ?? []).flatMap(flatten)];
}

/** Entries that are no frames are further lines of the message. */
function countFrames(stack) {
  return (stack ?? []).filter((line) => line.startsWith('at ')).length;
}

/** Of a cut report only the stack of the main thread can be there. */
function countCut(text) {
  const stack = /"javascriptStack": ?\{[^{]*?"stack": ?(\[[^\]]*\])/.exec(text)?.[1];
  return [countFrames(stack && JSON.parse(stack))];
}

function countReport(text) {
  let report;
  try {
    report = JSON.parse(text);
  } catch {
    return countCut(text);
  }
  return flatten(report).map(({ javascriptStack }) => countFrames(javascriptStack.stack));
}

/** The frames of each thread of each report. */
export function countReports(text) {
  return findReports(text).map(([from, to]) => countReport(text.slice(from, to)));
}
