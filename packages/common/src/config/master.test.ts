import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { FiresteelError } from '../errors.js';
import { parseMaster } from './master.js';

function messageOf(text: string): string {
  try {
    parseMaster(text);
  } catch (error) {
    if (FiresteelError.is(error, 'INVALID_MASTER')) return error.message;
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

describe('parseMaster', () => {
  it.each([
    ['local', 1, 1],
    ['local[3]', 3, 1],
    ['local[ 3 ]', 3, 1],
    ['local[*]', availableParallelism(), 1],
    ['local[2,4]', 2, 4],
    ['local[2, 4]', 2, 4],
    ['local[*,2]', availableParallelism(), 2],
    [' local[2] ', 2, 1],
  ])('reads %j', (text, slots, maxTaskFailures) => {
    expect(parseMaster(text)).toEqual({ kind: 'local', slots, maxTaskFailures });
  });

  it('reads a local cluster', () => {
    expect(parseMaster('local-cluster[2, 3,512]')).toEqual({
      kind: 'local-cluster',
      executors: 2,
      coresPerExecutor: 3,
      memoryMibPerExecutor: 512,
    });
  });

  it.each(['a:5050', 'a,b:5050', 'zk://a:2181,b:2181/mesos'])('reads mesos://%s', (address) => {
    expect(parseMaster(`mesos://${address}`)).toEqual({ kind: 'mesos', address });
  });

  it.each([
    ['mesos:/host:5050', 'mesos://host:5050'],
    ['local(2)', 'local[2]'],
    ['locl', 'local'],
    ['local[4', 'local[4]'],
    ['lcoal[*]', 'local[*]'],
  ])('suggests the nearest form for %j', (text, hit) => {
    expect(messageOf(text)).toContain(`Did you mean "${hit}"?`);
  });

  it.each([
    ['spark://h:7077', 'Spark standalone'],
    ['yarn', 'YARN'],
    ['k8s://https://h', 'Kubernetes'],
  ])('says that %j is not in this release', (text, what) => {
    expect(messageOf(text)).toContain(`no support for ${what}`);
  });

  it.each([
    'local-cluster[0,1,512]',
    'local-cluster[2,2,100]',
    'local-cluster[2,1]',
    'local[0]',
    'local[2,0]',
    'local[99999]',
    'local[-1]',
    'local[]',
    'local[2,]',
    '',
    'x',
  ])('refuses %j', (text) => {
    expect(messageOf(text)).toContain(JSON.stringify(text));
  });
});
