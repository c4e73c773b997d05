import type { StageView } from '../../../src/api/types.js';
import { layersOf } from './layers.js';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface OperatorBox extends Box {
  readonly id: string;
  readonly label: string;
  readonly detail: string;
  readonly isCached: boolean;
}

export interface StageBox extends Box {
  readonly id: string;
  readonly stage: StageView;
  readonly operators: readonly OperatorBox[];
}

export interface Edge {
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  readonly isShuffle: boolean;
}

export interface StageDrawing {
  readonly width: number;
  readonly height: number;
  readonly stages: readonly StageBox[];
  readonly edges: readonly Edge[];
}

/** Of a longer lineage only its end is drawn. */
const MAX_OPERATORS = 24;
const CHARACTER_WIDTH = 7.2;
const OPERATOR_HEIGHT = 24;
const GAP = 16;
const HEADER = 30;
const STAGE_GAP = 44;

/** Where the operators of stages, and the stages, are drawn: rows move down, shuffles to the right. */
export function drawStages(views: readonly StageView[]): StageDrawing {
  const boxes = views.map((stage, i) => stageBox(`${stage.stageId ?? `skipped-${i}`}`, stage));
  const writers = new Map(
    boxes.flatMap((box) =>
      box.stage.shuffleId === undefined ? [] : [[box.stage.shuffleId, box] as const],
    ),
  );
  const parentsOf = ({ stage }: StageBox) =>
    stage.parentShuffleIds.flatMap((id) => writers.get(id) ?? []);
  const layers = layersOf(
    boxes.map((box) => ({ id: box.id, box, parents: parentsOf(box).map(({ id }) => id) })),
  );
  const placed = new Map<string, StageBox>();
  const heights = layers.map((layer) => lengthOf(layer.map(({ box }) => box.height)));
  const height = Math.max(0, ...heights);
  let x = 1;
  for (const [i, layer] of layers.entries()) {
    let y = 1 + (height - (heights[i] as number)) / 2;
    for (const { box } of layer) {
      placed.set(box.id, moved(box, x, y));
      y += box.height + GAP;
    }
    x += Math.max(...layer.map(({ box }) => box.width)) + STAGE_GAP;
  }
  const stages = [...placed.values()];
  const shuffles = boxes.flatMap((box) =>
    parentsOf(box).map((parent) =>
      shuffleEdge(placed.get(parent.id) as StageBox, placed.get(box.id) as StageBox),
    ),
  );
  const edges = [...stages.flatMap(innerEdges), ...shuffles];
  return { width: Math.max(0, x - STAGE_GAP + 1), height: height + 2, stages, edges };
}

/** What boxes of these sizes take side by side. */
function lengthOf(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size + GAP, -GAP);
}

function stageBox(id: string, stage: StageView): StageBox {
  const shown = stage.operators.slice(0, MAX_OPERATORS);
  const nodes = shown.map((operator) => {
    const label = operator.callSite.method;
    return {
      id: `${operator.rddId}`,
      parents: operator.parentIds.map(String),
      operator,
      label,
      width: Math.max(56, label.length * CHARACTER_WIDTH + 20),
    };
  });
  const layers = layersOf(nodes);
  const title = stageTitle(stage);
  const layerWidths = layers.map((layer) => lengthOf(layer.map(({ width }) => width)));
  const inner = Math.max(title.length * CHARACTER_WIDTH, 110, ...layerWidths);
  const operators: OperatorBox[] = [];
  const middles = new Map<string, number>();
  for (const [i, layer] of layers.entries()) {
    let rest = layerWidths[i] as number;
    let left = GAP;
    let centered = GAP + (inner - rest) / 2;
    for (const { id: operatorId, parents, operator, label, width } of layer) {
      // Below the middle of its parents, where that leaves room for what stands beside it.
      const above = parents.flatMap((parent) => middles.get(parent) ?? []);
      const sum = above.reduce((total, middle) => total + middle, 0);
      const wish = above.length === 0 ? centered : sum / above.length - width / 2;
      const x = Math.min(Math.max(wish, left), GAP + inner - rest);
      middles.set(operatorId, x + width / 2);
      operators.push({
        id: operatorId,
        label,
        detail: detailOf(operator),
        isCached: operator.storageLevel !== undefined,
        x,
        y: HEADER + i * (OPERATOR_HEIGHT + GAP),
        width,
        height: OPERATOR_HEIGHT,
      });
      left = x + width + GAP;
      rest -= width + GAP;
      centered += width + GAP;
    }
  }
  const rows = Math.max(1, layers.length);
  const height = HEADER + rows * (OPERATOR_HEIGHT + GAP);
  return { id, stage, operators, x: 0, y: 0, width: inner + 2 * GAP, height };
}

export function stageTitle({ stageId, status }: StageView): string {
  return stageId === undefined ? 'skipped' : `Stage ${stageId}${status === 'active' ? ' …' : ''}`;
}

type Operator = StageView['operators'][number];

function detailOf({ rddId, name, callSite, numPartitions, storageLevel }: Operator): string {
  return [
    `RDD ${rddId}${name === undefined ? '' : `, ${name}`}`,
    `${callSite.method} at ${callSite.file}:${callSite.line}`,
    `${numPartitions} partitions`,
    ...(storageLevel === undefined ? [] : [`kept: ${storageLevel}`]),
  ].join('\n');
}

function moved(box: StageBox, x: number, y: number): StageBox {
  const operators = box.operators.map((operator) => ({
    ...operator,
    x: operator.x + x,
    y: operator.y + y,
  }));
  return { ...box, x, y, operators };
}

function innerEdges({ stage, operators }: StageBox): Edge[] {
  const byId = new Map(operators.map((operator) => [operator.id, operator]));
  return stage.operators.flatMap(({ rddId, parentIds }) =>
    parentIds.flatMap((parentId) => {
      const [from, to] = [byId.get(`${parentId}`), byId.get(`${rddId}`)];
      if (from === undefined || to === undefined) return [];
      return [
        {
          from: [from.x + from.width / 2, from.y + from.height] as const,
          to: [to.x + to.width / 2, to.y] as const,
          isShuffle: false,
        },
      ];
    }),
  );
}

/** From the last operator of the writer to the first one that reads. */
function shuffleEdge(writer: StageBox, reader: StageBox): Edge {
  const boxOf = ({ operators }: StageBox, operator: Operator | undefined) =>
    operators.find(({ id }) => id === `${operator?.rddId}`);
  const { operators, shuffleId } = writer.stage;
  const last = boxOf(writer, operators[0]);
  const first = boxOf(
    reader,
    reader.stage.operators.find(
      ({ shuffleIds = [] }) => shuffleId !== undefined && shuffleIds.includes(shuffleId),
    ),
  );
  const middle = ({ y, height }: Box) => y + height / 2;
  return {
    from: [last ? last.x + last.width : writer.x + writer.width, middle(last ?? writer)],
    to: [first?.x ?? reader.x, middle(first ?? reader)],
    isShuffle: true,
  };
}
