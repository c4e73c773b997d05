import type { Class } from 'acorn';
import { type Analysis, analyse } from './analysis.js';
import type { FunctionNode, GraphNode } from './graph.js';
import type { CapturedFunction } from './groups.js';

/**
 * Rewrites the text of captured classes, when it is known which of them have instances with
 * `#private` fields: the superclass becomes a captured value, static initialisers do not run again
 * (their results travel as values), and hooks reach the private names from inside the class.
 */
export function finishClasses(
  functions: readonly CapturedFunction[],
  nodes: readonly GraphNode[],
): void {
  for (const { node } of functions) {
    if (node.form !== 'class') continue;
    const parent = nodes[node.class?.superClass ?? -1];
    const ownParent = parent?.kind === 'function' && parent.class !== undefined;
    node.source = classText(analyse(node.source), node, ownParent);
  }
}

/** Names that the rewritten text uses; the factory declares them. */
const classHooks = {
  superClass: '$superClass',
  /** True while an instance is being rebuilt: initialisers and constructor bodies are skipped. */
  reviving: '$reviving',
  /** Receives the functions that set private fields. */
  setHooks: '$setHooks',
} as const;

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function classText(analysis: Analysis, node: FunctionNode, ownParent: boolean): string {
  const { source, shift, classNode } = analysis;
  if (classNode === undefined || node.class === undefined) return source;
  const edits: Edit[] = [];
  const edit = (start: number, end: number, text: string) =>
    edits.push({ start: start - shift, end: end - shift, text });
  if (classNode.superClass && node.class.superClass !== undefined)
    edit(classNode.superClass.start, classNode.superClass.end, classHooks.superClass);
  for (const member of classNode.body.body) {
    if (member.type === 'StaticBlock') edit(member.start, member.end, '');
    else if (member.type === 'PropertyDefinition' && member.static) {
      if (member.key.type === 'PrivateIdentifier')
        edit(member.start, member.end, `static #${member.key.name};`);
      else edit(member.start, member.end, ';');
    } else if (node.class.hooked) guardMember(member, classNode, ownParent, edit);
  }
  if (node.class.hooked && classNode.superClass && !ownParent && !hasConstructor(classNode))
    edit(
      classNode.body.start + 1,
      classNode.body.start + 1,
      ` constructor(...$args) { super(...(${classHooks.reviving}.on ? [] : $args)); }`,
    );
  const hooks = hookText(classNode, node);
  if (hooks !== '') edit(classNode.body.end - 1, classNode.body.end - 1, hooks);
  return apply(source, edits);
}

function hasConstructor(classNode: Class): boolean {
  return classNode.body.body.some(
    (member) => member.type === 'MethodDefinition' && member.kind === 'constructor',
  );
}

function guardMember(
  member: Class['body']['body'][number],
  classNode: Class,
  ownParent: boolean,
  edit: (start: number, end: number, text: string) => void,
): void {
  if (member.type === 'PropertyDefinition' && member.value) {
    edit(member.value.start, member.value.start, `${classHooks.reviving}.on ? undefined : (`);
    edit(member.value.end, member.value.end, ')');
  } else if (member.type === 'MethodDefinition' && member.kind === 'constructor') {
    const at = member.value.body.start + 1;
    // A superclass of the language or a package is constructed without arguments.
    const superArgs = ownParent ? `...${classHooks.reviving}.args` : '';
    const skip = classNode.superClass ? `{ super(${superArgs}); return; }` : 'return;';
    edit(at, at, ` if (${classHooks.reviving}.on) ${skip}`);
  }
}

/** A static block that hands out setters: by name, for instances and for the class itself. */
function hookText(classNode: Class, node: FunctionNode): string {
  const instance: string[] = [];
  const statics: string[] = [];
  for (const member of classNode.body.body) {
    if (member.type !== 'PropertyDefinition' || member.key.type !== 'PrivateIdentifier') continue;
    const name = `#${member.key.name}`;
    (member.static ? statics : instance).push(
      `${JSON.stringify(name)}: (o, v) => { o.${name} = v; }`,
    );
  }
  const inner = node.class?.inner ?? [];
  const needed =
    node.class?.hooked === true || (node.class?.privateStatics.length ?? 0) > 0 || inner.length > 0;
  // Made when `this` is known: each is wrapped in a function that is called with it.
  const makers = inner.map((text) => `function () { return (${text}); }`);
  if (!needed) return '';
  return ` static { ${classHooks.setHooks}(this, { ${instance.join(', ')} }, { ${statics.join(', ')} }, [${makers.join(', ')}]); }`;
}

/** Replaces ranges; line breaks stay, so that stack traces keep their lines. */
function apply(source: string, edits: readonly Edit[]): string {
  let text = '';
  let at = 0;
  for (const { start, end, text: replacement } of [...edits].sort((a, b) => a.start - b.start)) {
    const removed = source.slice(start, end);
    text += source.slice(at, start) + replacement + removed.replace(/[^\n]/g, '');
    at = end;
  }
  return text + source.slice(at);
}
