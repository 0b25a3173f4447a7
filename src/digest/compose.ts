import type { Action, Block, Card, Picture, TableCell, TableColumn } from '../card/card.ts';
import { withCaveatsFor } from '../card/caveats.ts';
import { deviationOf, deviationWords, sharedPrecision } from '../card/deviation.ts';
import { cellText, differenceCell, differenceOf, forecastNotes, inWords, notesOf, plainCell, precisionsOf, provenanceOf } from '../card/figures.ts';
import { coupledPicture, multiplesPicture, trendPicture, variancePicture } from '../card/charts.ts';
import { hasData } from '../chart/spec.ts';
import { packLabel } from '../card/label.ts';
import { messages } from '../card/messages.ts';
import { formatValue, NBSP } from '../card/numbers.ts';
import { permitDigest, seesMeasure, seesParts, visibleUnits } from '../access/rule.ts';
import type { Period } from '../calendar/period.ts';
import { deviation, ranked, signal, type Finding } from '../insight/attention.ts';
import type { Digest, Language, Measure, Pack, Person, Section, Unit } from '../pack/model.ts';
import type { Forecast } from '../query/forecast.ts';
import { basesOf } from '../query/evaluate.ts';
import { comparable, isHidden, MISSING, type Cell, type Result, type Row } from '../query/result.ts';
import { headline, planName, splitSentence } from './sentences.ts';

/** What one run of a digest's queries gave, for all units. */
export interface DigestResults {
  readonly sections: ReadonlyMap<number, Result>;
  readonly history: Result | null;
  /** Every method's forecast per unit, where the digest shows one. */
  readonly forecasts: ReadonlyMap<string, Forecast>;
}

interface Page { readonly pack: Pack; readonly digest: Digest; readonly period: Period; readonly person: Person; readonly unit: Unit; readonly language: Language; readonly visible: ReadonlySet<string> }

const MOST_FINDINGS = 3;
const measureOf = (pack: Pack, id: string): Measure => pack.measures.get(id) as Measure;
/** A result's rows by unit: a thousand pages are cut from one result. */
const byUnit = new WeakMap<Result, ReadonlyMap<string, Row[]>>();
function rowsOf(result: Result | undefined, unit: string): readonly Row[] {
  if (result === undefined) return [];
  let units = byUnit.get(result);
  if (units === undefined) {
    const index = new Map<string, Row[]>();
    for (const row of result.rows) {
      const own = index.get(row.unit);
      if (own === undefined) index.set(row.unit, [row]); else own.push(row);
    }
    byUnit.set(result, index);
    units = index;
  }
  return units.get(unit) ?? [];
}
/** A result as if only the page's unit had been asked, and only measures its reader may see, so that notes and sources speak of them alone. */
function cutTo({ pack, person, unit }: Page, result: Result): Result {
  const measures = result.query.measures.filter((id) => seesMeasure(pack, person, id));
  const sources = new Set(measures.flatMap((id) => basesOf(pack, id)).map((id) => { const base = pack.measures.get(id); return base !== undefined && 'source' in base ? base.source : ''; }));
  return withCaveatsFor(pack, person, {
    query: { ...result.query, measures, units: [unit.id], level: null },
    rows: rowsOf(result, unit.id),
    provenance: result.provenance.filter(({ source }) => sources.has(source)),
    caveats: result.caveats.filter((caveat) => caveat.unit === null || within(pack.organisation, caveat.unit, unit.id)),
  });
}
const within = (organisation: Pack['organisation'], unit: string, ancestor: string): boolean => {
  for (let at: string | null = unit; at !== null; at = organisation.units.get(at)?.parent ?? null) if (at === ancestor) return true;
  return false;
};

/** Who gets a digest: the people its audience names, by role and the level of their units. */
export function recipientsOf(pack: Pack, digest: Digest): Person[] {
  return [...pack.people.values()].filter((person) => digest.audience.some((who) =>
    who.role === person.role && (who.level === null || person.units.some((unit) => pack.organisation.units.get(unit)?.level === who.level))));
}

/** One recipient's page of a digest. Pure: the same results give the same card. Only units the person may see are on it. */
export function composePage(pack: Pack, whole: Digest, person: Person, period: Period, results: DigestResults): Card {
  const digest = permitDigest(pack, person, whole);
  const unit = pack.organisation.units.get(person.units[0] ?? '') as Unit;
  const language = person.language;
  const page: Page = { pack, digest, period, person, unit, language, visible: visibleUnits(pack, person) };
  const m = messages(language);
  const blocks: Block[] = [];
  const shown: Result[] = [];
  let first = '';
  let picture: Picture | null = null;

  digest.sections.forEach((section, i) => {
    const result = results.sections.get(i);
    if (result !== undefined && (section.kind === 'headline' || section.kind === 'table')) shown.push(cutTo(page, result));
    switch (section.kind) {
      case 'headline': {
        const row = rowsOf(result, unit.id)[0];
        first = headline(pack, section, unit, period, row, language);
        const why = splitSentence(pack, section, row, language);
        if (why !== '') blocks.push({ kind: 'text', text: why });
        for (const other of person.units.slice(1)) blocks.push({ kind: 'text', text: headline(pack, section, pack.organisation.units.get(other) as Unit, period, rowsOf(result, other)[0], language) });
        blocks.push(...attentionBlocks(page, results));
        return;
      }
      case 'table': blocks.push(tableBlock(page, section, result)); return;
      case 'chart': {
        const drawn = picture ?? chartOf(page, section, result);
        picture = drawn !== null && hasData(drawn.chart) ? drawn : null;
        return;
      }
      case 'ranking': { const block = rankingBlock(page, section, result); if (block !== null) blocks.push(block); return; }
      case 'text': if (section.text[language] !== '') blocks.push({ kind: 'text', text: section.text[language] });
    }
  });
  if (!digest.sections.some((section) => section.kind === 'headline')) blocks.unshift(...attentionBlocks(page, results));
  const notes = [...new Set([...shown.flatMap((result) => notesOf(pack, result, language)), ...forecastNotesOf(page, results)])];
  if (notes.length > 0) blocks.push({ kind: 'notes', title: m.notes, items: notes });
  return {
    language,
    title: `${unit.name[language]}, ${inWords(pack, period, language)}`,
    label: packLabel(pack, language),
    headline: first === '' ? plainHeadline(page, results) : first,
    blocks, picture,
    actions: actionsOf(page),
    provenance: [digest.title[language], ...provenanceOf(pack, shown, language)],
  };
}

/** The first sentence of a page without money: its first figure, against plan or the year before. */
function plainHeadline(page: Page, results: DigestResults): string {
  const { pack, digest, unit, period, language } = page;
  const m = messages(language);
  const words = inWords(pack, period, language);
  const index = digest.sections.findIndex((section) => section.kind === 'table' && section.period === 'digest');
  const section = digest.sections[index];
  const measure = section?.kind === 'table' ? pack.measures.get(section.measures[0] ?? '') : undefined;
  const row = rowsOf(results.sections.get(index), unit.id)[0];
  if (measure === undefined || row === undefined) return `${digest.title[language]}: ${words}`;
  const cell = row.values[measure.id] ?? MISSING;
  if (isHidden(cell)) return m.noteHidden(measure.name[language], words, cellText(cell, pack, measure, language));
  if (cell.value === null) return m.noteMissing(measure.name[language], words);
  const precision = precisionsOf([row], measure)(row);
  const plan = differenceOf(cell, row.against.plan?.[measure.id], measure, language, precision);
  const before = differenceOf(cell, row.against['last-year']?.[measure.id], measure, language, precision);
  const against = plan !== null ? deviationWords(plan, { name: planName(pack, measure.id, language), isPlan: true }, language)
    : before !== null ? deviationWords(before, { name: m.lastYear, isPlan: false }, language) : '';
  return m.valueSentence(unit.name[language], measure.name[language].toLowerCase(), cellText(cell, pack, measure, language, precision), words, against);
}

/** Whether there is any figure of a unit in the results. */
const hasFigures = (results: DigestResults, unit: string): boolean => [...results.sections.values()].some((result) => rowsOf(result, unit).some((row) => Object.values(row.values).some((cell) => cell.value !== null)));

/** What stands out on the page, weightiest first; one quiet line when nothing does. */
function attentionBlocks(page: Page, results: DigestResults): Block[] {
  const { pack, digest, unit, language, period } = page;
  const m = messages(language);
  const written = (id: string, value: number): string => formatValue(value, measureOf(pack, id).unit, measureOf(pack, id).decimals, language);
  const findings: (Finding | null)[] = [];
  digest.sections.forEach((section, i) => {
    if (section.kind !== 'table' || section.period !== 'digest') return;
    const row = rowsOf(results.sections.get(i), unit.id)[0];
    const headlineSection = digest.sections.find((s) => s.kind === 'headline');
    const said = headlineSection === undefined ? [] : [headlineSection.money, headlineSection.output, headlineSection.price];
    for (const id of section.measures) {
      const measure = measureOf(pack, id);
      // The headline has already said how money, output and price stand against plan.
      if (!said.includes(id)) findings.push(deviation(measure, row?.values[id] ?? MISSING, row?.against.plan?.[id]));
      const months = rowsOf(results.history ?? undefined, unit.id).map((r) => (r.values[id]?.state === 'ok' ? r.values[id].value : null));
      // Everything in time is as it should be, and no news.
      const asTarget = pack.plans.get(id)?.kind === 'target' && row?.values[id]?.value === row?.against.plan?.[id]?.value;
      if (results.history?.query.measures.includes(id) === true && !asTarget) findings.push(signal(measure, months));
    }
  });
  // What is unusual only behind the decimals that are shown is not.
  const shown = (finding: Finding): boolean => finding.kind !== 'signal' || written(finding.measure, finding.value) !== written(finding.measure, finding.expected);
  const found = ranked(findings.filter((finding) => finding !== null && shown(finding)), MOST_FINDINGS);
  // Nothing stands out of nothing.
  if (found.length === 0 && !hasFigures(results, unit.id)) return [];
  if (found.length === 0) {
    const head = digest.sections.findIndex((section) => section.kind === 'headline');
    const section = digest.sections[head];
    const row = rowsOf(results.sections.get(head), unit.id)[0];
    const told = section?.kind === 'headline' && [section.money, section.output].some((id) => deviation(measureOf(pack, id), row?.values[id] ?? MISSING, row?.against.plan?.[id]) !== null);
    return [{ kind: 'text', text: (told ? m.nothingElseUnusual : m.nothingUnusual)(inWords(pack, period, language)) }];
  }
  const line = (finding: Finding): string => {
    const measure = measureOf(pack, finding.measure);
    const other = finding.kind === 'signal' ? finding.expected : finding.plan;
    const precision = sharedPrecision([{ value: finding.value, others: [other] }], measure.unit, measure.decimals);
    const show = (v: number): string => formatValue(v, measure.unit, measure.decimals, language, precision);
    const name = measure.name[language];
    if (finding.kind === 'signal') return `${m.signalLine(name, show(finding.value), finding.above, show(finding.expected))}${finding.favourable === true ? ` ${m.good}` : ''}`;
    const words = deviationWords(deviationOf(finding.value, finding.plan, measure.unit, measure.decimals, language, precision), { name: planName(pack, measure.id, language), isPlan: true }, language);
    return `${m.deviationLine(name, show(finding.value), words)}${finding.favourable === true ? ` ${m.good}` : ''}`;
  };
  return [{ kind: 'heading', text: m.attention }, { kind: 'text', text: found.map((finding) => `• ${line(finding)}`).join('\n') }];
}

function tableBlock(page: Page, section: Section & { kind: 'table' }, result: Result | undefined): Block {
  const { pack, unit, language } = page;
  const m = messages(language);
  const row = rowsOf(result, unit.id)[0];
  const withPlan = section.measures.some((id) => (row?.against.plan?.[id]?.value ?? null) !== null);
  const rows = section.measures.map((id): TableCell[] => {
    const measure = measureOf(pack, id);
    const cell = row?.values[id] ?? MISSING;
    const plan = row?.against.plan?.[id];
    const before = row?.against['last-year']?.[id] ?? MISSING;
    const precision = row === undefined ? null : precisionsOf([row], measure)(row);
    const lastYear = before.state === 'missing' ? plainCell('–') : plainCell(cellText(before, pack, measure, language, precision));
    return [
      plainCell(measure.name[language]),
      plainCell(cellText(cell, pack, measure, language, precision)),
      ...(withPlan ? [plan === undefined || plan.state === 'missing' ? plainCell('–') : plainCell(cellText(plan, pack, measure, language, precision)), differenceCell(cell, plan, measure, language, precision), lastYear] : [lastYear, differenceCell(cell, before, measure, language, precision)]),
    ];
  });
  const right = (title: string): TableColumn => ({ title, align: 'right' });
  return {
    kind: 'table', title: `${section.title[language]}, ${inWords(pack, result?.query.period ?? page.period, language)}`,
    columns: [{ title: m.columnMeasure, align: 'left' }, right(m.columnValue), ...(withPlan ? [right(m.columnPlan), right(m.columnDifference), right(m.columnLastYear)] : [right(m.columnLastYear), right(m.columnChange)])],
    rows,
  };
}

/** The units of a level side by side, for those who see more than one of them. */
function rankingBlock(page: Page, section: Section & { kind: 'ranking' }, result: Result | undefined): Block | null {
  const { pack, language, visible } = page;
  const m = messages(language);
  const measure = measureOf(pack, section.measure);
  const rows = (result?.rows ?? []).filter((row) => visible.has(row.unit));
  if (rows.length < 2) return null;
  const sorted = [...rows].sort((a, b) => (b.values[measure.id]?.value ?? -Infinity) - (a.values[measure.id]?.value ?? -Infinity)).slice(0, section.top);
  const basis = rows.some((row) => (row.against.plan?.[measure.id]?.value ?? null) !== null) ? 'plan' : 'last-year';
  const precisions = precisionsOf(sorted, measure);
  return {
    kind: 'table', title: `${section.title[language]}: ${measure.name[language]}, ${inWords(pack, page.period, language)}`,
    columns: [{ title: m.columnUnit, align: 'left' }, { title: m.columnValue, align: 'right' }, { title: basis === 'plan' ? m.columnPlan : m.columnLastYear, align: 'right' }, { title: basis === 'plan' ? m.columnDifference : m.columnChange, align: 'right' }],
    rows: sorted.map((row) => {
      const cell = row.values[measure.id] ?? MISSING;
      const other = row.against[basis]?.[measure.id];
      const precision = precisions(row);
      return [plainCell(pack.organisation.units.get(row.unit)?.name[language] ?? row.unit), plainCell(cellText(cell, pack, measure, language, precision)), other === undefined || other.state === 'missing' ? plainCell('–') : plainCell(cellText(other, pack, measure, language, precision)), differenceCell(cell, other, measure, language, precision)];
    }),
  };
}

function chartOf(page: Page, section: Section & { kind: 'chart' }, result: Result | undefined): Picture | null {
  const { pack, unit, language, visible } = page;
  if (result === undefined || (section.levels.length > 0 && !section.levels.includes(unit.level))) return null;
  const [id = '', plan = '', output = ''] = section.measures;
  const measure = measureOf(pack, id);
  const own = rowsOf(result, unit.id);
  const last = own.at(-1);
  const cell = last?.values[id] ?? MISSING;
  const finding = section.title[language] !== '' ? section.title[language] : chartFinding(page, measure, last, cell);
  const children = new Set(unit.children.filter((child) => visible.has(child)));
  switch (section.chart) {
    case 'coupled': return coupledPicture(pack, own, { money: id, plan, output }, finding, language);
    case 'trend': return trendPicture(pack, own, id, finding, language);
    case 'multiples': return multiplesPicture(pack, result.rows.filter((row) => children.has(row.unit)), id, finding, language);
    case 'variance': return variancePicture(pack, result.rows.filter((row) => children.size > 0 ? children.has(row.unit) : row.unit === unit.id), id, finding, language, new Set([unit.id]));
  }
}

/** The picture's title says what it shows of the newest period: against plan, else against the year before. */
function chartFinding(page: Page, measure: Measure, last: Row | undefined, cell: Cell): string {
  const { pack, unit, language } = page;
  const m = messages(language);
  const words = inWords(pack, last?.period ?? page.period, language);
  const plan = comparable(cell, last?.against.plan?.[measure.id]);
  const pair = plan ?? comparable(cell, last?.against['last-year']?.[measure.id]);
  if (pair === null) return `${unit.name[language]}: ${measure.name[language]}`;
  const name = plan !== null ? planName(pack, measure.id, language) : m.lastYear;
  const against = deviationWords(deviationOf(pair.value, pair.other, measure.unit, measure.decimals, language), { name, isPlan: plan !== null }, language);
  // The month and its year stay on one line of the title.
  return `${unit.name[language]}: ${against}${cell.state === 'partial' ? ` ${m.partialMark}` : ''}, ${words.replace(/ (?=\d{4}$)/, NBSP)}`;
}

/** How the page's forecast was made. */
function forecastNotesOf({ pack, digest, unit, language }: Page, results: DigestResults): string[] {
  const id = digest.sections.flatMap((section) => (section.kind === 'table' ? section.measures : [])).find((measure) => pack.measures.get(measure)?.kind === 'forecast');
  return id === undefined ? [] : forecastNotes(pack, id, results.forecasts.get(unit.id), language);
}

/** What a leader is likely to ask next about this page. */
function actionsOf(page: Page): Action[] {
  const { pack, digest, unit, language, person } = page;
  const m = messages(language);
  const section = digest.sections.find((s) => s.kind === 'headline');
  if (section === undefined) return [];
  const price = measureOf(pack, section.price);
  const money = measureOf(pack, section.money);
  const unitWord = unit.name[language];
  const level = pack.organisation.levels.find((l) => l.id === pack.organisation.units.get(unit.children[0] ?? '')?.level);
  return [
    { id: 'price-trend', label: `${price.name[language]}, ${m.trend}`, ask: `${price.name[language]} ${unitWord} ${m.trend}` },
    { id: 'money-last-year', label: `${money.name[language]} ${m.compareLastYear}`, ask: `${money.name[language]} ${unitWord} ${m.compareLastYear}` },
    ...(level === undefined || !seesParts(pack, person) ? [] : [{ id: 'by-unit', label: `${price.name[language]} ${m.byUnit(level.name[language])}`, ask: `${price.name[language]} ${m.byUnit(level.name[language])}` }]),
    { id: 'help', label: m.help, ask: m.help },
  ];
}
