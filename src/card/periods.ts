import { isoWeek, isWhole, periodOf, shiftDays, type Period } from '../calendar/period.ts';
import type { Language } from '../pack/model.ts';

const LOCALES: Record<Language, string> = { da: 'da-DK', en: 'en-GB' };
const at = (day: string): Date => new Date(`${day}T12:00:00Z`);

const formats = new Map<string, Intl.DateTimeFormat>();
function write(day: string, language: Language, options: Intl.DateTimeFormatOptions): string {
  const key = `${language} ${JSON.stringify(options)}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(LOCALES[language], { timeZone: 'UTC', ...options });
  formats.set(key, format);
  return format.format(at(day));
}

/** A month's name: `oktober 2026`, or `oktober` alone. */
function monthName(day: string, language: Language, withYear = true): string {
  return write(day, language, withYear ? { month: 'long', year: 'numeric' } : { month: 'long' });
}

/** A month for an axis: its first letter, with the year at January (`J`, `F`, …). */
export function monthInitial(day: string, language: Language): string {
  return write(day, language, { month: 'narrow' });
}

/** A short month for an axis: `okt.`. */
export function monthShort(day: string, language: Language): string {
  return write(day, language, { month: 'short' });
}

/** A day in words: `23. november 2026`, `23 November 2026`. */
export function dayName(day: string, language: Language): string {
  return write(day, language, { day: 'numeric', month: 'long', year: 'numeric' });
}

/** A fiscal year by its first month: `2026`, or `2019/20` when it does not begin in January. */
function yearName(day: string, yearStart: number): string {
  const year = Number(periodOf('year', day, yearStart).from.slice(0, 4));
  return yearStart === 1 ? String(year) : `${year}/${String((year + 1) % 100).padStart(2, '0')}`;
}

/** A period in words, as leaders say it; `yearStart` is the first month of the fiscal year. */
export function periodName(period: Period, language: Language, yearStart: number): string {
  const last = shiftDays(period.to, -1);
  const months = period.from.endsWith('-01') && period.to.endsWith('-01');
  // A year that is not over is no year: it is named by what there is of it.
  if (!isWhole(period, yearStart)) return periodName({ ...period, grain: 'rolling' }, language, yearStart);
  switch (period.grain) {
    case 'day': return dayName(period.from, language);
    case 'week': {
      const { year, week } = isoWeek(period.from);
      return language === 'da' ? `uge ${week}, ${year}` : `week ${week}, ${year}`;
    }
    case 'month': return monthName(period.from, language);
    case 'quarter': {
      const index = Math.floor((((Number(period.from.slice(5, 7)) - yearStart) + 12) % 12) / 3) + 1;
      return language === 'da' ? `${index}. kvartal ${yearName(period.from, yearStart)}` : `Q${index} ${yearName(period.from, yearStart)}`;
    }
    case 'half-year': {
      const index = Math.floor((((Number(period.from.slice(5, 7)) - yearStart) + 12) % 12) / 6) + 1;
      return language === 'da' ? `${index}. halvår ${yearName(period.from, yearStart)}` : `H${index} ${yearName(period.from, yearStart)}`;
    }
    case 'year': return yearName(period.from, yearStart);
    case 'year-to-date': case 'rolling': {
      if (!months) return `${dayName(period.from, language)} – ${dayName(last, language)}`;
      if (period.from.slice(0, 7) === last.slice(0, 7)) return monthName(period.from, language);
      return period.from.slice(0, 4) === last.slice(0, 4)
        ? `${monthName(period.from, language, false)}–${monthName(last, language)}`
        : `${monthName(period.from, language)} – ${monthName(last, language)}`;
    }
  }
}
