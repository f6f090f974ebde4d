// The command line of magenta_midi, option by option as its flags are defined (spec J.1), and what it is in mst session.
import { describe, expect, it } from 'vitest';
import { fromMagentaMidi } from '../../src/cli/commands/magenta-midi.js';

const spelled = (line: string): string =>
  fromMagentaMidi(['session', ...line.split(' ')])
    .slice(1)
    .join(' ');

describe('a command line of magenta_midi', () => {
  it.each([
    ['--input_ports=Keystation,VMPK', '--input=Keystation --input=VMPK'],
    ['--output_ports FLUID', '--output=FLUID'],
    ['--input_ports=magenta_in --output_ports=magenta_out', '--virtual --virtual'],
    ['--bundle_files=folk,coldplay', '--model=folk --model=coldplay'],
    ['--playback_channel=0 --metronome_channel 9', '--model-channel=1 --click-channel=10'],
    ['--playback_offset=-0.035', '--latency=35'],
    ['--playback_offset 0', ''],
    ['--temperature_control_number=1 --tempo_control_number 2', '--cc=temperature=1 --cc=tempo=2'],
    ['--loop_control_number=3 --mutate_control_number=4', '--cc=loop=3 --cc=mutate=4'],
    ['--panic_control_number=5 --end_call_control_number=6', '--cc=panic=5 --cc=hand-over=6'],
    ['--enable_metronome --passthrough --allow_overlap', '--metronome=on --thru --play-over=along'],
    ['--enable_metronome=false --passthrough=False --allow_overlap=true', '--metronome=off --play-over=along'],
    ['--noenable_metronome --nopassthrough --noallow_overlap', '--metronome=off --play-over=interrupt'],
    ['--panic-control-number=5', '--cc=panic=5'],
    // What is ours, or nobody's, stays.
    ['--qpm 90 --model folk --nonsense', '--qpm 90 --model folk --nonsense'],
    ['-- --input_ports=x', '-- --input_ports=x'],
  ])('%s', (theirs, ours) => {
    expect(spelled(theirs)).toBe(ours);
  });

  it.each([
    ['--clock_control_number=1', '--clock in'],
    ['--max_listen_ticks_control_number=1', '--lengths'],
    ['--response_ticks_control_number 1', '--lengths'],
    ['--min_listen_ticks_control_number=1', '--turns phrase'],
    ['--generator_select_control_number=1', '--model'],
    ['--state_control_number=1', '--no-ui'],
    ['--learn_controls', '--learn'],
    ['--log=DEBUG', '--quiet'],
    ['--playback_offset=0.5', '--latency'],
    ['--bundle_files=basic_rnn.mag', 'mst models import basic_rnn.mag'],
    ['--playback_channel=16', '--model-channel'],
    ['--input_ports', '--help'],
  ])('%s is refused with what there is instead', (theirs, ours) => {
    expect(() => spelled(theirs)).toThrow(expect.objectContaining({ code: 'usage', hint: expect.stringContaining(ours) }));
  });
});
