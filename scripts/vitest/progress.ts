import { MinimalReporter, type TestCase, type TestModule, type TestSpecification, type Vitest } from 'vitest/node';

/** Seconds between two lines. */
const INTERVAL = 15;

/**
 * A line of progress every 15 seconds, and each failure when it happens; its details come in the summary at the end.
 *
 *   Node: 41 of 176 files, 2310 passed, 0 failed, 1 min 15 s
 *
 * `ELMAN_TEST_PART` names the run. Lines are printed and none is redrawn, because two runs share a terminal. What a
 * test prints is shown if it fails.
 */
export default class ProgressReporter extends MinimalReporter {
  readonly #part = process.env.ELMAN_TEST_PART ?? 'Tests';
  #files = 0;
  #filesDone = 0;
  #passed = 0;
  #failed = 0;
  #timer: NodeJS.Timeout | undefined;

  override onInit(context: Vitest): void {
    this.ctx = context;
    this.silent = 'passed-only';
  }

  override onTestRunStart(specifications: readonly TestSpecification[]): void {
    super.onTestRunStart(specifications);
    this.#files = specifications.length;
    this.#print();
    this.#timer = setInterval(() => this.#print(), 1000 * INTERVAL);
    this.#timer.unref();
  }

  override onTestCaseResult(test: TestCase): void {
    super.onTestCaseResult(test);
    const { state } = test.result();
    if (state === 'passed') this.#passed += 1;
    if (state !== 'failed') return;
    this.#failed += 1;
    this.log(`${this.#part}: failed: ${test.module.relativeModuleId} (${test.project.name}): ${test.fullName}`);
  }

  override onTestModuleEnd(module: TestModule): void {
    super.onTestModuleEnd(module);
    this.#filesDone += 1;
  }

  override printTestModule(): void {}

  override onTestRunEnd(...run: Parameters<MinimalReporter['onTestRunEnd']>): void {
    clearInterval(this.#timer);
    this.#print();
    super.onTestRunEnd(...run);
  }

  override reportSummary(...of: Parameters<MinimalReporter['reportSummary']>): void {
    if (this.#failed > 0 || of[1].length > 0) super.reportSummary(...of);
  }

  #print(): void {
    const seconds = Math.round((performance.now() - this.start) / 1000);
    const time = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
    const files = `${this.#filesDone} of ${this.#files} files`;
    this.log(`${this.#part}: ${files}, ${this.#passed} passed, ${this.#failed} failed, ${time}`);
  }
}
