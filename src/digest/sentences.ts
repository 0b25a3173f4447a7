import type { Period } from '../calendar/period.ts';
import { deviationWords, sharedPrecision, splitWords } from '../card/deviation.ts';
import { cellText, differenceOf, inWords, precisionsOf, spentSentence, thresholdOf } from '../card/figures.ts';
import { messages } from '../card/messages.ts';
import { asRead, formatValue, oneOf, precisionOf, type Precision } from '../card/numbers.ts';
import { couple, type Coupling } from '../insight/coupling.ts';
import type { Language, Measure, Pack, Section, Unit } from '../pack/model.ts';
import { isHidden, MISSING, type Cell, type Row } from '../query/result.ts';

type Headline = Section & { readonly kind: 'headline' };

const measureOf = (pack: Pack, id: string): Measure => pack.measures.get(id) as Measure;

/** The plan's own word (`budget`, `visiteret`). */
export function planName(pack: Pack, measure: string, language: Language): string {
  const m = pack.measures.get(measure);
  const plan = pack.plans.get(measure) ?? (m?.kind === 'ratio' ? pack.plans.get(m.numerator) : undefined);
  return plan?.name[language] ?? (language === 'da' ? 'plan' : 'plan');
}

function againstPlan(pack: Pack, measure: Measure, row: Row | undefined, precision: Precision | null, language: Language): string {
  const found = differenceOf(row?.values[measure.id] ?? MISSING, row?.against.plan?.[measure.id], measure, language, precision);
  return found === null ? '' : deviationWords(found, { name: planName(pack, measure.id, language), isPlan: true }, language);
}

/** Money and output of a row, coupled as the headline section says. */
function couplingOf(section: Headline, row: Row | undefined): Coupling | null {
  if (row === undefined) return null;
  const plan = row.against.plan;
  return couple(row.values[section.money] ?? MISSING, plan?.[section.money] ?? null, row.values[section.output] ?? MISSING, plan?.[section.output] ?? null, { value: row.values[section.price], plan: plan?.[section.price] });
}

/** The page's first sentence: what was spent against budget, for how many hours, and what an hour cost. */
export function headline(pack: Pack, section: Headline, unit: Unit, period: Period, row: Row | undefined, language: Language): string {
  const m = messages(language);
  const words = inWords(pack, period, language);
  const money = measureOf(pack, section.money);
  const output = measureOf(pack, section.output);
  const price = measureOf(pack, section.price);
  const coupled = couplingOf(section, row);
  const precision = (measure: Measure): Precision | null => (row === undefined ? null : precisionsOf([row], measure)(row));
  const written = (measure: Measure): string => cellText(row?.values[measure.id] ?? MISSING, pack, measure, language, precision(measure));
  const spentOn = (): string => spentSentence(pack, money, unit.name[language], written(money), words, againstPlan(pack, money, row, precision(money), language), language);
  const spending = row?.values[money.id] ?? MISSING;
  const made = row?.values[output.id] ?? MISSING;
  const whyHidden = (measure: Measure, cell: Cell): string => (cell.state === 'suppressed' ? m.tooFew(measure.name[language], thresholdOf(pack, measure)) : m.noteHidden(measure.name[language], words, cellText(cell, pack, measure, language)));
  if (spending.value !== null && isHidden(made)) {
    const sentence = `${spentOn()} ${whyHidden(output, made)}`;
    return spending.state === 'partial' ? `${m.partialPeriod(words)} ${sentence}` : sentence;
  }
  if (coupled === null) {
    const missing = [money, output].filter((measure) => (row?.values[measure.id]?.value ?? null) === null);
    const absent = (measure: Measure): string => { const cell = row?.values[measure.id]; return cell !== undefined && isHidden(cell) ? whyHidden(measure, cell) : m.noteMissing(measure.name[language], words); };
    return missing.map(absent).join(' ') || m.noteMissing(price.name[language], words);
  }
  const spent = spentOn();
  const delivered = m.delivered(written(output), output.unit, againstPlan(pack, output, row, precision(output), language));
  const sentence = [spent, delivered, priceWords(money, output, price, coupled, language)].filter((one) => one !== '').join(' ');
  return coupled.partial ? `${m.partialPeriod(words)} ${sentence}` : sentence;
}

/** What one cost, and how much more or less than budgeted: the difference of the two prices as they are read. */
function priceWords(money: Measure, output: Measure, price: Measure, { price: { value, plan, partial } }: Coupling, language: Language): string {
  if (value === null) return '';
  const m = messages(language);
  const shared = sharedPrecision([{ value, others: plan === null ? [] : [plan] }], price.unit, price.decimals);
  const precision = shared ?? precisionOf(value, price.unit, price.decimals);
  const difference = plan === null ? null : asRead(value, precision) - asRead(plan, precision);
  const amount = formatValue(Math.abs(difference ?? 0), money.unit, price.decimals, language, precision.power === 0 ? precision : null);
  const against = difference === null ? '' : asRead(difference, precision) === 0 ? m.sameAsPlanned : difference > 0 ? m.dearer(amount) : m.cheaper(amount);
  return m.price(m.oneOf(output.unit, oneOf(output.unit, language)), `${formatValue(value, money.unit, price.decimals, language, precision)}${partial ? ` ${m.partialMark}` : ''}`, against);
}

/** Why money differs from plan: so much from more or fewer hours, so much from their price. Empty when the deviation is small. */
export function splitSentence(pack: Pack, section: Headline, row: Row | undefined, language: Language): string {
  const coupled = couplingOf(section, row);
  if (coupled === null || coupled.split === null || coupled.money.plan === null) return '';
  const total = coupled.money.value - coupled.money.plan;
  if (coupled.money.plan === 0 || Math.abs(total / coupled.money.plan) < 0.01) return '';
  const { unit, decimals } = measureOf(pack, section.money);
  const [all, volume, price] = splitWords(total, coupled.split.volume, unit, decimals, language);
  return messages(language).split(all.replace(/^[+\u2212]/, ''), total > 0, volume, price, measureOf(pack, section.output).unit);
}
