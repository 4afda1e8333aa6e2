import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CheckpointError } from '@elman/core';
import { asideName } from './aside.ts';
import { refuseReading, refuseWriting } from './errors.ts';
import { makeFolder } from './make-folder.ts';

/** The file by which a folder is locked. */
const LOCK = '.lock';
/** A file system without links, or with other rules. */
const WITHOUT_LINKS = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'EXDEV']);

/** The process that has a folder. */
type Holder = {
  readonly host: string;
  readonly pid: number;
  /** What tells the process from a later one of the same number; empty where the system does not say it. */
  readonly started: string;
};

/** How often it is looked whether another process has removed a lock, 10 ms apart. */
const MOST_TRIES = 1000;
/** Of a lock that says nothing of its process. */
const UNKNOWN: Holder = { host: '', pid: 0, started: '' };

/** A folder that this process has. */
export interface FolderLock {
  /** Gives the folder back. */
  release(): Promise<void>;
}

/**
 * Keeps a folder to this process, so that two runs do not save there by turns. The folder is created if it is missing.
 * The lock of a process that has ended is recognised (on this machine) and replaced.
 *
 * @throws {CheckpointError} naming the machine and the process that has the folder.
 */
export async function lockFolder(path: string): Promise<FolderLock> {
  const lock = join(path, LOCK);
  const mine = `${JSON.stringify({ host: hostname(), pid: process.pid, started: await startOf(process.pid) })}\n`;
  const aside = join(path, asideName('lock', randomBytes(6).toString('hex')));
  try {
    await makeFolder(path);
    await writeFile(aside, mine, { flag: 'wx', flush: true });
  } catch (error) {
    refuseWriting(lock, error as NodeJS.ErrnoException);
  }
  try {
    for (let tries = 0; !(await take(aside, lock)); tries++) await removeStale(path, lock, { aside, tries });
  } finally {
    await rm(aside, { force: true });
  }
  return {
    async release() {
      if ((await readFile(lock, 'utf8').catch(() => '')) === mine) await rm(lock, { force: true });
    },
  };
}

/** Puts the lock in place with its content, unless there is one. */
async function take(aside: string, lock: string): Promise<boolean> {
  try {
    await link(aside, lock);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!WITHOUT_LINKS.has(code)) refuseWriting(lock, error as NodeJS.ErrnoException);
  }
  return writeFile(lock, await readFile(aside), { flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => (error.code === 'EEXIST' ? false : refuseWriting(lock, error)),
  );
}

/**
 * Removes the lock of a process that has ended. Only who holds a second lock may do so: else a process could remove the
 * lock that another has just put in the place of the one that it has read.
 *
 * @throws {CheckpointError} if its process still runs.
 */
async function removeStale(
  path: string,
  lock: string,
  { aside, tries }: { readonly aside: string; readonly tries: number },
): Promise<void> {
  await expectEnded(path, lock);
  const removal = `${lock}.removal`;
  if (!(await take(aside, removal))) {
    const holder = await holderOf(removal);
    if (holder !== undefined && (await hasEnded(holder))) await rm(removal, { force: true });
    if (tries > MOST_TRIES) throw new CheckpointError(`${path}: ${removal} is in the way; remove it.`);
    await setTimeout(10);
    return;
  }
  try {
    if (await expectEnded(path, lock)) await rm(lock, { force: true });
  } catch (error) {
    if (!CheckpointError.isInstance(error)) refuseWriting(lock, error as NodeJS.ErrnoException);
    throw error;
  } finally {
    await rm(removal, { force: true });
  }
}

/** Whether there is a lock. @throws {CheckpointError} if its process still runs. */
async function expectEnded(path: string, lock: string): Promise<boolean> {
  const holder = await holderOf(lock);
  if (holder === undefined) return false;
  if (holder !== UNKNOWN && (await hasEnded(holder))) return true;
  const who = holder === UNKNOWN ? 'another process' : `process ${holder.pid} on ${holder.host.slice(0, 64)}`;
  throw new CheckpointError(
    `${path}: ${who} trains there; wait for it or choose another folder, or remove ${lock} if it runs no more.`,
  );
}

/** The holder of a lock; undefined if there is no lock. */
async function holderOf(lock: string): Promise<Holder | undefined> {
  const text = await readFile(lock, 'utf8').catch((error: NodeJS.ErrnoException) => {
    return error.code === 'ENOENT' ? undefined : refuseReading(lock, error);
  });
  if (text === undefined) return undefined;
  try {
    const { host, pid, started } = JSON.parse(text) as Holder;
    if (typeof host !== 'string' || !Number.isSafeInteger(pid) || pid < 1 || typeof started !== 'string')
      return UNKNOWN;
    return { host, pid, started };
  } catch {
    return UNKNOWN;
  }
}

/** Whether a process has ended; of other machines it is not known. */
async function hasEnded({ host, pid, started }: Holder): Promise<boolean> {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true;
  }
  const now = await startOf(pid);
  return started !== '' && now !== '' && now !== started;
}

/**
 * When a process was started, in ticks since the start of the machine, and which start of it; empty on other systems than
 * Linux.
 */
async function startOf(pid: number): Promise<string> {
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    // After the name, which stands in brackets and may have spaces: the state (Z: ended, not yet waited for), …, field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'ended' : `${fields[19]} ${boot.trim()}`;
  } catch {
    return '';
  }
}
