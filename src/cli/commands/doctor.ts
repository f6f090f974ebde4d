// mst doctor: whether this machine has what mst needs, and the fix for what it lacks.

import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { MstError } from '../../core/errors.js';
import { type Context, defineCommand } from '../command.js';
import { count, formatBytes } from '../format.js';
import { CommandFailed } from '../program.js';

/** One line of the report. */
interface Finding {
  readonly name: string;
  /** `missing`: mst works without it. */
  readonly status: 'ok' | 'missing' | 'failed';
  readonly detail: string;
  readonly fix?: string | undefined;
}

export const doctorCommand = defineCommand({
  name: 'doctor',
  usage: '',
  describe: 'Check that this machine has what mst needs, with a fix for what it lacks',
  options: {
    beep: { type: 'flag', describe: 'Beep through the loudspeaker, also where nobody may be listening [default: in a terminal]' },
  },
  async run(context, { beep }) {
    const { output } = context;
    const findings = [
      nodeVersion(process.versions.node),
      cores(),
      memory(),
      ...(await folders(context)),
      ...(await shipped()),
      ...(await playing()),
      await sound(context, beep || (output.mode === 'human' && output.stderr.isTTY === true)),
      ...(await engines()),
    ];
    const healthy = findings.every(({ status }) => status !== 'failed');
    const marks = {
      ok: output.style('green', 'ok     '),
      missing: output.style('yellow', 'missing'),
      failed: output.style('red', 'FAILED '),
    };
    const lines = findings.map(
      ({ name, status, detail, fix }) => `${marks[status]}  ${name}: ${detail}${fix === undefined ? '' : `\n           ${fix}`}`,
    );
    lines.push(healthy ? 'mst can work here.' : 'mst cannot work here before what FAILED is put right.');
    output.result({ healthy, findings }, lines.join('\n'));
    if (!healthy) throw new CommandFailed();
  },
});

/** Whether this Node is new enough (package.json, engines). */
function nodeVersion(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return { name: 'Node', status: 'ok', detail: version };
  return { name: 'Node', status: 'failed', detail: `${version} is too old`, fix: 'Install Node 20.19 or newer: https://nodejs.org' };
}

function cores(): Finding {
  return { name: 'Cores', status: 'ok', detail: String(availableParallelism()) };
}

function memory(): Finding {
  const detail = `${formatBytes(totalmem())}, ${formatBytes(freemem())} free`;
  if (totalmem() >= 1e9) return { name: 'Memory', status: 'ok', detail };
  return {
    name: 'Memory',
    status: 'missing',
    detail,
    fix: 'Training wants 1 GB or more; smaller layers need less: --hparams "rnn_layer_sizes=[64,64]"',
  };
}

async function folders(context: Context): Promise<Finding[]> {
  const { requireWritable } = await import('../../registry/home.js');
  const check = (path: string): void => {
    if (existsSync(path)) requireWritable(path);
  };
  try {
    const { root } = context.home;
    for (const path of [root, ...['datasets', 'checkpoints', 'sessions'].map((name) => join(root, name))]) check(path);
    return [{ name: 'Home', status: 'ok', detail: `${root} can be written` }];
  } catch (error) {
    if (!(error instanceof MstError)) throw error;
    return [{ name: 'Home', status: 'failed', detail: error.message, fix: error.hint }];
  }
}

async function shipped(): Promise<Finding[]> {
  const { packageRoot } = await import('../../registry/package.js');
  const { listModels } = await import('../../registry/models.js');
  const { shippedNames } = await import('../../registry/names.js');
  const { isMusic } = await import('../../pipeline/music-kinds.js');
  const [corpus] = shippedNames.datasets;
  const folder = join(packageRoot, 'datasets', corpus);
  const tunes = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(isMusic).length : 0;
  const model = listModels({ root: packageRoot, shelves: [], shipped: packageRoot }).find(({ where }) => where === 'shipped');
  return [
    tunes > 0
      ? { name: 'Bundled corpus', status: 'ok', detail: `${folder}, ${count(tunes, 'file')}` }
      : { name: 'Bundled corpus', status: 'missing', detail: `there is nothing in ${folder}`, fix: 'Install mst again.' },
    model !== undefined
      ? { name: 'Bundled model', status: 'ok', detail: model.directory }
      : {
          name: 'Bundled model',
          status: 'missing',
          detail: 'this version of mst ships none',
          fix: 'Train your own: mst train --artist NAME PATH…',
        },
  ];
}

/** What a session (`mst session`) finds here: MIDI ports, and the right to keep time before other programs. */
async function playing(): Promise<Finding[]> {
  const { openMidiLibrary } = await import('../../session/ports/midi-library.js');
  const { mayBeRealTime } = await import('../../session/clock/urgency.js');
  const access = openMidiLibrary();
  return [
    'problem' in access
      ? { name: 'MIDI ports', status: 'missing', detail: access.problem, fix: access.hint }
      : { name: 'MIDI ports', status: 'ok', detail: 'can be used' },
    ...(process.platform !== 'linux' ? [] : [realTime(mayBeRealTime())]),
  ];
}

/** Which way a session sounds from this machine itself, tried out, and how late that is. */
async function sound({ current, environment }: Context, beep: boolean): Promise<Finding> {
  const { findSoundFont } = await import('../../audio/soundfont-places.js');
  const { checkSound } = await import('../../session/sound/sound-check.js');
  const name = 'Loudspeaker';
  try {
    const state = await checkSound(findSoundFont(environment.soundFont, current), { beep });
    if (!state.on) return { name, status: 'missing', detail: state.problem, fix: state.hint };
    const late = `${Math.round(state.latency * 1000)} ms`;
    const heard = beep ? '; it has just beeped' : '';
    return { name, status: 'ok', detail: `plays by ${state.name} (${state.through}), ${late} late, which sessions make up for${heard}` };
  } catch (error) {
    if (!(error instanceof MstError)) throw error;
    return { name, status: 'missing', detail: error.message, fix: error.hint };
  }
}

function realTime(granted: boolean): Finding {
  if (granted) return { name: 'Real-time scheduling', status: 'ok', detail: 'granted: sessions keep time whatever else runs' };
  return {
    name: 'Real-time scheduling',
    status: 'missing',
    detail: 'not granted; on a busy machine notes of a session may come some milliseconds late',
    fix: 'Add yourself to the group that may (often `audio`), with "@audio - rtprio 20" in /etc/security/limits.conf; chrt is in util-linux.',
  };
}

/** The engine training would run on, which is the first that works, then the others. */
async function engines(): Promise<Finding[]> {
  const { probeEngines } = await import('../../train/engines.js');
  const reports = await probeEngines();
  const used = reports.find(({ available }) => available);
  const others = reports
    .filter((report) => report !== used)
    .map(
      (report): Finding =>
        report.available
          ? { name: 'Engine', status: 'ok', detail: `${report.description}; works too, with --engine ${report.name}` }
          : { name: 'Engine', status: 'missing', detail: `${report.name}: ${report.reason}`, fix: report.fix },
    );
  const why = `the first of ${reports.map(({ name }) => name).join(', ')} that works here`;
  if (used?.available) return [{ name: 'Engine in use', status: 'ok', detail: `${used.description}; ${why}` }, ...others];
  return [{ name: 'Engine in use', status: 'failed', detail: 'no engine works here', fix: 'Install mst again with `npm ci`.' }, ...others];
}
