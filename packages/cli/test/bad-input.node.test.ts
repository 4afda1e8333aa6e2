import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inProcess } from './in-process.ts';
import { elman, TINY, workFolder } from './spawn.ts';

const work = workFolder();
const at = (name: string): string => join(work.path, name);
const train = (...args: string[]): string[] => ['train', work.text, ...TINY, '--updates', '3', ...args];
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(at(name), content);
  return at(name);
};

/** The command fails with exit code 1 and one line, and leaves nothing where it was to write. */
async function expectRefusal(args: readonly string[], message: RegExp, out = at('out')): Promise<void> {
  const before = existsSync(out) ? readdirSync(out) : undefined;
  const { code, stdout, stderr } = await inProcess(args);
  expect(stderr.match(/^elman: .*$/gm)).toHaveLength(1);
  expect(stderr).toMatch(/(^|\n)elman: [^\n]+\n$/);
  expect(stderr).toMatch(message);
  expect([code, stdout]).toEqual([1, '']);
  expect(existsSync(out) ? readdirSync(out) : undefined).toEqual(before);
}

/** A copy of the good run with one of its files spoilt. */
function spoilt(name: string, spoil: (path: string) => void, which: string): string {
  cpSync(at('good'), at(name), { recursive: true });
  spoil(join(at(name), which));
  return at(name);
}

beforeAll(async () => {
  const runs = [train('--out', at('good')), train('--out', at('wider'), '--hidden', '9')];
  for (const args of runs) expect((await inProcess(args)).code).toBe(0);
});
afterAll(() => work.remove());

describe('the command line', () => {
  it.each([
    [['trian', 'x'], /unknown command 'trian' \(Did you mean train\?\)/],
    [['train', 'x', '--hiden', '3'], /unknown option '--hiden' \(Did you mean --hidden\?\)/],
    [['train'], /missing required argument 'text'/],
    [['train', 'x', '--hidden', 'many'], /--hidden <size>' argument 'many' is invalid\. Expected a whole number/],
    [['train', 'x', '--dropout', '1'], /Expected a number of at least 0 and below 1/],
    [['train', 'x', '--embedding', '0'], /Expected a positive whole number or one-hot/],
    [['train', 'x', '--updates', '3', '--minutes', '1'], /'--updates <count>' cannot be used with option '--minutes/],
    [['train', '--resume', 'x', '--hidden', '3'], /'--hidden' cannot be used with --resume/],
    [['sample'], /missing required argument 'folder'/],
    [['sample', 'x', '--top-p', '2'], /Expected a number above 0 and of at most 1/],
  ])('refuses %j', async (args, message) => expectRefusal(args, message));
});

describe('text', () => {
  it.each([
    ['that is missing', () => at('missing.txt'), /missing\.txt: there is no such file/],
    ['that is a folder', () => work.path, /folder/],
    ['that is empty', () => file('empty.txt', ''), /empty/],
    [
      'that is binary',
      () => file('binary.txt', new Uint8Array([0, 1, 2, 255, 254, 0, 7])),
      /binary\.txt: this is not text/,
    ],
    ['of one line', () => file('line.txt', 'Just one line.\n'), /15 tokens|14 tokens/],
    [
      'shorter than a window',
      () => file('short.txt', 'word '.repeat(30)),
      /--batch 4 × --window 100 needs at least 401; give a longer text, or a smaller --batch or --window\./,
    ],
  ])('%s is refused', async (what, make, message) => {
    const window = what.includes('window') ? '100' : '8';
    await expectRefusal(['train', make(), ...TINY, '--window', window, '--out', at('out')], message);
  });

  it('to be measured must be there too', () => expectRefusal(['eval', at('good'), at('missing.txt')], /missing\.txt/));

  it('that has changed cannot be gone on with', async () => {
    const text = file('changes.txt', readFileSync(work.text, 'utf8'));
    const out = at('changed');
    expect((await inProcess(['train', text, ...TINY, '--updates', '3', '--out', out])).code).toBe(0);
    appendFileSync(text, 'And more.\n');
    await expectRefusal(['train', '--resume', out, '--updates', '5'], /not the text that .* was trained on/, out);
    copyFileSync(work.text, at('moved.txt'));
    const moved = await inProcess(['train', '--resume', out, at('moved.txt'), '--updates', '5']);
    expect([moved.code, moved.stderr]).toEqual([0, expect.not.stringContaining('elman:')]);
  });
});

describe('names', () => {
  it.each([
    [
      ['--cell', 'lsmt'],
      /"lsmt" is neither a built-in cell nor an installed package; did you mean lstm\? "elman cells"/,
    ],
    [
      ['--cell', 'lstm+ntmmemory'],
      /memory: "ntmmemory" is neither a built-in memory .*; did you mean ntmMemory\? "elman memories"/,
    ],
    [['--cell', 'lstm+ntmMemory:slot=3'], /ntmMemory has no option slot; did you mean slots\?/],
    [['--backend', 'gpu'], /--backend: expected one of node-gpu, .*, got "gpu"; did you mean node-gpu or webgpu\?/],
    [['--backend', 'wsam'], /got "wsam"; did you mean wasm\?/],
    [['--backend', 'webgl'], /webgl cannot be had/],
    [['--optimizer', 'adamm'], /"adamm" is neither a built-in optimizer .*; did you mean adam or adamw\?/],
    [['--tokenizer', 'letters'], /expected characters, bytes, words, word-level or .*, got "letters"\./],
    [['--tokenizer', 'Character'], /got "Character"; did you mean characters\?/],
    [['--tokenizer', 'words:minimum=2'], /tokenizer: words has no option minimum; did you mean minimumCount\?/],
    [['--tokenizer', 'missing.json'], /missing\.json: there is no such file/],
  ])('%j are refused', async (args, message) => expectRefusal(train('--out', at('out'), ...args), message));
});

describe('the folder to write to', () => {
  it('that has a model is left alone', () =>
    expectRefusal(train('--out', at('good')), /has a model already .*--resume .*--overwrite/, at('good')));

  it('under a file is refused', () => expectRefusal(train('--out', join(work.text, 'x')), /cannot be written/));

  it('that is read-only is refused', async () => {
    mkdirSync(at('locked'));
    chmodSync(at('locked'), 0o555);
    // Who may do everything may also write there: for root, a folder of the kernel that takes no files.
    const folder = process.getuid?.() === 0 ? '/proc/self' : at('locked');
    await expectRefusal(train('--out', join(folder, 'run')), /cannot be written/, join(folder, 'run'));
  });

  it('to resume from must have a run', () => expectRefusal(['train', '--resume', at('none')], /none.*model\.json/));
});

describe('a checkpoint', () => {
  const flip = (path: string): void => {
    const bytes = readFileSync(path);
    bytes[8] = 0xff;
    writeFileSync(path, bytes);
  };
  const truncate = (path: string): void => writeFileSync(path, readFileSync(path).subarray(0, -10));
  const swap = (path: string): void => copyFileSync(path.replace(/[^/\\]+([/\\][^/\\]+)$/, 'wider$1'), path);

  it.each([
    ['corrupted', flip],
    ['truncated', truncate],
    ['mismatched', swap],
  ] as const)('that is %s is refused, in sampling and in resuming', async (name, spoil) => {
    const model = spoilt(`${name}-model`, spoil, 'model.safetensors');
    const training = spoilt(`${name}-training`, spoil, 'training.safetensors');
    await expectRefusal(['sample', model], /model\.safetensors: /, model);
    await expectRefusal(['train', '--resume', training, '--updates', '9'], /training\.safetensors: /, training);
  });

  it('whose model.json is damaged is refused', async () => {
    const folder = spoilt('json', truncate, 'model.json');
    await expectRefusal(['sample', folder], /model\.json: damaged, or of another save/, folder);
    await expectRefusal(['train', '--resume', folder], /model\.json: damaged, or of another save/, folder);
  });
});

describe('numbers that run away', () => {
  const wild = ['--learning-rate', '1e6', '--clip', '0', '--updates', '50'];

  it('end the run at once and leave nothing', () =>
    expectRefusal(train(...wild, '--out', at('wild/run')), /train: update \d+: /, at('wild')));

  it('leave the model that was there', async () => {
    const before = readFileSync(join(at('good'), 'model.safetensors'));
    await expectRefusal(train(...wild, '--overwrite', '--out', at('good')), /train: update \d+: /, at('good'));
    expect(readFileSync(join(at('good'), 'model.safetensors'))).toEqual(before);
  });
});

it.skipIf(process.platform === 'win32')('a disk that fills up in a save leaves nothing half-written', async () => {
  // A limit on the size of files, as there is none on that of a disk without being root: the save does not fit.
  const args = train('--hidden', '64', '--out', at('full/run'));
  const { code, stdout, stderr } = await elman(args, { shell: 'ulimit -f 200; exec "$@"' });
  expect(stderr).toMatch(/\nelman: .*training\.safetensors\.next: not written: [^\n]+\n$/);
  expect([code, stdout]).toEqual([1, '']);
  expect(existsSync(at('full'))).toBe(false);
});

it('DEBUG=elman shows the stack', async () => {
  const { code, stderr } = await elman(['eval', at('good'), at('missing.txt')], { env: { DEBUG: 'elman' } });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^elman: .*\n.*Error: .*\n +at /);
});
