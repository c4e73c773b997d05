import type { TaskDescription } from '@firesteel/plan';
import { expect, it } from 'vitest';
import { GatedTasks } from './gated-tasks.js';

function gated() {
  const told: string[] = [];
  const tasks = new GatedTasks({
    gate: {
      opened: () => {},
      closed: async () => {},
      ended: (taskId, outcome) => told.push(`gate: ${taskId} ${outcome}`),
    },
    kill: (taskIds) => told.push(`kill ${taskIds}`),
    reportKilled: (taskId) => told.push(`driver: ${taskId} killed`),
  });
  const send = (taskId: number) =>
    tasks.hold(0, [{ taskId } as TaskDescription], ([task]) => told.push(`begin ${task?.taskId}`));
  return { tasks, send, told };
}

it('begins a task when both have agreed, in either order', () => {
  const { tasks, send, told } = gated();
  send(1);
  tasks.permit(2);
  expect(told).toEqual([]);
  tasks.permit(1);
  send(2);
  tasks.ended(1, 'success');
  expect(told).toEqual(['begin 1', 'begin 2', 'gate: 1 success']);
});

it('answers both for a task that is killed before it was permitted', () => {
  const { tasks, send, told } = gated();
  send(1);
  tasks.kill([1]);
  tasks.permit(1);
  expect(told).toEqual(['driver: 1 killed', 'gate: 1 killed']);
});

it('answers both for a task that is killed before it was sent', () => {
  const { tasks, send, told } = gated();
  tasks.permit(1);
  tasks.kill([1]);
  send(1);
  expect(told).toEqual(['gate: 1 killed', 'driver: 1 killed']);
});

it('gives up what was sent to a slot that is lost', () => {
  const { tasks, send, told } = gated();
  send(1);
  send(2);
  tasks.permit(1);
  tasks.slotLost(0);
  tasks.permit(2);
  expect(told).toEqual(['begin 1', 'gate: 1 exception', 'gate: 2 killed']);
});

it('kills what has begun once, and ignores what is unknown', () => {
  const { tasks, send, told } = gated();
  send(1);
  tasks.permit(1);
  tasks.kill([1, 7]);
  tasks.ended(1, 'killed');
  tasks.kill([1]);
  expect(told).toEqual(['begin 1', 'kill 1', 'gate: 1 killed']);
});
