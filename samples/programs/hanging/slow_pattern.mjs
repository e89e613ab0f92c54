// A pattern that tries every way to divide the text before it gives up.
export function isName(text) {
  return /^(\w+\s?)*$/.test(text); // hangs here
}

function check(names) {
  return names.filter(isName);
}

console.log('checking');
console.log(check(['Ada Lovelace', 'x'.repeat(60) + '!']));
