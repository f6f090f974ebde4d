// A drawing as a list of shapes, each with a role instead of a colour: laid out once, then painted as pixels (raster.ts) or written as
// SVG (svg.ts), which alone has words and curves.

/** What a shape is for; decides its colour. */
export type Role =
  | 'paper'
  | 'white-lane'
  | 'black-lane'
  | 'octave'
  | 'beat'
  | 'bar'
  | 'white-key'
  | 'black-key'
  | 'key-edge'
  | 'note'
  | 'onset'
  | 'label'
  | 'title'
  | 'text'
  | 'quiet'
  | 'rule'
  | 'panel'
  | 'training'
  | 'held-out'
  | 'generated'
  | 'good'
  | 'warning'
  | 'warning-panel'
  | 'bad'
  | TrackRole;

/** Notes of tracks that lie over each other, told apart by colour. */
export type TrackRole = `track-${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7}`;
export const TRACK_ROLES: readonly TrackRole[] = ['track-0', 'track-1', 'track-2', 'track-3', 'track-4', 'track-5', 'track-6', 'track-7'];

/** A filled rectangle. All lengths are pixels, x to the right and y down from the top left corner. */
export interface Box {
  readonly role: Role;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** What it says to those who point at it, in formats that can. */
  readonly hint?: string;
}

/** A short text whose top left corner is at (x, y). */
export interface Label {
  readonly role: 'label';
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** Words whose baseline is at y; x is where they start, end or have their middle. `size` is the height of the font in pixels. */
export interface Text {
  readonly role: Role;
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly size: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly bold?: boolean;
}

/** A line through points, `thickness` pixels wide. */
export interface Curve {
  readonly role: Role;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly thickness: number;
}

/** Later shapes cover earlier ones. */
export interface Drawing<Shape = Box | Label> {
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
}

/** A drawing with words and curves. */
export type Page = Drawing<PageShape>;
export type PageShape = Box | Label | Text | Curve;

/** Red, green and blue, 0..255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** Dark notes on light paper; black keys' lanes a little darker, so that a pitch is found at a glance. */
export const COLOURS: Readonly<Record<Role, Colour>> = {
  paper: [255, 255, 255],
  'white-lane': [252, 252, 253],
  'black-lane': [238, 241, 246],
  octave: [201, 208, 219],
  beat: [224, 228, 236],
  bar: [150, 160, 178],
  'white-key': [255, 255, 255],
  'black-key': [52, 58, 70],
  'key-edge': [190, 197, 208],
  note: [66, 133, 244],
  onset: [23, 78, 166],
  label: [84, 92, 108],
  title: [23, 31, 48],
  text: [51, 60, 77],
  quiet: [100, 109, 125],
  rule: [226, 230, 237],
  panel: [247, 248, 250],
  training: [176, 184, 198],
  'held-out': [66, 133, 244],
  generated: [234, 120, 20],
  good: [24, 128, 70],
  warning: [178, 98, 0],
  'warning-panel': [255, 246, 228],
  bad: [190, 38, 38],
  'track-0': [66, 133, 244],
  'track-1': [234, 120, 20],
  'track-2': [34, 150, 84],
  'track-3': [205, 52, 70],
  'track-4': [132, 84, 200],
  'track-5': [0, 150, 170],
  'track-6': [214, 84, 160],
  'track-7': [138, 104, 62],
};
