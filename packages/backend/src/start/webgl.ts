import { isSoftware, type Start } from './start.ts';

/** WebGL 2, if it can render to textures of 32-bit floats. */
export async function startWebgl(): Promise<Start> {
  const context = webgl2();
  if (context === null) {
    const reason = 'there is no WebGL 2 here; it needs a page in a browser with hardware acceleration turned on';
    return { possible: false, reason };
  }
  const names = context.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(context.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER));
  const renders32 = context.getExtension('EXT_color_buffer_float') !== null;
  context.getExtension('WEBGL_lose_context')?.loseContext();
  if (!renders32) {
    return { possible: false, reason: `${renderer} has no 32-bit float textures to render to; use wasm` };
  }
  await import('@tensorflow/tfjs-backend-webgl');
  const caution = isSoftware(renderer)
    ? `WebGL is rendered in software here (${renderer}), slower than wasm; turn on hardware acceleration, or ask for webgl`
    : undefined;
  return { possible: true, device: renderer, caution };
}

function webgl2(): WebGL2RenderingContext | null {
  if (typeof OffscreenCanvas !== 'undefined') return new OffscreenCanvas(1, 1).getContext('webgl2');
  if (typeof document !== 'undefined') return document.createElement('canvas').getContext('webgl2');
  return null;
}
