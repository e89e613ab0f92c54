// mocha's `spec` report with two additions:
// - a skipped test is a failure when CI is set: there everything that a test needs is installed, so a skip hides a fault;
// - with STANDSTILL_SUMMARY=FILE, one line of JSON with the counts is appended to that file.
'use strict';

const fs = require('node:fs');
const { reporters, Runner } = require('mocha');

const { EVENT_TEST_PENDING, EVENT_RUN_END } = Runner.constants;

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    if (process.env.CI) {
      runner.on(EVENT_TEST_PENDING, (test) => runner.fail(test, new Error('skipped, which CI does not allow'), true));
    }
    const file = process.env.STANDSTILL_SUMMARY;
    if (file) {
      runner.once(EVENT_RUN_END, () => {
        const { passes, failures, pending } = this.stats;
        fs.appendFileSync(file, `${JSON.stringify({ passed: passes, failed: failures, skipped: process.env.CI ? 0 : pending })}\n`);
      });
    }
  }
};
