export interface Killed {
  readonly sent: number;
  readonly recovered: number;
  readonly lost: number;
  readonly damaged: number;
  readonly recording: string;
}
export function killJam(path: string, options: { after: number; eventsPerSecond: number; grace?: number }): Promise<Killed>;
