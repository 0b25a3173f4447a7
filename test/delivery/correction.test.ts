import { judged, judgedOnPurpose, causeOf, type Figure, type Judgement } from '../../src/delivery/correction.ts';

const figure = (value: number | null, definition?: string, over: Partial<Figure> = {}): Figure => ({ measure: 'spend', unit: 'nord', from: '2026-10-01', to: '2026-11-01', value, state: value === null ? 'missing' : 'ok', ...(definition === undefined ? {} : { definition }), ...over });
const held = (sent: Figure, now: Figure, fresh: boolean, tolerance = 1): Judgement => judged([sent], [now], tolerance, () => fresh);
const said = (sent: Figure, now: Figure, fresh: boolean): number => held(sent, now, fresh).changes.length;
/** What the looks at a page say one after another: each is held against what the one before kept. */
const looks = (sent: Figure, ...seen: readonly (readonly [now: Figure, fresh: boolean])[]): (string | null)[] => {
  let kept = sent;
  return seen.map(([now, fresh]) => {
    const { changes: [change], redefined, kept: [next] } = held(kept, now, fresh);
    kept = next as Figure;
    return change === undefined ? null : `${change.was} -> ${change.is}${redefined.length > 0 ? ', counted otherwise' : ''}`;
  });
};

describe('a correction has its true reason', () => {
  it('is owed when the data changed and the measure is counted as before', () => { expect(said(figure(100, 'a'), figure(110, 'a'), true)).toBe(1); });
  it('is not owed because an analyst edited the SQL', () => { expect(said(figure(100, 'a'), figure(110, 'b'), false)).toBe(0); });
  it('is not owed for a measure that was edited while its data changed too, for nobody knows what of it is which', () => { expect(said(figure(100, 'a'), figure(110, 'b'), true)).toBe(0); });
  it('is not owed because another source has new data', () => { expect(said(figure(100, 'a'), figure(110, 'a'), false)).toBe(0); });
  it('is owed of pages that were sent before definitions were kept, when their data changed', () => { expect(said(figure(100), figure(110, 'b'), true)).toBe(1); });
});

describe('data that change after a definition did are not lost behind it', () => {
  it('are corrected, from what was said to what is, with both reasons', () => {
    expect(looks(figure(100, 'a'), [figure(110, 'b'), false], [figure(130, 'b'), true], [figure(130, 'b'), true], [figure(150, 'b'), true])).toEqual([null, '100 -> 130, counted otherwise', null, '130 -> 150']);
  });
  it('are held against the new definition, however small their steps are', () => {
    expect(looks(figure(100, 'a'), [figure(200, 'b'), false], [figure(201, 'b'), true], [figure(201.9, 'b'), true], [figure(203, 'b'), true])).toEqual([null, null, null, '100 -> 203, counted otherwise']);
  });
  it('and bring the figure back to what was said need no correction, and are corrected when they leave it again', () => {
    expect(looks(figure(100, 'a'), [figure(110, 'b'), false], [figure(100, 'b'), true], [figure(120, 'b'), true])).toEqual([null, null, '100 -> 120']);
  });
  it('are corrected when they came together with a definition that is taken back', () => {
    expect(looks(figure(100, 'a'), [figure(150, 'b'), true], [figure(140, 'a'), false])).toEqual([null, '100 -> 140']);
    expect(looks(figure(100, 'a'), [figure(150, 'b'), false], [figure(100, 'a'), false])).toEqual([null, null]);
  });
  it('39 experiments with the definition correct nothing, and the data after them once', () => {
    const experiments = Array.from({ length: 39 }, (_, i) => [figure(100 + i, `b${i}`), false] as const);
    expect(looks(figure(100, 'a'), ...experiments, [figure(300, 'b38'), true]).filter((one) => one !== null)).toEqual(['100 -> 300, counted otherwise']);
  });
  it('of a figure that is hidden now, or was, say nothing', () => {
    expect(looks(figure(100, 'a'), [figure(null, 'b', { state: 'suppressed' }), false], [figure(null, 'b', { state: 'suppressed' }), true])).toEqual([null, null]);
  });
});

describe('a page corrected on purpose', () => {
  const two = [figure(100, 'a'), figure(50, 'a', { measure: 'hours' })];
  it('says all that moved by more than the tolerance, whatever the cause, and nothing a second time', () => {
    const now = [figure(110, 'b'), figure(50.2, 'b', { measure: 'hours' })];
    const first = judgedOnPurpose(two, now, 1);
    expect(first).toMatchObject({ changes: [{ measure: 'spend', was: 100, is: 110 }], redefined: ['spend'] });
    expect(judgedOnPurpose(first.kept, now, 1).changes).toEqual([]);
  });
  it('is corrected by the service when data change later, as any other', () => {
    const { kept } = judgedOnPurpose(two, [figure(110, 'b'), figure(50, 'b', { measure: 'hours' })], 1);
    expect(judged(kept, [figure(110, 'b'), figure(60, 'b', { measure: 'hours' })], 1, () => true)).toMatchObject({ changes: [{ measure: 'hours', was: 50, is: 60 }], redefined: [] });
  });
  it('says of a figure why it differs', () => {
    expect(causeOf(figure(100, 'a'), figure(110, 'b'), false)).toEqual({ definition: true, data: false });
    expect(causeOf(figure(100, 'a'), figure(110, 'b'), true)).toEqual({ definition: true, data: true });
    expect(causeOf(figure(100, 'a'), figure(110, 'a'), false)).toEqual({ definition: false, data: true });
    expect(causeOf(figure(100, 'a', { recount: { definition: 'b', value: 110, withData: false } }), figure(110, 'b'), true)).toEqual({ definition: true, data: false });
  });
});
