import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type ts from 'typescript';

type TypeScript = typeof ts;

/** Overloads that are listed for one name. */
const maxSignatures = 6;

/**
 * Answers questions about types with TypeScript's language service, over the inputs that were
 * accepted so far. Each input stands in a block inside the one before, so that a later
 * declaration hides an earlier one as it does in the shell; imports stand above all of them.
 */
export class TypeService {
  readonly #ts: TypeScript;
  readonly #service: ts.LanguageService;
  readonly #path = join(process.cwd(), '__firesteel-shell.mts');
  #imports: readonly string[];
  #inputs: readonly string[] = [];
  #text = '';
  #version = 0;

  /** @param engineUrl of the `firesteel` that runs */
  constructor(typescript: TypeScript, engineUrl: string) {
    this.#ts = typescript;
    this.#imports = ["import { FiresteelContext as __Context } from 'firesteel';"];
    const types = fileURLToPath(engineUrl).replace(/\.js$/, '.d.ts');
    this.#service = typescript.createLanguageService(this.#host(types));
  }

  /** Takes an input into account from now on. */
  accept(text: string): void {
    const file = this.#ts.createSourceFile('input.ts', text, this.#ts.ScriptTarget.Latest, true);
    const imports: string[] = [];
    let rest = text;
    for (const statement of [...file.statements].reverse()) {
      const isImport = this.#ts.isImportDeclaration(statement);
      if (isImport) imports.unshift(statement.getText());
      // `export` is not allowed in a block.
      const [start, end] = isImport
        ? [statement.getStart(), statement.end]
        : exportKeyword(this.#ts, statement);
      rest = rest.slice(0, start) + ' '.repeat(end - start) + rest.slice(end);
    }
    this.#imports = [...new Set([...this.#imports, ...imports])];
    this.#inputs = [...this.#inputs, rest];
  }

  /** The type of an expression; undefined if it cannot be told. */
  typeOf(expression: string): string | undefined {
    const marker = 'const __type = (';
    const at = this.#write(`${marker}\n${expression}\n);`);
    const info = this.#service.getQuickInfoAtPosition(this.#path, at + 'const '.length);
    const text = info?.displayParts?.map((part) => part.text).join('') ?? '';
    return /^const __type: (.*)$/s.exec(text)?.[1];
  }

  /** The signatures of the function that a line ends with the name of, one for each overload. */
  signatures(line: string): string[] {
    const call = `${line}(`;
    const at = this.#write(`${call})`) + call.length;
    const help = this.#service.getSignatureHelpItems(this.#path, at, undefined);
    return (help?.items ?? []).slice(0, maxSignatures).map((item) => {
      const separator = textOf(item.separatorDisplayParts);
      const parameters = item.parameters.map((parameter) => textOf(parameter.displayParts));
      return (
        textOf(item.prefixDisplayParts) +
        parameters.join(separator) +
        textOf(item.suffixDisplayParts)
      );
    });
  }

  /** Puts a text behind all inputs; returns where it begins. */
  #write(text: string): number {
    const open = this.#inputs.map((input) => `{\n${input}\n;`).join('');
    const head = `${this.#imports.join('\n')}\ndeclare const sc: __Context;\n${open}\n`;
    this.#text = `${head}${text}\n${'}'.repeat(this.#inputs.length)}`;
    this.#version++;
    return head.length;
  }

  #host(engineTypes: string): ts.LanguageServiceHost {
    const { sys, ScriptTarget, ModuleKind, ModuleResolutionKind, ScriptSnapshot } = this.#ts;
    const options: ts.CompilerOptions = {
      target: ScriptTarget.ES2023,
      module: ModuleKind.NodeNext,
      moduleResolution: ModuleResolutionKind.NodeNext,
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      allowImportingTsExtensions: true,
      paths: { firesteel: [engineTypes] },
    };
    return {
      getCompilationSettings: () => options,
      getScriptFileNames: () => [this.#path],
      getScriptVersion: (path) => (path === this.#path ? String(this.#version) : '1'),
      getScriptSnapshot: (path) => {
        const text = path === this.#path ? this.#text : sys.readFile(path);
        return text === undefined ? undefined : ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => process.cwd(),
      getDefaultLibFileName: (given) => this.#ts.getDefaultLibFilePath(given),
      fileExists: (path) => path === this.#path || sys.fileExists(path),
      readFile: (path) => sys.readFile(path),
      readDirectory: sys.readDirectory,
      directoryExists: sys.directoryExists,
      getDirectories: sys.getDirectories,
      realpath: (path) => sys.realpath?.(path) ?? path,
    };
  }
}

/** The compiler of the user's project, or the one beside the installation, if it has an API. */
export function findTypeScript(): TypeScript | undefined {
  for (const from of [join(process.cwd(), 'shell.js'), import.meta.url]) {
    try {
      const found = createRequire(from)('typescript') as Partial<TypeScript>;
      if (found.createLanguageService !== undefined) return found as TypeScript;
    } catch {
      // Not installed there.
    }
  }
  return undefined;
}

/** Where the `export` of a statement stands; an empty range if it has none. */
function exportKeyword(typescript: TypeScript, statement: ts.Statement): [number, number] {
  const modifiers = typescript.canHaveModifiers(statement)
    ? typescript.getModifiers(statement)
    : undefined;
  const found = modifiers?.find(({ kind }) => kind === typescript.SyntaxKind.ExportKeyword);
  return found === undefined ? [0, 0] : [found.getStart(), found.end];
}

function textOf(parts: readonly ts.SymbolDisplayPart[]): string {
  return parts.map(({ text }) => text).join('');
}
