import { afterAll, describe, expect, it } from 'vitest';
import { away, stopWorker } from './testing/round-trip.js';

afterAll(stopWorker);

/** For tests that take heap snapshots, whose cost grows with what the test runner holds. */
const slow = { timeout: 60_000 };

class Account {
  static #opened = 0;
  static rate = 1.5;
  static readonly table = new Map([['a', 1]]);
  #balance: number;
  readonly log: string[] = [];
  constructor(balance = 5) {
    this.#balance = balance;
    Account.#opened++;
    this.log.push('opened');
  }
  #fee() {
    return 1;
  }
  get balance() {
    return this.#balance;
  }
  set balance(value: number) {
    this.#balance = value - this.#fee();
  }
  static get opened() {
    return Account.#opened;
  }
  static open() {
    return new Account(1);
  }
  static is(value: object) {
    return #balance in value;
  }
  add(x: number) {
    this.#balance += x;
    return this;
  }
}

class Savings extends Account {
  #rate = 2;
  constructor(
    readonly owner: string,
    { start = 3 } = {},
  ) {
    super(start);
  }
  override add(x: number) {
    super.add(x * this.#rate);
    return this;
  }
}

describe('classes', () => {
  it('statics, private members, accessors', async () => {
    const account = new Account(10);
    const opened = Account.opened;
    const fn = () => {
      account.balance = 21;
      account.add(5);
      const state = [Account.opened, Account.rate, Account.table.get('a'), account.log];
      return [
        ...state,
        account.balance,
        Account.is(account),
        Account.open().balance,
        Account.opened,
      ];
    };
    expect(await away(fn)).toEqual([opened, 1.5, 1, ['opened'], 25, true, 1, opened + 1]);
    expect(account.balance).toBe(10);
  });

  it('static state that changed after the class was defined', async () => {
    Account.rate = 9;
    expect(await away(() => Account.rate)).toBe(9);
  });

  it('inheritance with private fields on both levels', async () => {
    const savings = new Savings('me', { start: 7 });
    const fn = () => [
      savings.add(5).balance,
      savings.owner,
      savings instanceof Savings,
      savings instanceof Account,
      Object.keys(savings),
      new Savings('you').add(1).balance,
    ];
    expect(await away(fn)).toEqual([17, 'me', true, true, ['log', 'owner'], 5]);
  });

  it('the same private name in base and derived class', async () => {
    class A {
      #v = 'a';
      va() {
        return this.#v;
      }
    }
    class B extends A {
      #v = 'b';
      vb() {
        return this.#v;
      }
    }
    const b = new B();
    expect(await away(() => [b.va(), b.vb()])).toEqual(['a', 'b']);
  });

  it('constructors and initialisers do not run again for captured instances', async () => {
    class Loud {
      #a = this.start();
      b = 1;
      constructor(fail: boolean) {
        if (fail !== false) throw new Error('constructed again');
      }
      start() {
        this.b = 5;
        return 3;
      }
      get a() {
        return this.#a;
      }
    }
    const loud = new Loud(false);
    loud.b = 8;
    expect(await away(() => [loud.a, loud.b])).toEqual([3, 8]);
  });

  it('classes that refer to themselves, to each other and to their instances', async () => {
    class Node1 {
      static root: Node1 | undefined;
      next: Node2 | undefined;
      make() {
        this.next = new Node2();
        return this.next;
      }
    }
    class Node2 {
      back() {
        return new Node1();
      }
    }
    Node1.root = new Node1();
    expect(await away(() => Node1.root?.make().back() instanceof Node1)).toBe(true);
  });

  it('subclasses of built-in classes', async () => {
    class Counter extends Map<string, number> {
      inc(key: string) {
        this.set(key, (this.get(key) ?? 0) + 1);
        return this;
      }
    }
    class List extends Array<number> {
      sum() {
        return this.reduce((a, b) => a + b, 0);
      }
    }
    class Broken extends Error {
      constructor(readonly part: string) {
        super(`${part} is broken`);
        this.name = 'Broken';
      }
    }
    const counter = new Counter().inc('a');
    const list = List.from([1, 2, 3]) as List;
    const broken = new Broken('x');
    const fn = () => [
      counter.inc('a').get('a'),
      counter instanceof Counter,
      list.sum(),
      list.length,
      broken instanceof Broken,
      broken.part,
      broken.message,
      new Broken('y').name,
    ];
    expect(await away(fn)).toEqual([2, true, 6, 3, true, 'x', 'x is broken', 'Broken']);
  });

  it('symbol methods, computed keys, mixins, anonymous classes', async () => {
    const key = 'computed';
    // biome-ignore lint/suspicious/noExplicitAny: the language asks it of mixins
    const Mixin = <T extends new (...args: any[]) => object>(Base: T) =>
      class extends Base {
        mixed() {
          return 'mixed';
        }
      };
    class Range {
      constructor(readonly n: number) {}
      *[Symbol.iterator]() {
        for (let i = 0; i < this.n; i++) yield i;
      }
      [key]() {
        return key;
      }
      static [Symbol.hasInstance](value: unknown) {
        return value === 'range';
      }
    }
    const Mixed = Mixin(class {});
    const mixed = new Mixed();
    const range = new Range(3);
    const fn = () => [
      [...range],
      range.computed(),
      ('range' as unknown) instanceof Range,
      mixed.mixed(),
      new Mixed().mixed(),
    ];
    expect(await away(fn)).toEqual([[0, 1, 2], 'computed', true, 'mixed', 'mixed']);
  });

  it('methods taken from classes and instances', async () => {
    class Tool {
      static #secret = 4;
      #own = 2;
      static parse(text: string) {
        return Number(text) + Tool.#secret;
      }
      times(x: number) {
        return x * this.#own;
      }
    }
    const tool = new Tool();
    expect(await away(Tool.parse, '1')).toBe(5);
    expect(await away(tool.times.bind(tool) as (x: number) => number, 5)).toBe(10);
  });

  it('class fields that are arrow functions', slow, async () => {
    class Handler {
      k = 4;
      handle = (x: number) => x + this.k;
    }
    const handler = new Handler();
    expect(await away(handler.handle, 1)).toBe(5);
    expect(await away(() => handler.handle(2))).toBe(6);
    expect(await away(() => new Handler().handle(3))).toBe(7);
  });
});

enum Color {
  Red = 1,
  Blue,
}
namespace Shapes {
  export const sides = 4;
  export function area(x: number) {
    return x * sides;
  }
}
class Point {
  constructor(
    public x: number,
    private readonly y = 2,
  ) {}
  sum() {
    return this.x + this.y;
  }
}

describe('functions with private names', () => {
  it('travel as a part of their class', slow, async () => {
    const base = 1000;
    class Scale {
      #factor = 3;
      field = (x: number) => x * this.#factor;
      callback(plus: number) {
        return (x: number) => x * this.#factor + plus + base;
      }
      static compare() {
        return (a: Scale, b: Scale) => a.#factor - b.#factor;
      }
    }
    const scale = new Scale();
    expect(await away(scale.callback(1), 5)).toBe(1016);
    expect(await away(() => scale.field(2))).toBe(6);
    const compare = Scale.compare();
    expect(await away(() => compare(scale, new Scale()))).toBe(0);
  });
});

describe('TypeScript', () => {
  it('enums, namespaces and parameter properties', async () => {
    const point = new Point(1);
    const fn = () => [Color.Blue, Color[1], Shapes.area(2), point.sum(), new Point(5, 6).sum()];
    expect(await away(fn)).toEqual([2, 'Red', 8, 3, 11]);
  });
});
