import assert from 'node:assert/strict';
import vm from 'node:vm';
import { withPlainNames } from '../../scripts/plain-names.mjs';

const PROGRAM = `
const log = [];
class Base {
  #at = 1; static#made = 0; static count(){return ++Base.#made}
  get#twice(){return this.#at*2} set#twice(to){this.#at=to/2}
  static#name(){return"#at in text"} async#later(){return this.#at}
  *#each(){yield this.#at}
  is(other){return #at in other}
  read(){this.#twice=8;this.#at++;this.#at??=7;return[this.#at,this.#twice,Base.#name(),[...this.#each()],this?.#at,\`\${this.#at}#at\`]}
  later(){return this.#later()}
}
class Derived extends Base {
  #at = 'its own'; own(){return[this.#at,this.read(),/#at/.test("#at")]}
  inner(){const self=this;return new class{#at='inner';both(){return[this.#at,self.is(this),self.is(self)]}}().both()}
}
const one = new Derived();
log.push(one.own(), one.inner(), Base.count(), Base.count(), one.is({}), new Base().is(one));
log`;

describe('plain names of the bundle', () => {
  it('do what the private ones do, also where a subclass or a class within has the same', async () => {
    const plain = withPlainNames(PROGRAM);
    const run = (text: string): unknown => JSON.parse(JSON.stringify(vm.runInNewContext(text)));
    assert.deepEqual(run(plain), run(PROGRAM));
    assert.doesNotMatch(plain.replaceAll(/(["`/])[^"`/]*#at[^"`/]*\1/g, ''), /#/);
    const later = (text: string): Promise<unknown> => vm.runInNewContext(`(()=>{${text};return one.later()})()`) as Promise<unknown>;
    assert.equal(await later(plain), await later(PROGRAM));
  });

  it('are refused where no class around has the name', () => {
    assert.throws(() => withPlainNames('class A { at(other) { return other.#at } }'), /no class around it has #at/);
  });
});
