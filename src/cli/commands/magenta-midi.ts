// The options of Magenta's program magenta_midi (spec J.1) as what they are in mst session, for whoever has them by heart or in a script.

import { MstError } from '../../core/errors.js';

/** What an option's value is here; may throw MstError `usage`. */
type Spelling = (value: string, option: string) => readonly string[];

const each =
  (option: string, virtual: string): Spelling =>
  (names) =>
    names.split(',').flatMap((name) => (name === virtual ? ['--virtual'] : [`--${option}=${name}`]));

/** Magenta counts channels from 0. */
const channel =
  (option: string): Spelling =>
  (value, name) => {
    if (/^\d+$/.test(value) && Number(value) <= 15) return [`--${option}=${Number(value) + 1}`];
    throw new MstError('usage', `--${name} takes a whole number from 0 to 15, not ${JSON.stringify(value)}.`, {
      hint: `Channels count from 0 here, and from 1 with --${option}.`,
    });
  };

const controller =
  (target: string): Spelling =>
  (number) => [`--cc=${target}=${number}`];

const none =
  (why: string, hint: string): Spelling =>
  (_, option) => {
    throw new MstError('usage', `--${option} is not an option of mst session: ${why}.`, { hint });
  };

const lengths = none('no controller sets lengths', "Use --lengths 4+2 (yours + the model's); Home and End change them.");
const VALUED: Readonly<Record<string, Spelling>> = {
  input_ports: each('input', 'magenta_in'),
  output_ports: each('output', 'magenta_out'),
  bundle_files: (names, option) =>
    names.split(',').flatMap((name) => {
      if (!name.endsWith('.mag')) return [`--model=${name}`];
      throw new MstError('usage', `--${option}: a bundle is imported before it is played with.`, {
        hint: `mst models import ${name} --as NAME, then mst session --model NAME`,
      });
    }),
  playback_channel: channel('model-channel'),
  metronome_channel: channel('click-channel'),
  playback_offset(seconds, option) {
    const milliseconds = -1000 * Number(seconds);
    if (milliseconds >= 0) return milliseconds === 0 ? [] : [`--latency=${milliseconds}`];
    return none('nothing is sent later than its time', 'For outputs that sound late, --latency MS sends everything earlier.')(
      seconds,
      option,
    );
  },
  end_call_control_number: controller('hand-over'),
  panic_control_number: controller('panic'),
  mutate_control_number: controller('mutate'),
  temperature_control_number: controller('temperature'),
  tempo_control_number: controller('tempo'),
  loop_control_number: controller('loop'),
  clock_control_number: none('the MIDI clock itself is followed', 'Use --clock in.'),
  min_listen_ticks_control_number: none('no call is too short', 'Leave it out; --turns phrase answers whatever you play.'),
  max_listen_ticks_control_number: lengths,
  response_ticks_control_number: lengths,
  generator_select_control_number: none('models are switched by a key', 'Name several with --model; the key 1 goes to the next.'),
  state_control_number: none('whose turn it is is not sent', 'The screen shows it, --no-ui tells it in lines, and so does the recording.'),
  log: none('there are no log levels', 'Use --quiet for errors alone; MST_DEBUG=1 shows where they come from.'),
};

/** Options that are there or not; the value is whether. */
const FLAGS: Readonly<Record<string, Spelling>> = {
  enable_metronome: (on) => [`--metronome=${on === 'true' ? 'on' : 'off'}`],
  passthrough: (on) => (on === 'true' ? ['--thru'] : []),
  allow_overlap: (on) => [`--play-over=${on === 'true' ? 'along' : 'interrupt'}`],
  learn_controls: none(
    'one controller is learned at a time',
    'Use --learn temperature (or tempo, hand-over, panic, mutate, loop), then move the controller.',
  ),
};

/** A command line with the options of magenta_midi replaced by those of mst session. @throws MstError `usage` for what there is nothing like */
export function fromMagentaMidi(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  const spelled: string[] = [];
  for (let k = 0; k < args.length; k++) {
    const arg = args[k] as string;
    const [, given = '', value] = (end < 0 || k < end ? /^--([\w-]+)(?:=(.*))?$/s.exec(arg) : null) ?? [];
    const name = given.replaceAll('-', '_');
    const valued = Object.hasOwn(VALUED, name) ? VALUED[name] : undefined;
    const flag = Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined;
    const denied = name.startsWith('no') && Object.hasOwn(FLAGS, name.slice(2)) ? FLAGS[name.slice(2)] : undefined;
    if (valued !== undefined) {
      const next = value ?? args[++k];
      if (next === undefined) throw new MstError('usage', `--${name} needs a value.`, { hint: 'See: mst session --help' });
      spelled.push(...valued(next, name));
    } else if (flag !== undefined) spelled.push(...flag(String(value === undefined || /^(?:1|t|true|y|yes)$/i.test(value)), name));
    else if (denied !== undefined && value === undefined) spelled.push(...denied('false', name.slice(2)));
    else spelled.push(arg);
  }
  return spelled;
}
