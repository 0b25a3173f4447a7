import { corrections, fromData, type Figure } from '../../src/delivery/correction.ts';

const figure = (value: number, definition?: string): Figure => ({ measure: 'spend', unit: 'nord', from: '2026-10-01', to: '2026-11-01', value, state: 'ok', ...(definition === undefined ? {} : { definition }) });
const said = (sent: Figure, now: Figure, fresh: readonly string[], sources: readonly string[] = ['ledger']): number => fromData(corrections([sent], [now], 1), [sent], [now], new Set(fresh), () => sources).length;

describe('a correction has its true reason', () => {
  it('is owed when the data changed and the measure is counted as before', () => { expect(said(figure(100, 'a'), figure(110, 'a'), ['ledger'])).toBe(1); });
  it('is not owed because an analyst edited the SQL', () => { expect(said(figure(100, 'a'), figure(110, 'b'), [])).toBe(0); });
  it('is not owed for a measure that was edited while its data changed too, for nobody knows what of it is which', () => { expect(said(figure(100, 'a'), figure(110, 'b'), ['ledger'])).toBe(0); });
  it('is not owed because another source has new data', () => { expect(said(figure(100, 'a'), figure(110, 'a'), ['visits'])).toBe(0); });
  it('is owed of pages that were sent before definitions were kept, when their data changed', () => { expect(said(figure(100), figure(110, 'b'), ['ledger'])).toBe(1); });
  it('is owed where the sources are not known any more and some data changed', () => { expect([said(figure(100), figure(110), ['x'], []), said(figure(100), figure(110), [], [])]).toEqual([1, 0]); });
});
