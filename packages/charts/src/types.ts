/** How the numbers of an axis are written: as they are, or as hundredths (0.25 is 25%). */
export type NumberFormat = 'number' | 'percent';

/** An axis of numbers. */
export type Axis = {
  /** What is measured, with its unit: `loss, nats per character`. */
  readonly label: string;
  /** Equal steps are equal factors; all values must be above 0. */
  readonly log?: boolean | undefined;
  /** Where the axis begins and ends; by default where the data do, rounded outwards on the y axis. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** The numbers that are written at the axis; chosen by default. */
  readonly ticks?: readonly number[] | undefined;
  readonly format?: NumberFormat | undefined;
};

/** A point of a line; `null` is a gap: nothing was measured, or it was not finite. */
export type Point = readonly [x: number, y: number | null];

/** A line that has a name. */
export type Series = { readonly name: string; readonly points: readonly Point[] };

/** A value to compare with: a dashed line across the chart. */
export type Mark = { readonly label: string; readonly value: number };

/** A range of x that is set apart, such as the lengths of training. */
export type Band = { readonly label: string; readonly from: number; readonly to: number };

/** Numbers over a number. */
export type LineChart = {
  readonly kind: 'line';
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  readonly marks?: readonly Mark[] | undefined;
  readonly bands?: readonly Band[] | undefined;
};

/** The bars of one colour: a value for each group, `null` where there is none. */
export type BarSeries = { readonly name: string; readonly values: readonly (number | null)[] };

/** Bars side by side, in groups; they begin at 0. */
export type BarChart = {
  readonly kind: 'bar';
  readonly title: string;
  /** What the groups are: `digits of the input`. */
  readonly x: { readonly label: string };
  readonly y: Omit<Axis, 'log'>;
  readonly groups: readonly string[];
  readonly series: readonly BarSeries[];
  readonly marks?: readonly Mark[] | undefined;
};

/** A number for each row and column, as a colour. */
export type HeatMap = {
  readonly kind: 'heat';
  readonly title: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** [row][column]; `null` where there is none. */
  readonly values: readonly (readonly (number | null)[])[];
  /** What rows, columns and values are. */
  readonly labels: { readonly rows: string; readonly columns: string; readonly values: string };
  /** What the first and the last colour stand for; by default the least and the largest value. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly format?: NumberFormat | undefined;
};

/** A chart is plain data: it is its own JSON. */
export type Chart = LineChart | BarChart | HeatMap;
