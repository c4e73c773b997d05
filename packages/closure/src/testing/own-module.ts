/** Stands for a module of the job: it travels by value. */
export let version = 1;

export function bump(): number {
  version += 1;
  return version;
}

const suffix = '!';

export const shout = (text: string): string => text.toUpperCase() + suffix;

export class Greeter {
  readonly #greeting: string;
  constructor(greeting: string) {
    this.#greeting = greeting;
  }
  greet(name: string): string {
    return `${this.#greeting}, ${shout(name)}`;
  }
}

function twice(x: number): number {
  return x * 2;
}

// biome-ignore lint/style/noDefaultExport: what job modules may have is what is tested
export { twice as default };
