// Waits for a child process that hangs itself.
const { execFileSync } = require('node:child_process');
const path = require('node:path');

function build(file) {
  return execFileSync(process.execPath, [path.join(__dirname, file)], { stdio: 'inherit' }); // hangs here
}

console.log('building');
build('endless_pages.cjs');
