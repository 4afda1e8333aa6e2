export { barChart } from './bar-chart.ts';
export { heatMap } from './heat-map.ts';
export { lineChart } from './line-chart.ts';
export { toSvg } from './to-svg.ts';
export { type TextOptions, toText } from './to-text.ts';
export { type PictureOptions, toVegaLite } from './to-vega-lite.ts';
export type * from './types.ts';
