import fixture from '../../fixtures/elman-jordan.json' with { type: 'json' };
import { elmanJordan } from '../../src/index.ts';
import { type FixtureCase, itMatches } from '../fixture-cases.ts';

itMatches(fixture.cases as unknown as readonly FixtureCase[], { elmanJordan });
