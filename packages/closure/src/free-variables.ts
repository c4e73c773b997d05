import type { AnyNode, Class, Function as FunctionNode, Node, Pattern } from 'acorn';

/** A variable that a function mentions but does not declare. */
export interface FreeVariable {
  readonly name: string;
  /** Whether the function (or one nested in it) assigns it. */
  assigned: boolean;
  /** Names of the members read, when every mention is of the form `name.member`. */
  members: Set<string> | undefined;
  /** Offsets of the identifier in the source; `shorthand` ones stand for both key and value. */
  readonly mentions: { readonly start: number; readonly shorthand: boolean }[];
}

/** What the walk over a function finds besides its own declarations; see `Analysis`. */
export interface Findings {
  readonly free: ReadonlyMap<string, FreeVariable>;
  readonly outerThis: boolean;
  readonly outerArguments: boolean;
  readonly usesSuper: boolean;
  readonly privateNames: readonly string[];
  readonly importMeta: readonly number[];
}

/** A lexical scope: what it declares, and whether `var` and `this` stop here. */
class Scope {
  readonly names = new Set<string>();
  constructor(
    readonly parent: Scope | undefined,
    /** `function` scopes bind `var`; all but arrows bind `this` and `arguments`. */
    readonly kind: 'block' | 'arrow' | 'function',
  ) {}

  get variableScope(): Scope {
    let scope: Scope = this;
    while (scope.kind === 'block' && scope.parent !== undefined) scope = scope.parent;
    return scope;
  }

  /** Whether `this` here is that of the code around the analysed source. */
  get seesOuterThis(): boolean {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.parent)
      if (scope.kind === 'function') return false;
    return true;
  }

  declares(name: string): boolean {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.parent)
      if (scope.names.has(name)) return true;
    return false;
  }
}

interface Mention {
  readonly name: string;
  readonly start: number;
  readonly scope: Scope;
  readonly assigned: boolean;
  readonly shorthand: boolean;
  readonly member: string | undefined;
}

/** Collects declarations and mentions; mentions are resolved at the end, when hoisting is done. */
export class FreeVariableWalker {
  readonly root = new Scope(undefined, 'block');
  private readonly mentions: Mention[] = [];
  private readonly importMeta: number[] = [];
  private readonly privateMentions: { name: string; declared: ReadonlySet<string>[] }[] = [];
  private privateScopes: ReadonlySet<string>[] = [];
  private outerThis = false;
  private outerArguments = false;
  private usesSuper = false;

  constructor(private readonly shift: number) {}

  finish(): Findings {
    const free = new Map<string, FreeVariable>();
    for (const mention of this.mentions) {
      if (mention.scope.declares(mention.name)) continue;
      if (mention.name === 'arguments') {
        if (mention.scope.seesOuterThis) this.outerArguments = true;
        continue;
      }
      let entry = free.get(mention.name);
      if (entry === undefined) {
        entry = { name: mention.name, assigned: false, members: new Set(), mentions: [] };
        free.set(mention.name, entry);
      }
      if (mention.assigned) entry.assigned = true;
      if (mention.member === undefined) entry.members = undefined;
      else entry.members?.add(mention.member);
      entry.mentions.push({ start: mention.start - this.shift, shorthand: mention.shorthand });
    }
    const privateNames = new Set<string>();
    for (const { name, declared } of this.privateMentions)
      if (!declared.some((names) => names.has(name))) privateNames.add(name);
    return {
      free,
      outerThis: this.outerThis,
      outerArguments: this.outerArguments,
      usesSuper: this.usesSuper,
      privateNames: [...privateNames],
      importMeta: this.importMeta,
    };
  }

  visit(node: Node | null | undefined, scope: Scope): void {
    if (node === null || node === undefined) return;
    const n = node as AnyNode;
    switch (n.type) {
      case 'Identifier':
        this.mention(n.name, n.start, scope);
        return;
      case 'FunctionDeclaration':
        if (n.id !== null) scope.names.add(n.id.name);
        this.visitFunction(n, scope);
        return;
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        this.visitFunction(n, scope);
        return;
      case 'ClassDeclaration':
      case 'ClassExpression':
        this.visitClass(n, scope);
        return;
      case 'VariableDeclaration':
        for (const declarator of n.declarations) {
          this.declare(declarator.id, n.kind === 'var' ? scope.variableScope : scope, scope);
          this.visit(declarator.init, scope);
        }
        return;
      case 'BlockStatement':
      case 'SwitchStatement':
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
        this.visitChildren(n, new Scope(scope, 'block'));
        return;
      case 'CatchClause': {
        const inner = new Scope(scope, 'block');
        if (n.param) this.declare(n.param, inner, inner);
        this.visit(n.body, inner);
        return;
      }
      case 'AssignmentExpression':
        this.assign(n.left, scope);
        this.visit(n.right, scope);
        return;
      case 'UpdateExpression':
        this.assign(n.argument as Pattern, scope);
        return;
      case 'MemberExpression':
        this.visitMember(n, scope);
        return;
      case 'Property':
        if (n.computed) this.visit(n.key, scope);
        if (n.shorthand && n.value.type === 'Identifier')
          this.mention(n.value.name, n.value.start, scope, { shorthand: true });
        else this.visit(n.value, scope);
        return;
      case 'ThisExpression':
        if (scope.seesOuterThis) this.outerThis = true;
        return;
      case 'Super':
        if (scope.seesOuterThis) this.outerThis = true;
        this.usesSuper = true;
        return;
      case 'MetaProperty':
        if (n.meta.name === 'import') this.importMeta.push(n.start - this.shift);
        else if (scope.seesOuterThis) this.outerThis = true;
        return;
      case 'PrivateIdentifier':
        this.privateMentions.push({ name: n.name, declared: this.privateScopes });
        return;
      case 'LabeledStatement':
        this.visit(n.body, scope);
        return;
      case 'BreakStatement':
      case 'ContinueStatement':
        return;
      default:
        this.visitChildren(n, scope);
    }
  }

  visitFunction(n: FunctionNode, outer: Scope): void {
    const arrow = n.type === 'ArrowFunctionExpression';
    let scope = outer;
    if (n.type === 'FunctionExpression' && n.id) {
      scope = new Scope(scope, 'block');
      scope.names.add(n.id.name);
    }
    const inner = new Scope(scope, arrow ? 'arrow' : 'function');
    if (!arrow) inner.names.add('arguments');
    for (const param of n.params) this.declare(param, inner, inner);
    // The body shares the parameter scope: a `var` there never hides a free variable by accident.
    if (n.body.type === 'BlockStatement') this.visitChildren(n.body, inner);
    else this.visit(n.body, inner);
  }

  private visitClass(n: Class, outer: Scope): void {
    if (n.type === 'ClassDeclaration' && n.id) outer.names.add(n.id.name);
    const scope = new Scope(outer, 'block');
    if (n.id) scope.names.add(n.id.name);
    const declared = new Set<string>();
    for (const member of n.body.body)
      if ('key' in member && member.key.type === 'PrivateIdentifier') declared.add(member.key.name);
    // The superclass of the analysed class itself is handed in as a value.
    const isRoot = outer === this.root;
    if (!isRoot) this.visit(n.superClass, scope);
    const before = this.privateScopes;
    this.privateScopes = [...before, declared];
    for (const member of n.body.body) {
      if (member.type === 'StaticBlock') {
        if (!isRoot) this.visitChildren(member, new Scope(scope, 'function'));
        continue;
      }
      if (member.computed) this.visit(member.key, scope);
      if (member.type === 'MethodDefinition') this.visitFunction(member.value, scope);
      // Static fields of the analysed class travel as values, their initialisers do not run again.
      else if (!(isRoot && member.static)) this.visit(member.value, new Scope(scope, 'function'));
    }
    this.privateScopes = before;
  }

  private visitMember(n: AnyNode & { type: 'MemberExpression' }, scope: Scope): void {
    const { object, property } = n;
    let member: string | undefined;
    if (!n.computed && property.type === 'Identifier') member = property.name;
    else if (n.computed && property.type === 'Literal' && typeof property.value === 'string')
      member = property.value;
    if (object.type === 'Identifier' && member !== undefined)
      this.mention(object.name, object.start, scope, { member });
    else this.visit(object, scope);
    if (n.computed || property.type === 'PrivateIdentifier') this.visit(property, scope);
  }

  private mention(
    name: string,
    start: number,
    scope: Scope,
    more: { assigned?: boolean; shorthand?: boolean; member?: string } = {},
  ): void {
    const { assigned = false, shorthand = false, member } = more;
    this.mentions.push({ name, start, scope, assigned, shorthand, member });
  }

  /** Declares the names of a binding pattern in `target`; defaults are evaluated in `scope`. */
  private declare(pattern: Pattern, target: Scope, scope: Scope): void {
    this.pattern(pattern, scope, (identifier) => target.names.add(identifier.name));
  }

  /** Visits the target of an assignment: identifiers in it are assigned, members are not. */
  private assign(pattern: Pattern, scope: Scope): void {
    this.pattern(pattern, scope, ({ name, start }, shorthand) =>
      this.mention(name, start, scope, { assigned: true, shorthand }),
    );
  }

  private pattern(
    pattern: Pattern,
    scope: Scope,
    found: (identifier: { name: string; start: number }, shorthand: boolean) => void,
    shorthand = false,
  ): void {
    switch (pattern.type) {
      case 'Identifier':
        found(pattern, shorthand);
        return;
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          if (property.type === 'RestElement') this.pattern(property.argument, scope, found);
          else {
            if (property.computed) this.visit(property.key, scope);
            this.pattern(property.value, scope, found, property.shorthand);
          }
        }
        return;
      case 'ArrayPattern':
        for (const element of pattern.elements)
          if (element !== null) this.pattern(element, scope, found);
        return;
      case 'RestElement':
        this.pattern(pattern.argument, scope, found);
        return;
      case 'AssignmentPattern':
        this.pattern(pattern.left, scope, found, shorthand);
        this.visit(pattern.right, scope);
        return;
      default:
        this.visit(pattern, scope);
    }
  }

  private visitChildren(node: AnyNode, scope: Scope): void {
    for (const value of Object.values(node)) {
      if (Array.isArray(value)) {
        for (const item of value) if (isNode(item)) this.visit(item, scope);
      } else if (isNode(value)) this.visit(value, scope);
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}
