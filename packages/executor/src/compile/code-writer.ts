import type { Slot } from '@firesteel/plan';
import { asExpression, asPair, type Row } from './row.js';

/** Collects the lines of a generated function and the user functions that it calls. */
export class CodeWriter {
  private readonly lines: string[] = [];
  private readonly slots: Slot[] = [];
  private nextName = 0;
  private closers: string[] = [];

  line(text: string): void {
    this.lines.push(text);
  }

  /** A fresh local name. */
  name(prefix: string): string {
    return `${prefix}${this.nextName++}`;
  }

  /** Opens a block whose end comes with `closeAll`, innermost first. */
  open(text: string, closer = '}'): void {
    this.lines.push(text);
    this.closers.push(closer);
  }

  closeAll(): void {
    while (this.closers.length > 0) this.lines.push(this.closers.pop() as string);
  }

  /** The name under which generated code calls the function (or reads the value) of a slot. */
  slot(slot: Slot): string {
    let index = this.slots.indexOf(slot);
    if (index < 0) index = this.slots.push(slot) - 1;
    return `f${index}`;
  }

  /** The row in a variable or two, as key and value; throws NOT_A_PAIR at run time for others. */
  pair(row: Row): { key: string; value: string } {
    if (row.kind !== 'row' && row.kind !== 'tuple') return asPair(row);
    const pair = this.name('p');
    this.line(`const ${pair} = ${asExpression(row)};`);
    this.line(`if (!Array.isArray(${pair}) || ${pair}.length !== 2) throw notAPair(${pair});`);
    return { key: `${pair}[0]`, value: `${pair}[1]` };
  }

  /** The row in a variable, so that it can be mentioned more than once. */
  variable(row: Row): string {
    const name = this.name('v');
    this.line(`const ${name} = ${asExpression(row)};`);
    return name;
  }

  /** The same as a row, which still knows its line. */
  named(row: Row): Row {
    const expression = this.variable(row);
    return { kind: 'row', expression, line: row.kind === 'row' ? row.line : undefined };
  }

  get text(): string {
    return this.lines.join('\n');
  }

  /** Slots in the order of their names f0, f1, …. */
  get usedSlots(): readonly Slot[] {
    return this.slots;
  }
}
