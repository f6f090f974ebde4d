// What an AudioWorkletGlobalScope has, which TypeScript's browser types leave out.

declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
  constructor();
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
/** Frames a second. */
declare const sampleRate: number;
/** Index of the first frame of the block being rendered. */
declare const currentFrame: number;
