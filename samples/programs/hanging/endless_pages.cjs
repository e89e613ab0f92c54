// Reads pages until there is no next one; the last one names itself.
const PAGES = { first: { next: 'second' }, second: { next: 'last' }, last: { next: 'last' } };

function collect(name) {
  const names = [];
  let seen = 0;
  while (name !== undefined) { // hangs here
    seen += name.length;
    name = PAGES[name].next;
  }
  return [names, seen];
}

console.log('collecting');
console.log(collect('first'));
