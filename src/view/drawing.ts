// A drawing as a list of shapes, each with a role instead of a colour: laid out once, then painted as pixels or written as another format.

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
  | 'label';

/** A filled rectangle. All lengths are pixels, x to the right and y down from the top left corner. */
export interface Box {
  readonly role: Role;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A short text whose top left corner is at (x, y). */
export interface Label {
  readonly role: 'label';
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** Later shapes cover earlier ones. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly (Box | Label)[];
}

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
};
