import { hostname } from 'node:os';
import { join } from 'node:path';
import type { FileSystem } from './file-system.ts';

/** `.model.safetensors.HOST.PID.RANDOM.partial`: hidden, with the process that writes it. */
const ASIDE = /^\..+\.([A-Za-z0-9-]+)\.(\d+)\.[0-9a-f]{12}\.partial$/;
const DAY = 24 * 60 * 60 * 1000;
const host = hostname().replace(/[^A-Za-z0-9-]/g, '-') || 'host';

/** The name under which a file is written before it is renamed. `random`: 12 hexadecimal digits. */
export function asideName(name: string, random: string): string {
  return `.${name}.${host}.${process.pid}.${random}.partial`;
}

/** Removes the partial files of dead writers in a folder, as far as permissions allow. */
export async function clearLeftovers(folder: string, files: FileSystem): Promise<void> {
  for (const name of await files.readdir(folder).catch(() => [])) {
    const [, from, pid] = ASIDE.exec(name) ?? [];
    if (from === undefined) continue;
    const path = join(folder, name);
    const written = await files.stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (written !== undefined && isAbandoned(from, Number(pid), written))
      await files.rm(path, { force: true }).catch(() => {});
  }
}

/**
 * Whether a partial file is orphaned: its process is dead, or has our process id and the file is older than this process (a
 * restarted container). For another machine's processes only the file's age is known.
 */
function isAbandoned(from: string, pid: number, written: number): boolean {
  if (from !== host) return written < Date.now() - DAY;
  if (pid === process.pid) return written < Date.now() - process.uptime() * 1000;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
