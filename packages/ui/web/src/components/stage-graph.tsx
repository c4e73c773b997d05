import { useMemo } from 'preact/hooks';
import type { StageView } from '../../../src/api/types.js';
import { drawStages, type Edge, type StageBox, stageTitle } from '../graph/stage-graph.js';

/** The operators of stages, and what moves between them, as a drawing. */
export function StageGraph(props: {
  readonly stages: readonly StageView[];
  /** Of a stage; without it stages are no links. */
  readonly hrefOf?: (stage: StageView) => string | undefined;
}) {
  const { stages, hrefOf } = props;
  // The drawing changes when stages begin or end, not with each of their tasks.
  const shape = stages
    .map(({ stageId, attempt, status }) => `${stageId}.${attempt}.${status}`)
    .join();
  const drawing = useMemo(() => drawStages(stages), [shape]);
  const { width, height } = drawing;
  return (
    <div class="graph">
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img">
        <title>Operators of the stages; arrows to the right are shuffles</title>
        {drawing.stages.map((box) => (
          <Stage key={box.id} box={box} href={hrefOf?.(box.stage)} />
        ))}
        {drawing.edges.map((edge) => (
          <path
            key={edge.from.concat(edge.to).join()}
            class={edge.isShuffle ? 'edge shuffle' : 'edge'}
            d={curve(edge)}
          />
        ))}
      </svg>
    </div>
  );
}

function Stage({ box, href }: { readonly box: StageBox; readonly href: string | undefined }) {
  const { stage, x, y, width, height, operators } = box;
  const title = (
    <text class="stage-title" x={x + 12} y={y + 19}>
      {stageTitle(stage)}
    </text>
  );
  return (
    <g class={`stage-box ${stage.status}`}>
      <rect x={x} y={y} width={width} height={height} rx={8} />
      {href === undefined ? title : <a href={href}>{title}</a>}
      {operators.length === 0 && (
        <text class="operator-label" x={x + 12} y={y + 46}>
          {stage.name.split(' at ')[0]}
        </text>
      )}
      {operators.map((operator) => (
        <g key={operator.id} class={operator.isCached ? 'operator cached' : 'operator'}>
          <title>{operator.detail}</title>
          <rect
            x={operator.x}
            y={operator.y}
            width={operator.width}
            height={operator.height}
            rx={5}
          />
          <text
            class="operator-label"
            x={operator.x + operator.width / 2}
            y={operator.y + 16}
            text-anchor="middle"
          >
            {operator.label}
          </text>
        </g>
      ))}
    </g>
  );
}

function curve({ from: [x1, y1], to: [x2, y2], isShuffle }: Edge): string {
  if (!isShuffle) return `M${x1},${y1} C${x1},${(y1 + y2) / 2} ${x2},${(y1 + y2) / 2} ${x2},${y2}`;
  const bend = Math.max(24, (x2 - x1) / 2);
  return `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`;
}
