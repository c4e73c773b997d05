import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { cachePath, program } from './paths.mjs';

// What Spark's own launcher adds on Java 17 (JavaModuleOptions), as far as the RDD API needs it.
const openPackages = [
  'java.lang',
  'java.lang.invoke',
  'java.lang.reflect',
  'java.io',
  'java.net',
  'java.nio',
  'java.util',
  'java.util.concurrent',
  'java.util.concurrent.atomic',
  'sun.nio.ch',
  'sun.nio.cs',
  'sun.security.action',
  'sun.util.calendar',
];

/**
 * Builds `bench/spark` with Maven into the cache, unless that is up to date.
 *
 * @param {number} [heapMib] of the virtual machine
 * @returns {{ command: (mainClass: string, ...args: string[]) => string[] } | { skipped: string }}
 */
export function prepareSpark(heapMib = 4096) {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' });
  if (java.error !== undefined) return { skipped: 'no Java is installed' };
  const major = Number(/version "(\d+)/.exec(java.stderr)?.[1] ?? 0);
  if (major < 17) return { skipped: `Java 17 is needed, ${major} is installed` };
  const jar = cachePath('spark', 'target', 'spark-bench.jar');
  if (isStale(jar)) {
    const maven = spawnSync('mvn', ['-B', '-q', 'package'], {
      cwd: program('spark'),
      encoding: 'utf8',
    });
    if (maven.error !== undefined) return { skipped: 'no Maven (mvn) is installed' };
    if (maven.status !== 0)
      return { skipped: `Maven could not build it: ${maven.stdout.trim().slice(0, 500)}` };
  }
  const opens = openPackages.map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`);
  return {
    command: (mainClass, ...args) => [
      'java',
      ...opens,
      `-Xmx${heapMib}m`,
      `-Dlog4j2.configurationFile=file:${program('spark/log4j2.properties')}`,
      '-cp',
      `${jar}:${cachePath('spark', 'jars', '*')}`,
      `firesteel.bench.${mainClass}`,
      ...args,
    ],
  };
}

/**
 * @param {string} jar
 * @returns {boolean} whether the jar is missing or older than what it is built from
 */
function isStale(jar) {
  if (!existsSync(jar)) return true;
  const built = statSync(jar).mtimeMs;
  return readdirSync(program('spark'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.java') || path === 'pom.xml')
    .some((path) => statSync(program(`spark/${path}`)).mtimeMs > built);
}
