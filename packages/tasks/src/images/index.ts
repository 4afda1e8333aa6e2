export { type DrawDigitOptions, drawDigit } from './draw-digit.ts';
export { type GeneratedDigitsOptions, generatedDigits } from './generated-digits.ts';
export type { LabelledImages } from './given-images.ts';
export { type IdxArray, readIdx } from './idx.ts';
export { type PixelImagesOptions, pixelImages } from './pixel-images.ts';
export type { PixelOrder } from './pixels.ts';
export { showImage } from './show-image.ts';
