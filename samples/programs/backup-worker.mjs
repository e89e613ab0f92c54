import { execSync } from 'node:child_process';

function copyDatabase() {
  execSync('sleep 30');
}

copyDatabase();
