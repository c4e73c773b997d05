import { FiresteelError } from '@firesteel/common';
import {
  type ActionProgram,
  type ActionSpec,
  type Aggregator,
  type AnyFunction,
  type CallSite,
  type ClosureItem,
  type Combining,
  describeCallSite,
  type FileFormat,
  type PlanNode,
  type Slot,
} from '@firesteel/plan';
import type { ExchangePartitioner } from './known-partitioner.js';
import { Lineage } from './lineage.js';
import type { PlanningContext } from './planning-context.js';

/** Tells the slot of a function, or of the zero value that an aggregator or action owns. */
export interface SlotLookup {
  of(functionOrOwner: object): Slot;
}

/** Where the functions and zero values of a job stand in its closure set. */
export class SlotTable implements SlotLookup {
  readonly items: ClosureItem[] = [];
  /** Shuffles that were complete at the capture: nothing behind them was captured. */
  readonly completeShuffles = new Set<number>();
  /** The other shuffles, which the job may write. */
  readonly openShuffles = new Set<number>();
  readonly #slots = new Map<object, Slot>();

  /** One slot for each function, however often the lineage uses it. */
  addFunction(fn: AnyFunction, role: string, site: CallSite): void {
    this.#add(fn, fn, role, site);
  }

  /** The object of functions that the user gave as a sink. */
  addSink(sink: object, site: CallSite): void {
    this.#add(sink, sink, 'sink', site);
  }

  /** A value belongs to the part of the plan that names it, such as an aggregator its zero. */
  addValue(owner: object, value: unknown, role: string, site: CallSite): void {
    this.#add(owner, value, role, site);
  }

  of(functionOrOwner: object): Slot {
    const slot = this.#slots.get(functionOrOwner);
    if (slot === undefined)
      throw new FiresteelError('INTERNAL', 'A function of the lineage was not captured.');
    return slot;
  }

  /** Looks up in this table, and notes each slot in `used`. */
  recording(used: Set<Slot>): SlotLookup {
    return {
      of: (functionOrOwner) => {
        const slot = this.of(functionOrOwner);
        used.add(slot);
        return slot;
      },
    };
  }

  #add(key: object, value: unknown, role: string, site: CallSite): void {
    if (this.#slots.has(key)) return;
    this.#slots.set(key, this.items.length);
    this.items.push(new LabelledItem(value, role, site));
  }
}

/** Spells its label only when asked: finding the line of a call site is not free. */
class LabelledItem implements ClosureItem {
  constructor(
    readonly value: unknown,
    private readonly role: string,
    private readonly site: CallSite,
  ) {}

  get label(): string {
    const { method, file, line } = this.site;
    return describeCallSite({ method: `${method} ${this.role}`, file, line });
  }
}

/**
 * All functions and zero values that a job on `node` needs, to be captured together. What stands
 * behind a complete shuffle is not needed and may even not be capturable any more.
 */
export function collectClosures(
  node: PlanNode,
  action: ActionSpec,
  actionSite: CallSite,
  ctx: PlanningContext,
): { items: readonly ClosureItem[]; slots: SlotTable } {
  const lineage = new Lineage(ctx);
  const slots = new SlotTable();
  for (const needed of lineage.neededNodes(node)) {
    addNode(needed, lineage, slots);
    for (const { shuffleId } of lineage.dependenciesOf(needed).shuffles)
      (ctx.isShuffleComplete(shuffleId) ? slots.completeShuffles : slots.openShuffles).add(
        shuffleId,
      );
  }
  addAction(action, actionSite, slots);
  return { items: slots.items, slots };
}

function addNode(node: PlanNode, lineage: Lineage, slots: SlotTable): void {
  const site = node.callSite;
  if ('fn' in node) slots.addFunction(node.fn, 'callback', site);
  if (node.kind === 'files' && node.format.kind === 'jsonLines') {
    const { badLines } = node.format;
    if (typeof badLines === 'function') slots.addFunction(badLines, 'badLines function', site);
  }
  if (node.kind === 'sampleByKey')
    slots.addValue(node.fractions, node.fractions, 'fractions', site);
  if (node.kind === 'aggregatePartitions') addAction(node.aggregate, site, slots);
  if (node.kind === 'pipe') {
    if (node.printContext) slots.addFunction(node.printContext, 'printPipeContext', site);
    if (node.printElement) slots.addFunction(node.printElement, 'printRDDElement', site);
  }
  const { exchange } = lineage.factsOf(node);
  if (exchange === undefined) return;
  if (exchange.moves.includes(true)) addPartitioner(exchange.partitioner, site, slots);
  if (node.kind !== 'shuffle') return;
  if (node.aggregator !== undefined) addAggregator(node.aggregator, site, slots);
  if (node.order?.compare !== undefined) slots.addFunction(node.order.compare, 'comparator', site);
}

function addPartitioner(partitioner: ExchangePartitioner, site: CallSite, slots: SlotTable): void {
  if (partitioner.kind === 'custom')
    slots.addFunction(partitioner.getPartition, 'partitioner', site);
  else if (partitioner.kind === 'range' && partitioner.compare !== undefined)
    slots.addFunction(partitioner.compare, 'comparator', site);
}

function addAggregator(aggregator: Aggregator, site: CallSite, slots: SlotTable): void {
  switch (aggregator.kind) {
    case 'reduce':
      slots.addFunction(aggregator.merge, 'callback', site);
      break;
    case 'combine':
      slots.addFunction(aggregator.create, 'create function', site);
      slots.addFunction(aggregator.mergeValue, 'mergeValue function', site);
      slots.addFunction(aggregator.mergeCombiners, 'mergeCombiners function', site);
      break;
    case 'aggregate':
      slots.addValue(aggregator, aggregator.zero, 'zero value', site);
      slots.addFunction(aggregator.mergeValue, 'mergeValue function', site);
      slots.addFunction(aggregator.mergeCombiners, 'mergeCombiners function', site);
      break;
    case 'group':
    case 'distinct':
      break;
  }
}

function addAction(action: ActionSpec, site: CallSite, slots: SlotTable): void {
  switch (action.kind) {
    case 'reduce':
      slots.addFunction(action.merge, 'callback', site);
      break;
    case 'aggregate':
      slots.addValue(action, action.zero, 'zero value', site);
      slots.addFunction(action.seqOp, 'callback', site);
      break;
    case 'top':
      if (action.by !== undefined) slots.addFunction(action.by, 'by function', site);
      if (action.compare !== undefined) slots.addFunction(action.compare, 'comparator', site);
      break;
    case 'forEach':
    case 'forEachPartition':
      slots.addFunction(action.fn, 'callback', site);
      break;
    case 'saveTo':
      slots.addSink(action.sink as object, site);
      break;
    case 'combineByKey':
      addAggregator(action.aggregator, site, slots);
      break;
    default:
      break;
  }
}

/** The format of input files as executors read it. */
export function formatProgram(format: FileFormat, slots: SlotLookup): FileFormat<Slot> {
  if (format.kind !== 'jsonLines') return format;
  const { badLines } = format;
  return { ...format, badLines: typeof badLines === 'function' ? slots.of(badLines) : badLines };
}

/** The aggregator as executors read it. */
export function aggregatorProgram(
  aggregator: Aggregator,
  slots: SlotLookup,
): Aggregator<Slot, Slot> {
  return aggregator.kind === 'group' ? aggregator : combiningProgram(aggregator, slots);
}

export function combiningProgram(aggregator: Combining, slots: SlotLookup): Combining<Slot, Slot> {
  switch (aggregator.kind) {
    case 'reduce':
      return { kind: 'reduce', merge: slots.of(aggregator.merge) };
    case 'combine':
      return {
        kind: 'combine',
        create: slots.of(aggregator.create),
        mergeValue: slots.of(aggregator.mergeValue),
        mergeCombiners: slots.of(aggregator.mergeCombiners),
      };
    case 'aggregate':
      return {
        kind: 'aggregate',
        zero: slots.of(aggregator),
        zeroIsFactory: aggregator.zeroIsFactory,
        mergeValue: slots.of(aggregator.mergeValue),
        mergeCombiners: slots.of(aggregator.mergeCombiners),
      };
    case 'distinct':
      return aggregator;
  }
}

/** An aggregation of all rows as executors read it. */
export function aggregateProgram(
  action: Extract<ActionSpec, { kind: 'reduce' | 'aggregate' }>,
  slots: SlotLookup,
): Extract<ActionProgram, { kind: 'reduce' | 'aggregate' }> {
  if (action.kind === 'reduce') return { kind: 'reduce', merge: slots.of(action.merge) };
  return {
    kind: 'aggregate',
    zero: slots.of(action),
    zeroIsFactory: action.zeroIsFactory,
    seqOp: slots.of(action.seqOp),
  };
}

/** The action as executors read it. */
export function actionProgram(action: ActionSpec, slots: SlotLookup): ActionProgram {
  switch (action.kind) {
    case 'reduce':
    case 'aggregate':
      return aggregateProgram(action, slots);
    case 'top':
      return {
        kind: 'top',
        limit: action.limit,
        largest: action.largest,
        ...(action.by && { by: slots.of(action.by) }),
        ...(action.compare && { compare: slots.of(action.compare) }),
      };
    case 'forEach':
    case 'forEachPartition':
      return { kind: action.kind, fn: slots.of(action.fn) };
    case 'saveTo':
      return { kind: 'saveTo', sink: slots.of(action.sink as object) };
    case 'combineByKey':
      return { kind: 'combineByKey', aggregator: combiningProgram(action.aggregator, slots) };
    case 'countKeys':
      return { kind: 'countKeys', fractions: slots.of(action.fractions as object) };
    default:
      return action;
  }
}
