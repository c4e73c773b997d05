import { Buffer as NodeBuffer } from 'node:buffer';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path, { join as joinPath } from 'node:path';
import * as util from 'node:util';
import * as acorn from 'acorn';
import { Parser } from 'acorn';
import { afterAll, describe, expect, it } from 'vitest';
import data from './testing/data.json' with { type: 'json' };
import * as own from './testing/own-module.js';
import twice, { bump, Greeter, shout, version } from './testing/own-module.js';
import { double, joinPaths, loud } from './testing/re-exports.js';
import { away, stopWorker } from './testing/round-trip.js';

afterAll(stopWorker);

/** For tests that take heap snapshots, whose cost grows with what the test runner holds. */
const slow = { timeout: 60_000 };

const offset = 100;
let factor = 2;
const require = createRequire(import.meta.url);

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}
const isEven = (n: number): boolean => (n === 0 ? true : isOdd(n - 1));
const isOdd = (n: number): boolean => (n === 0 ? false : isEven(n - 1));

describe('variables', () => {
  it('reaches every depth of scopes', async () => {
    const a = 1;
    const outer = () => {
      const b = 10;
      for (const c of [1000]) {
        return (x: number) => x + a + b + c + offset;
      }
      throw new Error('never');
    };
    expect(await away(outer(), 0)).toBe(1111);
  });

  it('takes the value that a module level variable has when captured', async () => {
    const fn = (x: number) => x * factor;
    expect(await away(fn, 5)).toBe(10);
    factor = 3;
    expect(await away(fn, 5)).toBe(15);
    factor = 2;
  });

  it('keeps one binding for functions that share a variable which one of them assigns', async () => {
    let count = 0;
    const increment = () => {
      count++;
    };
    const fn = () => {
      increment();
      increment();
      count += 10;
      return count;
    };
    expect(await away(fn)).toBe(12);
    expect(count).toBe(0);
  });

  it('keeps two calls of the same function apart', async () => {
    const counter = () => {
      let n = 0;
      return () => ++n;
    };
    const a = counter();
    const b = counter();
    expect(await away(() => [a(), a(), b()])).toEqual([1, 2, 1]);
  });

  it('keeps apart variables of one name from different scopes', async () => {
    const make = (start: number) => {
      let n = start;
      return { next: () => n++, peek: () => n };
    };
    const a = make(1);
    const b = make(50);
    expect(await away(() => [a.next(), a.peek(), b.next(), b.peek()])).toEqual([1, 2, 50, 51]);
  });

  it('compiles functions together that mean different variables by one name', async () => {
    let total = 0;
    const a = (() => {
      const step = 1;
      return () => {
        total += step;
        return { step, total };
      };
    })();
    const b = (() => {
      const step = 10;
      return ({ n = step } = {}) => {
        total += n;
        return { step, total };
      };
    })();
    expect(await away(() => [a(), b(), total])).toEqual([
      { step: 1, total: 1 },
      { step: 10, total: 11 },
      11,
    ]);
  });

  it('captures only what is mentioned', async () => {
    const promise = Promise.resolve(1);
    const x = 4;
    const fn = () => x;
    expect(await promise).toBe(1);
    expect(await away(fn)).toBe(4);
  });

  it('does not take shadowing names for captured ones', async () => {
    const offset = Promise.resolve();
    const fn = ({ offset, ...rest }: { offset: number; k: number }, [first = offset]: number[]) => {
      const inner = (factor: number) => factor + rest.k;
      return inner(first);
    };
    expect(await away(fn, { offset: 5, k: 1 }, [])).toBe(6);
    await offset;
  });

  it('leaves globals to the executor', async () => {
    expect(
      await away(() => [typeof console.log, typeof process.pid, NodeBuffer.from('a').length]),
    ).toEqual(['function', 'number', 1]);
    expect(await away(() => structuredClone({ a: Math.max(1, 2) }))).toEqual({ a: 2 });
  });

  it('assigns captured destructuring targets', async () => {
    let a = 1;
    let b = 2;
    const fn = () => {
      [a, b] = [b, a];
      ({ a = 5 } = { a: a * 10 });
      return [a, b];
    };
    expect(await away(fn)).toEqual([20, 1]);
  });
});

describe('kinds of functions', () => {
  it('recursive and mutually recursive', async () => {
    expect(await away(factorial, 5)).toBe(120);
    expect(await away((n: number) => isEven(n), 11)).toBe(false);
  });

  it('named function expressions keep name and length', async () => {
    const fn = function walk(n: number): unknown {
      return n === 0 ? [walk.name, walk.length] : walk(n - 1);
    };
    expect(await away(fn, 2)).toEqual(['walk', 1]);
  });

  it('async, generator and async generator functions', async () => {
    const wait = async (x: number) => (await Promise.resolve(x)) + offset;
    expect(await away(wait, 1)).toBe(101);
    function* numbers(n: number) {
      for (let i = 0; i < n; i++) yield i + offset;
    }
    expect(await away((n: number) => [...numbers(n)], 2)).toEqual([100, 101]);
    async function* later() {
      yield offset;
    }
    const fn = async () => {
      for await (const x of later()) return x;
      return 0;
    };
    expect(await away(fn)).toBe(100);
  });

  it('methods, accessors and computed keys of object literals', async () => {
    const key = 'dyn';
    const o = {
      k: 3,
      plus(x: number) {
        return x + this.k + offset;
      },
      get double() {
        return this.k * 2;
      },
      set double(v: number) {
        this.k = v / 2;
      },
      async later() {
        return this.k;
      },
      *items() {
        yield this.k;
      },
      [`${key}amic`]() {
        return this.k;
      },
      'quoted key'() {
        return this.k + 1;
      },
    };
    const fn = async () => {
      o.double = 10;
      return [
        o.plus(1),
        o.double,
        await o.later(),
        [...o.items()],
        o.dynamic?.(),
        o['quoted key'](),
      ];
    };
    expect(await away(fn)).toEqual([106, 10, 5, [5], 5, 6]);
    expect(o.k).toBe(3);
  });

  it('methods with super', async () => {
    const base = { hi: () => 'base' };
    const derived = {
      __proto__: base,
      hi() {
        return `${super.hi()}+derived`;
      },
    } as unknown as { hi(): string };
    expect(await away(() => derived.hi())).toBe('base+derived');
  });

  it('bound functions', async () => {
    const o = { k: 5 };
    const add = function (this: { k: number }, a: number, b: number) {
      return this.k + a + b;
    };
    expect(await away(add.bind(o, 10) as (b: number) => number, 100)).toBe(115);
    expect(await away(Math.max.bind(null, 4) as (b: number) => number, 3)).toBe(4);
  });

  it('arrow functions that use this and arguments of the function around them', slow, async () => {
    class Job {
      scale = 3;
      make() {
        return (x: number) => x * this.scale;
      }
    }
    expect(await away(new Job().make(), 5)).toBe(15);
    function outer(_a: number, _b: number) {
      // biome-ignore lint/complexity/noArguments: that is the test
      return () => arguments.length;
    }
    expect(await away(outer(1, 2))).toBe(2);
  });

  it('tagged templates and regular expressions with flags', async () => {
    const tag = (strings: TemplateStringsArray, ...values: unknown[]) =>
      strings.raw.join('|') + values.length;
    const word = /(?<w>\p{L}+)/giu;
    const fn = (text: string) => [tag`a\n${1}b`, [...text.matchAll(word)].map((m) => m.groups?.w)];
    expect(await away(fn, 'Äb c')).toEqual(['a\\n|b1', ['Äb', 'c']]);
  });

  it('functions with own properties', async () => {
    const fn = Object.assign((x: number) => x + fn.bonus, { bonus: 7 });
    expect(await away(fn, 1)).toBe(8);
  });

  it('old style constructors with prototypes', async () => {
    type PointInstance = { x: number; norm(): number };
    const Point = function (this: PointInstance, x: number) {
      this.x = x;
    } as unknown as new (
      x: number,
    ) => PointInstance;
    Point.prototype.norm = function (this: PointInstance) {
      return Math.abs(this.x);
    };
    const p = new Point(-4);
    expect(await away(() => [p.norm(), new Point(-1).norm(), p instanceof Point])).toEqual([
      4,
      1,
      true,
    ]);
  });

  it('built-in functions without a module', async () => {
    expect(await away(Number as (x: string) => number, '12')).toBe(12);
    expect(await away(JSON.parse as (x: string) => unknown, '[1]')).toEqual([1]);
    const trim = String.prototype.trim;
    expect(await away((s: string) => trim.call(s), ' a ')).toBe('a');
    const { max } = Math;
    expect(await away((x: number) => max(x, 3), 1)).toBe(3);
  });
});

describe('modules', () => {
  it('Node builtins: named, default and namespace imports', async () => {
    expect(
      await away(() => [
        joinPath('a', 'b'),
        path.sep,
        util.inspect({ a: 1 }),
        typeof fs.readFileSync,
      ]),
    ).toEqual(['a/b', path.sep, '{ a: 1 }', 'function']);
  });

  it('packages of node_modules', async () => {
    const fn = () => [
      acorn.parse('1+1', { ecmaVersion: 2020 }).type,
      typeof Parser.extend,
      Parser === acorn.Parser,
    ];
    expect(await away(fn)).toEqual(['Program', 'function', true]);
  });

  it('classes of packages as base classes and instances', async () => {
    // The types of acorn leave this class out.
    const { Position } = acorn as unknown as {
      Position: new (
        line: number,
        column: number,
      ) => { line: number; offset(n: number): { column: number } };
    };
    class MyPosition extends Position {
      own() {
        return this.line + 1;
      }
    }
    const position = new Position(3, 4);
    const fn = () => [
      new MyPosition(7, 0).own(),
      position.line,
      position instanceof Position,
      position.offset(2).column,
    ];
    expect(await away(fn)).toEqual([8, 3, true, 6]);
  });

  it('the job its own modules, by value: default, named, namespace, re-exported, JSON', async () => {
    expect(await away(() => [twice(4), shout('a'), own.shout('b'), own.default(3)])).toEqual([
      8,
      'A!',
      'B!',
      6,
    ]);
    expect(await away(() => [double(4), loud('a'), joinPaths('a', 'b')])).toEqual([8, 'A!', 'a/b']);
    expect(await away(() => new Greeter('Hi').greet('you'))).toBe('Hi, YOU!');
    expect(await away(() => [data.limit, data.names])).toEqual([7, ['a', 'b']]);
  });

  it('live exports at the moment of capture', async () => {
    const fn = () => version;
    const before = await away(fn);
    bump();
    expect(await away(fn)).toBe(before + 1);
  });

  it('require results and require itself', async () => {
    const nodePath = require('node:path') as typeof import('node:path');
    const { join } = nodePath;
    expect(await away(() => [nodePath.join('a', 'b'), join('c', 'd')])).toEqual(['a/b', 'c/d']);
    expect(
      await away(() => (require('acorn') as typeof acorn).parse('1', { ecmaVersion: 5 }).type),
    ).toBe('Program');
  });

  it('import.meta', async () => {
    expect(await away(() => import.meta.url)).toBe(import.meta.url);
  });
});
