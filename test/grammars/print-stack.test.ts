import assert from 'node:assert/strict';
import { ofText } from './dumps.js';

describe('a stack that the program printed', () => {
  it('is none where the line below it says that it is the end of a traceback', async () => {
    const withSource = '  File "/srv/a.py", line 9, in <module>\n    main()\n  File "/srv/a.py", line 3, in f\n    x()\n';
    const bare = '  File "/srv/a.py", line 9, in <module>\n  File "/srv/a.py", line 3, in f\n';
    for (const stack of [withSource, bare]) {
      for (const end of ['KeyError: 1\n', 'ValueError\n', 'shop.stock.SoldOut: none left\n'])
        assert.deepEqual(await ofText(stack + end), [], stack + end);
      for (const end of ['', 'served in 4 ms\n', '\nKeyError: 1\n'])
        assert.deepEqual(
          (await ofText(stack + end)).map(({ format, threads }) => [format, threads.map(({ frames }) => frames)]),
          [['print-stack', [['f /srv/a.py:3', '<module> /srv/a.py:9']]]],
          stack + end,
        );
    }
  });
});
