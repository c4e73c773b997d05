import type { FunctionNode, Ref } from './graph.js';
import { compileScript } from './loader.js';
import { mirroredUrl } from './mirror.js';
import { withLocalPackages } from './package-uses.js';

/** A function of a group with what its text needs besides its variables. */
export interface GroupMember {
  readonly ref: Ref;
  readonly node: FunctionNode;
}

/** A variable of a group. */
export interface GroupVariable {
  readonly name: string;
  /** `constant`: known now. `member`: a function of the group. `late`: set after compilation. */
  readonly kind: 'constant' | 'member' | 'late';
  /** Assigned by functions of the group, so that it has to be a `let`. */
  readonly shared: boolean;
  readonly value: unknown;
  /** For `member`: position in the group. */
  readonly member: number;
}

/** Values that only one member sees: `this`, `arguments`, `import.meta`, the superclass. */
export interface MemberExtras {
  readonly self?: unknown;
  readonly args?: readonly unknown[];
  readonly importMeta?: unknown;
  /** The prototype of the home object of a method that uses `super`. */
  readonly home?: unknown;
  /** A value, or the position of the superclass in the group. */
  readonly superClass?: { readonly value: unknown } | { readonly member: number };
}

export interface FactoryResult {
  readonly functions: unknown[];
  readonly setters: Readonly<Record<string, (value: unknown) => void>>;
}

/** Shared with the guards in rewritten classes, see `class-source.ts`. */
export interface RevivingState {
  on: boolean;
  readonly args: readonly unknown[];
}

type Factory = (
  values: readonly unknown[],
  extras: readonly MemberExtras[],
  reviving: RevivingState,
  setHooks: (...hooks: unknown[]) => void,
) => [unknown[], Record<string, (value: unknown) => void>];

/** A compiled text and the functions it has made that later jobs may share. */
interface CachedFactory {
  readonly make: Factory;
  readonly instances: { readonly values: readonly unknown[]; readonly result: FactoryResult }[];
}

const factories = new Map<string, CachedFactory>();

/** Instances kept for one text, such as the 16 of `map((x) => x + i)` in a loop over i. */
const MAX_INSTANCES = 64;

/** How many compiled factories this thread holds; for tests of the cache. */
export function factoryCount(): number {
  return factories.size;
}

/**
 * Makes the functions of one group. The text depends on the functions and on the names of their
 * variables only, never on values: a job that captures other values runs the same compiled code.
 * Variables are constants of the factory wherever nothing assigns them, as V8 folds these into
 * optimised code.
 */
export function makeGroup(
  members: readonly GroupMember[],
  variables: readonly GroupVariable[],
  extras: readonly MemberExtras[],
  reviving: RevivingState,
  setHooks: (...hooks: unknown[]) => void,
): FactoryResult {
  const { text, filename, lineOffset } = factoryText(members, variables, extras);
  const key = `${filename}\n${lineOffset}\n${text}`;
  let factory = factories.get(key);
  if (factory === undefined) {
    const options = { filename, lineOffset, columnOffset: 0 };
    factory = { make: compileScript(text, options).runInThisContext() as Factory, instances: [] };
    factories.set(key, factory);
  }
  const values = variables.filter(({ kind }) => kind === 'constant').map(({ value }) => value);
  const mayShare = isStateless(members, variables, extras);
  const known = mayShare ? sharedInstance(factory, values) : undefined;
  if (known !== undefined) return known;
  const [functions, setters] = factory.make(values, extras, reviving, setHooks);
  const result = { functions, setters };
  if (mayShare && factory.instances.length < MAX_INSTANCES)
    factory.instances.push({ values, result });
  return result;
}

/**
 * The function that the same text has made with the same values before. V8 embeds the very
 * function object into a loop that calls it: a fresh one in each job costs a check and a look-up
 * of its variables for every row, some 3 ns. Captured objects are fresh in each job, so a
 * function that captures one is never shared.
 */
function sharedInstance(
  { instances }: CachedFactory,
  values: readonly unknown[],
): FactoryResult | undefined {
  return instances.find((instance) =>
    instance.values.every((value, i) => Object.is(value, values[i])),
  )?.result;
}

/** Whether a function has nothing of its own that one job could change under another. */
function isStateless(
  members: readonly GroupMember[],
  variables: readonly GroupVariable[],
  extras: readonly MemberExtras[],
): boolean {
  const node = members[0]?.node;
  return (
    members.length === 1 &&
    node?.form === 'expression' &&
    node.proto === undefined &&
    node.prototype === undefined &&
    node.properties.keys.length === 0 &&
    node.properties.special === undefined &&
    node.properties.integrity === undefined &&
    Object.keys(extras[0] ?? {}).length === 0 &&
    variables.every(({ kind, shared }) => kind === 'constant' && !shared)
  );
}

/** More lines than this are not bridged by empty ones. */
const maxGap = 20_000;

function factoryText(
  members: readonly GroupMember[],
  variables: readonly GroupVariable[],
  extras: readonly MemberExtras[],
): { text: string; filename: string; lineOffset: number } {
  const allStrict = members.every(({ node }) => node.strict);
  let head = '(function ($values, $extras, $reviving, $setHooks) {';
  if (allStrict) head += " 'use strict';";
  const setters: string[] = [];
  const after: string[] = [];
  let at = 0;
  for (const { name, kind, shared, member } of variables) {
    if (kind === 'constant') head += ` ${shared ? 'let' : 'const'} ${name} = $values[${at++}];`;
    else if (kind === 'late') head += ` let ${name};`;
    else after.push(`${shared ? 'let' : 'const'} ${name} = $f${member};`);
    if (kind === 'late') setters.push(`${JSON.stringify(name)}: ($v) => { ${name} = $v; }`);
  }
  const order = members
    .map((member, position) => ({ ...member, position }))
    .sort((a, b) => a.node.position.line - b.node.position.line);
  const first = order[0]?.node.position;
  // Each text starts on a line of its own, at the column that it has in its file.
  let line = first?.line ?? 0;
  let text = `${head}`;
  order.forEach(({ node, position }, index) => {
    const gap = index === 0 ? 0 : node.position.line - line - 1;
    if (gap > 0 && gap < maxGap && node.position.url === first?.url) {
      text += '\n'.repeat(gap);
      line += gap;
    }
    const source = memberText(node, position, extras[position] ?? {}, allStrict);
    text += ` const $f${position} = ${source}`;
    line += (source.match(/\n/g)?.length ?? 0) - (index === 0 ? 1 : 0);
  });
  const list = members.map((_, position) => `$f${position}`).join(', ');
  text += `\n${after.join(' ')} return [[${list}], { ${setters.join(', ')} }]; })`;
  return {
    text,
    filename: mirroredUrl(first?.url ?? '') || 'firesteel-closure',
    lineOffset: (first?.line ?? 0) - 1,
  };
}

function memberText(
  node: FunctionNode,
  position: number,
  extras: MemberExtras,
  allStrict: boolean,
): string {
  const source = `\n${' '.repeat(node.position.column)}${withLocalPackages(node.source)}`;
  const name = JSON.stringify(node.name);
  let text: string;
  if (node.form === 'method') text = `Object.values({${source}})[0]`;
  else if (node.form === 'getter' || node.form === 'setter') {
    const part = node.form === 'getter' ? 'get' : 'set';
    text = `Object.values(Object.getOwnPropertyDescriptors({${source}}))[0].${part}`;
  } else text = node.name === '' ? `[${source}][0]` : `({ [${name}]:${source} })[${name}]`;
  if (node.homeProto !== undefined)
    text = `Object.values(Object.setPrototypeOf({${source}}, $extras[${position}].home))[0]`;
  const needsThis = 'self' in extras || extras.args !== undefined;
  const inner: string[] = [];
  if (!allStrict && node.strict) inner.push("'use strict';");
  if (extras.importMeta !== undefined)
    inner.push(`const $importMeta = $extras[${position}].importMeta;`);
  if (extras.superClass !== undefined)
    inner.push(
      `const $superClass = ${
        'member' in extras.superClass
          ? `$f${extras.superClass.member}`
          : `$extras[${position}].superClass.value`
      };`,
    );
  if (inner.length === 0 && !needsThis) return `${text};`;
  const call = needsThis
    ? `.apply($extras[${position}].self, $extras[${position}].args ?? [])`
    : '()';
  return `(function () { ${inner.join(' ')} return ${text}; })${call};`;
}
