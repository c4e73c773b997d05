import { FiresteelError } from '@firesteel/common';
import {
  describeCallSite,
  type Pipeline,
  type PlanNode,
  type SourceProgram,
  type StepProgram,
  StorageLevel,
} from '@firesteel/plan';
import { type ShapeContext, shapeOf } from './node-shapes.js';

/**
 * How deep sources may nest in a program. Programs are cloned on their way to executors, which
 * recurses: about 700 levels fit into the stack.
 */
const maxDepth = 400;

/** A pipeline begun at its end: steps in reverse, and the inputs of its source built so far. */
interface Frame {
  readonly key: Key;
  readonly steps: readonly StepProgram[];
  readonly inputs: readonly Key[];
  readonly built: Pipeline[];
  /** Sources between the sink and this one. */
  readonly depth: number;
  build(inputs: readonly Pipeline[]): SourceProgram;
}

/** The node that a pipeline ends with, before (`isInput`) or after its own cache. */
interface Key {
  readonly node: PlanNode;
  readonly isInput: boolean;
}

/** Turns the nodes of the stage into its pipeline. */
export function buildPipeline(context: ShapeContext): Pipeline {
  return new PipelineBuilder(context).pipelineOf({ node: context.stage.head, isInput: false });
}

class PipelineBuilder {
  readonly #done = { before: new Map<PlanNode, Pipeline>(), after: new Map<PlanNode, Pipeline>() };

  constructor(private readonly context: ShapeContext) {}

  pipelineOf(head: Key): Pipeline {
    const open = [this.#begin(head, 0)];
    for (let frame = open.at(-1); frame !== undefined; frame = open.at(-1)) {
      const input = frame.inputs[frame.built.length];
      if (input === undefined) {
        open.pop();
        this.#memo(frame.key).set(frame.key.node, {
          source: frame.build(frame.built),
          steps: frame.steps.toReversed(),
        });
        continue;
      }
      const known = this.#memo(input).get(input.node);
      if (known === undefined) open.push(this.#begin(input, frame.depth + 1));
      else frame.built.push(known);
    }
    return this.#memo(head).get(head.node) as Pipeline;
  }

  #memo(key: Key): Map<PlanNode, Pipeline> {
    return key.isInput ? this.#done.before : this.#done.after;
  }

  /** Follows the narrow chain up to its source. */
  #begin(key: Key, depth: number): Frame {
    if (depth > maxDepth) throw tooDeep(key.node);
    const steps: StepProgram[] = [];
    let { node, isInput } = key;
    for (;;) {
      if (!isInput && this.context.stage.cached.has(node)) {
        const rddId = node.id;
        const level = this.context.ctx.storageLevel(rddId) ?? StorageLevel.MEMORY_ONLY;
        const { numPartitions } = this.context.lineage.factsOf(node);
        const build = ([input]: readonly Pipeline[]): SourceProgram => ({
          kind: 'cached',
          rddId,
          level,
          input: input as Pipeline,
          numPartitions,
        });
        return { key, steps, inputs: [{ node, isInput: true }], built: [], depth, build };
      }
      isInput = false;
      const shape = shapeOf(node, this.context);
      if (shape.form === 'source') {
        const inputs = shape.inputs.map((input) => ({ node: input, isInput: false }));
        steps.push(...shape.steps.toReversed());
        return { key, steps, inputs, built: [], depth, build: shape.build };
      }
      if (shape.form === 'step') {
        steps.push(shape.step);
        node = node.parents[0] as PlanNode;
      } else node = shape.node;
    }
  }
}

function tooDeep(node: PlanNode): FiresteelError {
  return new FiresteelError(
    'LINEAGE_TOO_DEEP',
    `More than ${maxDepth} unions, coalesces or by-key operations without a shuffle stand behind one another, up to ${describeCallSite(node.callSite)}. Collect the RDDs in an array and call union once, or put a repartition in between.`,
    { data: { rddId: node.id } },
  );
}
