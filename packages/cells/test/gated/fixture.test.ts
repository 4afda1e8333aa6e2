import fixture from '../../fixtures/gated.json' with { type: 'json' };
import { coupledGateLstm, lstm1997, lstmVariant } from '../../src/index.ts';
import { type FixtureCase, itMatches } from '../fixture-cases.ts';

itMatches(fixture.cases as unknown as readonly FixtureCase[], { coupledGateLstm, lstm1997, lstmVariant });
