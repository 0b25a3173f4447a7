/** A pack of another domain: a public library. Nothing in the reader knows home care. */
export const LIBRARY = `
pack: {title: {da: Bibliotek, en: Library}}
organisation:
  levels: [{id: town, name: {da: by, en: town}}, {id: branch, name: {da: filial, en: branch}, plural: {da: filialer, en: branches}}]
  unit:
    id: library
    name: {da: Biblioteket, en: The library}
    children: [{id: main, name: {da: Hovedbiblioteket, en: Main library}}, {id: harbour, name: {da: Havnen, en: Harbour}}]
sources:
  desk:
    name: Desk
    files: x.csv
    unit: u
    date: d
    columns: {u: text, d: date, n: integer, who: text, amount: decimal(2)}
measures:
  loans: {kind: flow, source: desk, sql: sum(n), name: {da: Udlån, en: Loans}, definition: d, unit: count}
  visitors: {kind: distinct, source: desk, sql: count(distinct who), name: {da: Besøgende, en: Visitors}, definition: d, unit: persons}
  cost: {kind: flow, source: desk, sql: sum(amount), name: {da: Omkostninger, en: Cost}, definition: d, unit: kr}
  cost_per_loan: {kind: ratio, numerator: cost, denominator: loans, name: {da: Pris pr. udlån, en: Cost per loan}, definition: d, unit: kr per loan}
`;
