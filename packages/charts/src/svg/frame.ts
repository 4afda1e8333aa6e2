import type { Json } from '@elman/core';
import { oneLine } from '../one-line.ts';
import type { Tick } from '../scale.ts';
import { shortened, textWidth, wrapped } from './measure.ts';

/** A part of a Vega-Lite specification. */
export type Spec = { readonly [property: string]: Json };

/** Pixels of a picture. */
export type Size = { readonly width: number; readonly height: number };

/** Pixels on each side of a plot. */
export type Margins = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };

/** Padding of the picture. */
export const EDGE = 18;

/** Sizes and colours of text. */
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
export const LABEL = { fontSize: 12, color: '#4d4d4d' };
export const CAPTION = { fontSize: 12.5, color: '#666666' };
const TITLE = { fontSize: 16, color: '#1f1f1f', fontWeight: 600 };
const TITLE_LINE = 21;

/** A mark without data, at pixels from the upper left corner of the plot. */
export function shape(mark: Spec, encoding: Spec = {}): Spec {
  return { data: { values: [{}] }, mark, encoding };
}

/** A text, vertically centred at y. */
export function textAt(text: string, x: number, y: number, style: Spec = {}): Spec {
  return shape({ type: 'text', text, x, y, align: 'left', baseline: 'middle', ...LABEL, ...style });
}

/** A header above a plot: its height and layers. */
export type Words = { readonly height: number; layers(margins: Margins): readonly Spec[] };

/** The title and a caption below it. */
export function heading(title: string, caption: string, { width, height: most }: Size): Words {
  const lines = wrapped(oneLine(title), width - 2 * EDGE, TITLE.fontSize * 1.08, most < 300 ? 1 : 2);
  const height = lines.length * TITLE_LINE + (caption === '' ? 0 : 20);
  const layers = ({ left, top }: Margins): Spec[] => [
    ...lines.map((line, i) => textAt(line, EDGE - left, EDGE - top + 8 + i * TITLE_LINE, TITLE)),
    textAt(
      shortened(oneLine(caption), width - 2 * EDGE, CAPTION.fontSize),
      EDGE - left,
      EDGE - top + lines.length * TITLE_LINE + 7,
      CAPTION,
    ),
  ];
  return { height, layers };
}

/** The caption of a horizontal axis, below its numbers. */
export function belowAxis(label: string, { width, height }: Size, distance: number, { left, right }: Margins): Spec {
  const text = shortened(oneLine(label), width + left + right - 2 * EDGE, CAPTION.fontSize);
  const half = textWidth(text, CAPTION.fontSize) / 2;
  const middle = Math.max(half + EDGE - left, Math.min(width / 2, width + right - EDGE - half));
  return textAt(text, middle, height + distance, { ...CAPTION, align: 'center' });
}

/** The axis of a scale: its given ticks, without a title. */
export function axisOf(ticks: readonly Tick[], extra: Spec = {}): Spec {
  const labels = Object.fromEntries(ticks.map(({ value, label }) => [value, label]));
  return {
    title: null,
    values: ticks.map(({ value }) => value),
    labelExpr: `(${JSON.stringify(labels)})[datum.value]`,
    ...extra,
  };
}

/** A picture of exactly this size: layers in the plot inside the margins. */
export function picture(title: string, { width, height }: Size, margins: Margins, layer: readonly Spec[]): Spec {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    description: oneLine(title),
    width: width - margins.left - margins.right,
    height: height - margins.top - margins.bottom,
    padding: margins,
    autosize: { type: 'none' },
    background: '#ffffff',
    layer,
    config: {
      font: FONT,
      aria: false,
      view: { stroke: null },
      axis: {
        ...{ labelColor: LABEL.color, labelFontSize: LABEL.fontSize, labelLimit: 0, labelOverlap: false },
        ...{ labelPadding: 6, gridColor: '#e8e8e8', domainColor: '#8c8c8c', tickColor: '#8c8c8c', tickSize: 4 },
      },
      axisY: { domain: false, ticks: false, grid: true },
      axisX: { grid: false, labelFlush: false },
    },
  };
}
