import type { Period } from '../calendar/period.ts';
import { cellText, inWords, shownDecimals, spentSentence, thresholdOf } from '../card/figures.ts';
import { messages } from '../card/messages.ts';
import { formatPercent, formatValue, oneOf, stepOf } from '../card/numbers.ts';
import { couple, type Coupling } from '../insight/coupling.ts';
import type { Language, Measure, Pack, Section, Unit } from '../pack/model.ts';
import { isHidden, MISSING, type Cell, type Row } from '../query/result.ts';

type Headline = Section & { readonly kind: 'headline' };

/** Closer than this to plan is "as budgeted". */
const SAME = 0.005;

const measureOf = (pack: Pack, id: string): Measure => pack.measures.get(id) as Measure;

/** The plan's own word (`budget`, `visiteret`). */
export function planName(pack: Pack, measure: string, language: Language): string {
  const m = pack.measures.get(measure);
  const plan = pack.plans.get(measure) ?? (m?.kind === 'ratio' ? pack.plans.get(m.numerator) : undefined);
  return plan?.name[language] ?? (language === 'da' ? 'plan' : 'plan');
}

function againstPlan(value: number, plan: number | null, name: string, language: Language): string {
  const m = messages(language);
  if (plan === null || plan === 0) return '';
  const ratio = value / plan - 1;
  if (Math.abs(ratio) < SAME) return m.asPlan(name);
  return ratio > 0 ? m.over(formatPercent(ratio, language), name) : m.under(formatPercent(-ratio, language), name);
}

/** Money and output of a row, coupled as the headline section says. */
function couplingOf(section: Headline, row: Row | undefined): Coupling | null {
  if (row === undefined) return null;
  const plan = row.against.plan;
  return couple(row.values[section.money] ?? MISSING, plan?.[section.money] ?? null, row.values[section.output] ?? MISSING, plan?.[section.output] ?? null);
}

/** The page's first sentence: what was spent against budget, for how many hours, and what an hour cost. */
export function headline(pack: Pack, section: Headline, unit: Unit, period: Period, row: Row | undefined, language: Language): string {
  const m = messages(language);
  const words = inWords(pack, period, language);
  const money = measureOf(pack, section.money);
  const output = measureOf(pack, section.output);
  const price = measureOf(pack, section.price);
  const coupled = couplingOf(section, row);
  const spentOn = (value: number, plan: number | null): string => spentSentence(pack, money, unit.name[language], formatValue(value, money.unit, 0, language), words, againstPlan(value, plan, planName(pack, money.id, language), language), language);
  const spending = row?.values[money.id] ?? MISSING;
  const made = row?.values[output.id] ?? MISSING;
  const whyHidden = (measure: Measure, cell: Cell): string => (cell.state === 'suppressed' ? m.tooFew(measure.name[language], thresholdOf(pack, measure)) : m.noteHidden(measure.name[language], words, cellText(cell, pack, measure, language)));
  if (spending.value !== null && isHidden(made)) {
    const sentence = `${spentOn(spending.value, row?.against.plan?.[money.id]?.value ?? null)} ${whyHidden(output, made)}`;
    return spending.state === 'partial' ? `${m.partialPeriod(words)} ${sentence}` : sentence;
  }
  if (coupled === null) {
    const missing = [money, output].filter((measure) => (row?.values[measure.id]?.value ?? null) === null);
    const absent = (measure: Measure): string => { const cell = row?.values[measure.id]; return cell !== undefined && isHidden(cell) ? whyHidden(measure, cell) : m.noteMissing(measure.name[language], words); };
    return missing.map(absent).join(' ') || m.noteMissing(price.name[language], words);
  }
  const spent = spentOn(coupled.money.value, coupled.money.plan);
  const delivered = m.delivered(formatValue(coupled.output.value, output.unit, shownDecimals(output), language), output.unit, againstPlan(coupled.output.value, coupled.output.plan, planName(pack, output.id, language), language));
  const difference = coupled.price.plan === null ? null : coupled.price.value - coupled.price.plan;
  const amount = difference === null ? '' : formatValue(Math.abs(difference), money.unit, 0, language);
  const against = difference === null ? '' : Math.abs(difference) < 0.5 ? m.sameAsPlanned : difference > 0 ? m.dearer(amount) : m.cheaper(amount);
  const sentence = `${spent} ${delivered} ${m.price(m.oneOf(output.unit, oneOf(output.unit, language)), formatValue(coupled.price.value, money.unit, 0, language), against)}`;
  return coupled.partial ? `${m.partialPeriod(words)} ${sentence}` : sentence;
}

/** Why money differs from plan: so much from more or fewer hours, so much from their price. Empty when the deviation is small. */
export function splitSentence(pack: Pack, section: Headline, row: Row | undefined, language: Language): string {
  const coupled = couplingOf(section, row);
  if (coupled === null || coupled.split === null || coupled.money.plan === null) return '';
  const total = coupled.money.value - coupled.money.plan;
  if (coupled.money.plan === 0 || Math.abs(total / coupled.money.plan) < 0.01) return '';
  const unit = measureOf(pack, section.money).unit;
  const signed = (value: number): string => `${value > 0 ? '+' : ''}${formatValue(value, unit, 0, language)}`;
  const { volume, price } = coupled.split;
  // Written in the same steps, the two parts make up the whole as it is read: 32 = 16 + 16, not 16 + 17.
  const step = stepOf(total);
  const rounded = (value: number): number => Math.round(value / step) * step;
  const rest = stepOf(volume) === step && stepOf(price) === step ? rounded(total) - rounded(volume) : price;
  return messages(language).split(formatValue(Math.abs(total), unit, 0, language), total > 0, signed(volume), signed(rest), measureOf(pack, section.output).unit);
}
