import type { Rng } from '@elman/core';
import { inWords } from './numbers.ts';
import { isHeldOut, type Part, pick, type Rewriting, type Row } from './rewriting.ts';

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const ORDINALS: { readonly [words: string]: string } = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
  twenty: 'twentieth',
  thirty: 'thirtieth',
};

/** 21 → twenty-first. */
function ordinal(n: number): string {
  const [, head, last] = /^(.*-)?(\w+)$/.exec(inWords(n)) as unknown as [string, string | undefined, string];
  return `${head ?? ''}${ORDINALS[last] ?? `${last}th`}`;
}

/** 21 → 21st. */
function withSuffix(day: number): string {
  const isTeen = day >= 11 && day <= 13;
  return `${day}${(!isTeen && ['th', 'st', 'nd', 'rd'][day % 10]) || 'th'}`;
}

/** 1987 → nineteen eighty-seven, 2004 → two thousand four, 1905 → nineteen oh five. */
function yearInWords(year: number): string {
  const [century, rest] = [Math.floor(year / 100), year % 100];
  if (year >= 2000 && year < 2010) return inWords(year);
  if (rest === 0) return `${inWords(century)} hundred`;
  return `${inWords(century)} ${rest < 10 ? `oh ${inWords(rest)}` : inWords(rest)}`;
}

type Write = (n: number) => string;
const two = (n: number): string => `${n}`.padStart(2, '0');

/** The notations of each part of a date; a form combines one of each. */
const days: readonly Write[] = [
  (d) => `${d}`,
  two,
  withSuffix,
  (d) => `the ${withSuffix(d)}`,
  (d) => `the ${ordinal(d)}`,
];
const months: readonly Write[] = [(m) => MONTHS[m] as string, (m) => (MONTHS[m] as string).slice(0, 3)];
const years: readonly Write[] = [(y) => `${y}`, yearInWords, (y) => `'${two(y % 100)}`];
const weekdays: readonly Write[] = [() => '', (w) => `${WEEKDAYS[w]}, `, (w) => `${WEEKDAYS[w]?.slice(0, 3)} `];
const cases: readonly ((text: string) => string)[] = [(t) => t, (t) => t.toLowerCase(), (t) => t.toUpperCase()];
const orders: readonly ((d: string, m: string, y: string) => string)[] = [
  (d, m, y) => `${d} ${m} ${y}`,
  (d, m, y) => `${d} of ${m}, ${y}`,
  (d, m, y) => `${m} ${d}, ${y}`,
  (d, m, y) => `${y}, ${m} ${d}`,
];
/** In digits alone the separator determines the order: 3.4.1987 and 4/3/1987 are the same day of April. */
const digits: readonly ((d: number, m: number, y: number) => string)[] = [
  (d, m, y) => `${d}.${m}.${y}`,
  (d, m, y) => `${two(d)}.${two(m)}.${y}`,
  (d, m, y) => `${m}/${d}/${y}`,
  (d, m, y) => `${two(m)}/${two(d)}/${y}`,
  (d, m, y) => `${y} ${two(m)} ${two(d)}`,
];

const pieces = [days, months, years, weekdays, cases, orders];
/** Number of forms with names and words. */
const FORMS = pieces.reduce((product, { length }) => product * length, 1);
const FIRST = Date.UTC(1950, 0, 1);
const DAYS = Math.round((Date.UTC(2050, 0, 1) - FIRST) / 86_400_000);

/** A day, by its index from 1 January 1950, in a form, by its index. */
function inForm(date: Date, form: number): string {
  let rest = form;
  const next = <T>(ways: readonly T[]): T => {
    const way = ways[rest % ways.length] as T;
    rest = Math.floor(rest / ways.length);
    return way;
  };
  const [day, month, year] = [next(days), next(months), next(years)];
  const [weekday, inCase, order] = [next(weekdays), next(cases), next(orders)];
  const written = order(day(date.getUTCDate()), month(date.getUTCMonth()), year(date.getUTCFullYear()));
  return inCase(`${weekday(date.getUTCDay())}${written}`);
}

function draw(rng: Rng, part: Part): Row {
  let number: number;
  do number = rng.integer(DAYS);
  while (isHeldOut(number) !== (part !== 'train'));
  const date = new Date(FIRST + number * 86_400_000);
  const target = date.toISOString().slice(0, 10);
  if (part !== 'newForms' && rng.integer(10) === 0) {
    const write = pick(rng, digits);
    return { source: write(date.getUTCDate(), date.getUTCMonth() + 1, date.getUTCFullYear()), target };
  }
  let form: number;
  do form = rng.integer(FORMS);
  while (isHeldOut(form) !== (part === 'newForms'));
  return { source: inForm(date, form), target };
}

/**
 * Days from 1950 to 2049 as people write them, to ISO 8601:
 *
 *   the twenty-first of March, nineteen eighty-seven    1987-03-21
 *   SAT 3RD AUG '19                                     2019-08-03
 *   4/3/1987                                            1987-04-03
 *
 * One of ten days is kept from training, and one of ten of the 1,080 forms.
 */
export const dates: Rewriting = {
  name: 'dates',
  alphabets: {
    source: [..." ,-./'0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"].join(''),
    target: '-0123456789',
  },
  parts: ['new', 'newForms'],
  draw,
};
