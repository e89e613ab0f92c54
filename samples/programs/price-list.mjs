// Looks for a price in a list that has no end: the main thread never returns to its event loop.
class PriceList {
  rows = ['apple', 'pear', 'plum'];

  find(name) {
    let row = 0;
    while (this.rows[row] !== name) row = (row + 1) % this.rows.length;
    return row;
  }
}

function quote(list, names) {
  return names.map((name) => list.find(name));
}

console.log('price list ready');
setTimeout(function answer() {
  quote(new PriceList(), ['pear', 'cherry']);
}, 200);
