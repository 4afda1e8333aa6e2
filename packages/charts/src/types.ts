/** Format of the numbers of an axis: plain, or percent (0.25 is 25%). */
export type NumberFormat = 'number' | 'percent';

/** An axis of numbers. */
export type Axis = {
  /** The quantity, with its unit: `loss, nats per character`. */
  readonly label: string;
  /** Logarithmic; all values must be above 0. */
  readonly log?: boolean | undefined;
  /** The ends of the axis; by default those of the data, rounded outwards on the y axis. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** The ticks; by default chosen automatically. */
  readonly ticks?: readonly number[] | undefined;
  readonly format?: NumberFormat | undefined;
};

/** A point of a line; `null` is a gap: nothing was measured, or it was not finite. */
export type Point = readonly [x: number, y: number | null];

/** A named line. */
export type Series = { readonly name: string; readonly points: readonly Point[] };

/** A reference value: a dashed line across the chart. */
export type Mark = { readonly label: string; readonly value: number };

/** A highlighted range of x, such as the lengths of training. */
export type Band = { readonly label: string; readonly from: number; readonly to: number };

/** A line chart. */
export type LineChart = {
  readonly kind: 'line';
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  readonly marks?: readonly Mark[] | undefined;
  readonly bands?: readonly Band[] | undefined;
};

/** The bars of one colour: a value for each group, `null` if missing. */
export type BarSeries = { readonly name: string; readonly values: readonly (number | null)[] };

/** A grouped bar chart; bars begin at 0. */
export type BarChart = {
  readonly kind: 'bar';
  readonly title: string;
  /** The label of the groups: `digits of the input`. */
  readonly x: { readonly label: string };
  readonly y: Omit<Axis, 'log'>;
  readonly groups: readonly string[];
  readonly series: readonly BarSeries[];
  readonly marks?: readonly Mark[] | undefined;
};

/** A heat map: a number for each row and column, as a colour. */
export type HeatMap = {
  readonly kind: 'heat';
  readonly title: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** [row][column]; `null` if missing. */
  readonly values: readonly (readonly (number | null)[])[];
  /** Labels of rows, columns and values. */
  readonly labels: { readonly rows: string; readonly columns: string; readonly values: string };
  /** The values of the first and the last colour; by default the minimum and maximum. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly format?: NumberFormat | undefined;
};

/** A chart is plain JSON data. */
export type Chart = LineChart | BarChart | HeatMap;
