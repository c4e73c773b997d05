import { useEffect, useRef, useState } from 'preact/hooks';
import type { TaskTimeline, TimelineSegment } from '../../../src/store/task-timeline.js';
import { duration } from '../format.js';

const LANE_HEIGHT = 18;
const LANE_GAP = 4;
const LABEL_WIDTH = 96;
const AXIS_HEIGHT = 20;
/** Of the text at a tick, and some room. */
const TICK_WIDTH = 80;
/** More would make the page endless; the busiest lanes are not more telling than the first ones. */
const MAX_LANES = 64;

/**
 * What ran where and when. On a canvas, because there may be thousands of tasks; the table of
 * tasks tells the same to those who cannot see it.
 */
export function Timeline({ timeline }: { readonly timeline: TaskTimeline }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [hovered, setHovered] = useState<TimelineSegment>();
  const lanes = timeline.lanes.slice(0, MAX_LANES);
  const height = lanes.length * (LANE_HEIGHT + LANE_GAP) + AXIS_HEIGHT;
  const span = Math.max(1, timeline.endTime - timeline.startTime);
  const scale = (width - LABEL_WIDTH) / span;

  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element === null || !context || width === 0) return;
    const draw = () => paint(element, context, { ...timeline, lanes }, width, height, scale, span);
    draw();
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', draw);
    return () => dark.removeEventListener('change', draw);
  });

  const find = (event: MouseEvent): void => {
    const lane = Math.floor(event.offsetY / (LANE_HEIGHT + LANE_GAP));
    const at = (event.offsetX - LABEL_WIDTH) / scale;
    const slack = 2 / scale;
    setHovered(
      timeline.segments.find(
        (segment) =>
          segment.lane === lane && segment.fromMs - slack <= at && at <= segment.toMs + slack,
      ),
    );
  };

  return (
    <div class="timeline" ref={frame}>
      <canvas
        ref={canvas}
        style={{ width: `${width}px`, height: `${height}px` }}
        onMouseMove={find}
        onMouseLeave={() => setHovered(undefined)}
        aria-label={`Timeline of tasks on ${timeline.lanes.length} slots over ${duration(span)}`}
        role="img"
      />
      <p class="hint">{hovered === undefined ? <Legend /> : describe(hovered)}</p>
      {timeline.lanes.length > MAX_LANES && (
        <p class="hint">{timeline.lanes.length - MAX_LANES} more slots are not drawn.</p>
      )}
    </div>
  );
}

function Legend() {
  return (
    <>
      <span class="key success">succeeded</span>
      <span class="key running">running</span>
      <span class="key failed">failed</span>
      <span class="key killed">killed</span>
    </>
  );
}

function describe({ numTasks, taskId, partition, status, fromMs, toMs }: TimelineSegment): string {
  const what =
    numTasks === 1
      ? `Task ${taskId}, partition ${partition}`
      : `${numTasks} short tasks from ${taskId}`;
  return `${what}: ${status}, ${duration(toMs - fromMs)}, begun after ${duration(fromMs)}`;
}

function paint(
  element: HTMLCanvasElement,
  context: CanvasRenderingContext2D,
  { lanes, segments }: TaskTimeline,
  width: number,
  height: number,
  scale: number,
  span: number,
): void {
  const ratio = devicePixelRatio;
  element.width = width * ratio;
  element.height = height * ratio;
  context.scale(ratio, ratio);
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(`--${name}`);
  const colors = {
    success: color('good'),
    running: color('active'),
    exception: color('bad'),
    fetchFailed: color('bad'),
    lost: color('bad'),
    killed: color('idle'),
  };
  const lanesHeight = height - AXIS_HEIGHT;
  context.font = `11px ${style.fontFamily}`;
  context.strokeStyle = color('line');
  context.fillStyle = color('quiet');
  context.lineWidth = 1;
  for (const tick of ticksOf(span, (width - LABEL_WIDTH) / TICK_WIDTH)) {
    const x = Math.round(LABEL_WIDTH + tick * scale) + 0.5;
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, lanesHeight);
    context.stroke();
    context.textAlign = x > width - 30 ? 'right' : 'center';
    context.fillText(duration(tick), x, height - 5);
  }
  context.textAlign = 'left';
  for (const [i, { slot, executorId }] of lanes.entries())
    context.fillText(
      executorId === 'driver' ? `thread ${slot}` : `exec ${executorId} / ${slot}`,
      0,
      i * (LANE_HEIGHT + LANE_GAP) + 13,
      LABEL_WIDTH - 8,
    );
  for (const { lane, fromMs, toMs, status, numTasks } of segments) {
    if (lane >= lanes.length) continue;
    const x = LABEL_WIDTH + fromMs * scale;
    const size = Math.max(1, (toMs - fromMs) * scale - (numTasks === 1 ? 0.6 : 0));
    context.globalAlpha = numTasks === 1 ? 1 : 0.7;
    context.fillStyle = colors[status];
    context.fillRect(x, lane * (LANE_HEIGHT + LANE_GAP), size, LANE_HEIGHT);
  }
  context.globalAlpha = 1;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** Steps that are round on a clock; below a minute those that are round as numbers. */
const clockSteps = [
  ...[1, 2, 5, 10, 30].map((minutes) => minutes * minuteMs),
  ...[1, 2, 6, 12, 24].map((hours) => hours * hourMs),
];

/** Round times, at most so many. */
function ticksOf(span: number, most: number): number[] {
  const rough = span / Math.max(1, Math.min(most, 6));
  const power = 10 ** Math.floor(Math.log10(rough));
  const round = ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power;
  const step =
    rough <= 30_000 ? Math.min(round, 30_000) : (clockSteps.find((s) => s >= rough) ?? round);
  const ticks: number[] = [];
  for (let tick = step; tick < span; tick += step) ticks.push(tick);
  return ticks;
}
