import { prepareFonts } from '../../../src/io/painter/canvas.ts';
import { examineFonts } from '../../../src/io/painter/doctor.ts';

describe('the doctor at the fonts', () => {
  it('they are told by name when they are not there', async () => {
    await expect(prepareFonts((file) => `/nowhere/${file}`)).rejects.toThrow('/nowhere/400Regular/Inter_400Regular.ttf');
  });

  it('draw every Danish letter, each as one of its own', async () => {
    expect(await examineFonts()).toEqual({ state: 'ok', what: 'fonts', found: 'are there and draw æ ø å Æ Ø Å.', advice: '' });
  });

  it('a letter that the font does not have is told, also where it looks like another or like nothing', async () => {
    expect(await examineFonts(['æ', '\u{F0000}'])).toMatchObject({ state: 'fail', found: '\u{F0000} can\'t be drawn.', advice: expect.stringContaining('npm ci') });
    // The Greek capital looks as the Latin one does, as a letter would that a font falls back from.
    expect(await examineFonts(['Α'])).toMatchObject({ state: 'fail' });
    expect(await examineFonts(['\u2003'])).toMatchObject({ state: 'fail' });
  });
});
