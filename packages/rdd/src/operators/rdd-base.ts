import type { OptionKinds } from '@firesteel/common';
import {
  type AnyFunction,
  type CallSite,
  type ClosureRefusal,
  closureTag,
  createNode,
  describeNode,
  type PlainNode,
  type PlanNode,
  type RowFunctionNode,
} from '@firesteel/plan';
import type { ActionTarget } from '../actions.js';
import { checkSyncFunction } from '../arguments.js';
import type { FiresteelContext } from '../context.js';
import { type ActionOptions, actionOptionKinds } from '../job-promise.js';
import { nameOfNode, setNameOfNode } from '../names.js';
import type { RDD } from '../rdd.js';
import type { AnyMethod } from './any-method.js';

/**
 * What all RDDs have: a context, a node of the plan, and a name. The operators stand in layers
 * above this class, one for each topic, and `RDD` is the topmost of them.
 */
export abstract class RDDBase {
  readonly context: FiresteelContext;
  #node: PlanNode;

  /** RDDs are made by a context and by transformations. */
  constructor(context: FiresteelContext, node: PlanNode) {
    this.context = context;
    this.#node = node;
    context.engine.addNode(node);
  }

  /** The step of the plan that this RDD is a handle on: another one after a checkpoint. */
  get node(): PlanNode {
    this.#node = this.context.engine.currentNode(this.#node);
    return this.#node;
  }

  /** Unique in the process, and larger than those of the RDDs that this one is made of. */
  get id(): number {
    return this.node.id;
  }

  /** What `setName` set, or the path of input files. */
  get name(): string | undefined {
    return nameOfNode(this.node) ?? (this.node.kind === 'files' ? this.node.path : undefined);
  }

  /** Names the RDD in `toString`, `toDebugString` and events. Returns this RDD. */
  setName(name: string): this {
    setNameOfNode(this.node, name);
    return this;
  }

  /** The number of partitions. For text files it lists the input, which may fail as jobs do. */
  async getNumPartitions(): Promise<number> {
    this.context.assertRunning('getNumPartitions');
    return this.context.engine.partitionCount(this.node);
  }

  /** The lineage as an indented text: a line for each RDD, a `+-` where rows are shuffled. */
  async toDebugString(): Promise<string> {
    this.context.assertRunning('toDebugString');
    return this.context.engine.debugString(this.node);
  }

  /** Such as `MapPartitionsRDD[3] at map at job.ts:12`, with the name in front if there is one. */
  toString(): string {
    return describeNode(this.node, this.name);
  }

  get [Symbol.toStringTag](): string {
    return 'RDD';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  get [closureTag](): ClosureRefusal {
    return {
      kind: 'refuse',
      what: 'an RDD',
      advice:
        'RDDs exist on the driver only. Use join or cogroup to bring two RDDs together, or collect the smaller one first and use the array.',
      code: 'RDD_IN_TASK',
    };
  }

  // ----- how the operators of the layers above make RDDs and start jobs

  /** A new RDD around a node. */
  protected derive<U>(node: PlanNode): RDD<U> {
    return Reflect.construct(this.constructor, [this.context, node]) as RDD<U>;
  }

  protected rowFunction<U>(
    kind: RowFunctionNode['kind'],
    fn: AnyFunction,
    method: AnyMethod,
  ): RDD<U> {
    const callSite = this.context.callSite(method);
    const advice =
      kind === 'map' ? `Use mapAsync(fn, { concurrency }) instead of ${kind}.` : undefined;
    checkSyncFunction(fn, `The function of ${kind}`, advice);
    return this.derive(createNode({ kind, parents: [this.node], callSite, fn }));
  }

  protected plain<U>(kind: PlainNode['kind'], method: AnyMethod): RDD<U> {
    const callSite = this.context.callSite(method);
    return this.derive(createNode({ kind, parents: [this.node], callSite }));
  }

  /** What an action needs; `further` are its options besides those of every action. */
  protected action(
    method: AnyMethod,
    options: ActionOptions,
    further: OptionKinds = {},
  ): ActionTarget {
    const { context, node } = this;
    const callSite: CallSite = context.callSite(method);
    const optionKinds = { ...further, ...actionOptionKinds };
    return { context, node, callSite, options, optionKinds };
  }
}
