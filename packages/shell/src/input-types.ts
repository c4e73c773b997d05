import { withDefaultInliningLimits } from '@firesteel/common';
import type { ShellHost } from './host.js';
import { findTypeScript, TypeService } from './type-service.js';

/** Types of what was typed, if TypeScript is installed; it is loaded when first asked. */
export class InputTypes {
  readonly #host: Pick<ShellHost, 'resolve'>;
  readonly #accepted: string[] = [];
  #service: TypeService | undefined;

  constructor(host: Pick<ShellHost, 'resolve'>) {
    this.#host = host;
  }

  /** Takes an input into account that was evaluated without an error. */
  accept(text: string): void {
    this.#accepted.push(text);
    this.#service?.accept(text);
  }

  /** The type of an expression, or what it takes to know it. */
  typeOf(expression: string): string {
    if (expression === '') return 'Write an expression behind .type, such as .type sc.range(3)';
    const service = this.#load();
    if (service === undefined)
      return 'Types need the package typescript (5 or 6): npm install --save-dev typescript';
    const type = withDefaultInliningLimits(() => service.typeOf(expression));
    return type ?? `The type of ${expression} is not known.`;
  }

  /** The signatures of the function that a text ends with the name of; none without TypeScript. */
  signatures(text: string): readonly string[] {
    const service = this.#load();
    return withDefaultInliningLimits(() => service?.signatures(text)) ?? [];
  }

  #load(): TypeService | undefined {
    if (this.#service === undefined) {
      const typescript = findTypeScript();
      if (typescript === undefined) return undefined;
      this.#service = new TypeService(typescript, this.#host.resolve('firesteel'));
      for (const text of this.#accepted) this.#service.accept(text);
    }
    return this.#service;
  }
}
