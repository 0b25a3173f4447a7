import fc from 'fast-check';
import { prepareFonts } from '../../../src/io/painter/canvas.ts';
import { apart, face, fit, fitFigure, lines, widthOf } from '../../../src/io/painter/text.ts';

const LOOK = face(15);
beforeAll(() => prepareFonts());

const name = fc.oneof(fc.string({ maxLength: 60 }), fc.constantFrom('Afdeling', 'Hjemmeplejedistriktet Nørresundby-Vodskov').chain((front) => fc.nat(200).map((i) => `${front} ${i}`)), fc.nat(99).map((i) => `Daginstitution ${i} i det nordlige område af kommunen`));

describe('names in too little room', () => {
  it('lose their middle, for what tells them apart stands at their ends', () => {
    expect(fit('Hjemmeplejedistriktet Nørresundby 12', 160, LOOK)).toMatch(/^Hjemme.*….*12$/);
    expect(fit('Nord', 160, LOOK)).toBe('Nord');
  });
  it('that differ only in the middle lose what they share', () => {
    const shown = apart(['Daginstitutionen for børn Nord i det store område af kommunen', 'Daginstitutionen for børn Syd i det store område af kommunen'], 120, LOOK);
    expect(shown[0]).toMatch(/^…Nord/);
    expect(shown[1]).toMatch(/^…Syd/);
  });
  it('never look alike, however alike they are, and always fit', () => {
    fc.assert(fc.property(fc.array(name, { minLength: 1, maxLength: 16 }), fc.integer({ min: 110, max: 220 }), (names, width) => {
      const shown = apart(names, width, LOOK);
      expect(new Set(shown).size).toBe(names.length);
      for (const one of shown) expect(widthOf(one, LOOK)).toBeLessThanOrEqual(width + 0.01);
    }), { numRuns: 60, seed: 11 });
  });
});

describe('figures and titles in too little room', () => {
  it('a figure keeps every digit and loses of its unit', () => {
    expect(fitFigure('−1.234.567,8 helårspersoner', 120, LOOK)).toMatch(/^−1\.234\.567,8\s?h?.*…$/);
  });
  it('a long name does not push the finding out of the title', () => {
    const subject = 'Rehabiliteringsogforebyggelsesenheden for børn og unge i Nordøstdal og omegn';
    const shown = lines(`${subject}: 4,1 pct. over budget, oktober 2026`, 456, face(20, true), 2, subject).join(' ');
    expect(shown).toContain(': 4,1 pct. over budget, oktober 2026');
    expect(shown).toContain('…');
  });
  it('lines fit their width, are no more than asked for, and keep a short text whole', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), fc.integer({ min: 1, max: 3 }), (text, count) => {
      const shown = lines(text, 300, LOOK, count);
      expect(shown.length).toBeLessThanOrEqual(count);
      for (const line of shown) expect(widthOf(line, LOOK)).toBeLessThanOrEqual(300.01);
    }), { numRuns: 100, seed: 11 });
  });
});
