// A session in real time: ties the engine to its clock thread, model thread, ports, keys, screen and recording. It decides nothing about
// the music; what the engine says is done, and what happens is told to the engine.

import { MstError } from '../core/errors.js';
import type { Action } from '../jam/action.js';
import type { Control } from '../jam/control.js';
import { Engine } from '../jam/engine.js';
import { encodeLogEntry } from '../jam/log/log.js';
import type { LogEntry } from '../jam/log/log-entry.js';
import { isSilence, readMessage } from '../jam/midi-message.js';
import type { Settings } from '../jam/settings.js';
import { OutputClock } from './clock/output-clock.js';
import { SessionTime } from './clock/session-time.js';
import { FilePlayer } from './file-player.js';
import type { KeyEvent } from './keyboard/key-reader.js';
import { KeyboardPiano, type PianoMessage } from './keyboard/keyboard-piano.js';
import { keyHelp, wishOf } from './keyboard/session-keys.js';
import { beforeDeath, type Mortal } from './last-words.js';
import { ModelHost } from './models/model-host.js';
import { SessionPorts } from './ports/session-ports.js';
import { Recorder } from './recording/recorder.js';
import type { RecordingPlace } from './recording/recordings.js';
import type { ScreenFacts } from './screen/screen.js';
import type { ScreenStyle } from './screen/screen-text.js';
import { type Canvas, SessionScreen } from './screen/session-screen.js';
import { type KeySource, type Picture, Terminal } from './screen/terminal.js';
import type { Origin, SessionPlan, SessionResult } from './session-plan.js';
import { SessionSound } from './sound/session-sound.js';
import { fileStart, TurnWatch } from './turn-watch.js';

/** The process, as far as a session needs it. */
export interface SessionShell {
  readonly keys: KeySource;
  readonly canvas: Picture & Canvas;
  readonly mortal: Mortal;
  /** Ends the session. */
  readonly signal: AbortSignal;
  /** Whether to draw; without, each turn is told in a line. */
  readonly screen: boolean;
  readonly style: ScreenStyle;
  /** A line for a person who has no screen. */
  readonly tell: (text: string) => void;
  /** Something that went wrong although the session goes on. */
  readonly warn: (text: string) => void;
  /** The recording to be made. */
  readonly place: RecordingPlace;
  readonly origin: Origin;
}

/** How often the engine is told the time, in milliseconds; what it sends, it sends ahead. */
const TICK_MS = 10;
/** How long a sentence stands on the screen, in seconds. */
const NOTICE_SECONDS = 8;
/** Notes whose sending is not reported yet; of more the oldest are forgotten. */
const MOST_UNTOLD = 1024;
/** How long the last notes' ends may take to go out, in milliseconds. */
const LAST_NOTES_MS = 200;

/**
 * Plays a session until it ends by itself, by a key, or by the signal.
 * @throws MstError what cannot be opened, before anything sounds; `interrupted` after the signal, when all is put away
 */
export async function playSession(plan: SessionPlan, shell: SessionShell): Promise<SessionResult> {
  const session = new Session(plan, shell);
  try {
    await session.open();
    await session.play();
  } finally {
    await session.close();
  }
  return session.result;
}

class Session {
  readonly #plan: SessionPlan;
  readonly #shell: SessionShell;
  readonly #time = new SessionTime();
  readonly #terminal: Terminal;
  readonly #ports: SessionPorts;
  readonly #host: ModelHost;
  readonly #watch: TurnWatch;
  #clock: OutputClock | undefined;
  #sound: SessionSound | undefined;
  #recorder: Recorder | undefined;
  #engine: Engine | undefined;
  #screen: SessionScreen | undefined;
  #piano: KeyboardPiano | undefined;
  #players: { readonly source: number; readonly player: FilePlayer }[] = [];
  /** Notes of the model and the metronome that nobody has told of yet, by the numbers the clock knows them by. */
  readonly #untold = new Map<number, Extract<Action, { type: 'send' }>>();
  #notice: { readonly text: string; readonly until: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #takeBack: () => void = () => {};
  #over: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | undefined;
  #ended = false;
  #finishing = false;
  #begun = 0;
  #result: SessionResult | undefined;

  constructor(plan: SessionPlan, shell: SessionShell) {
    this.#plan = plan;
    this.#shell = shell;
    const { keys, canvas, screen } = shell;
    this.#watch = new TurnWatch(plan.fileWaits);
    this.#terminal = new Terminal({ keys, picture: canvas, screen, onKey: (key) => this.#guard(() => this.#key(key)) });
    this.#ports = new SessionPorts(() => this.#time.now(), plan.settings.clockIn);
    this.#host = new ModelHost(plan.models, plan.partners, {
      answer: (answer) => this.#guard(() => this.#engine?.answer(this.#time.now(), answer)),
      failed: (error) => this.#say(`${error.message} ${error.hint ?? ''}`),
    });
  }

  get result(): SessionResult {
    if (this.#result === undefined) throw new MstError('engine', 'The session has not ended yet.');
    return this.#result;
  }

  /** Opens everything at once; what only later matters is not waited for. */
  async open(): Promise<void> {
    const { plan, shell } = { plan: this.#plan, shell: this.#shell };
    this.#takeBack = beforeDeath(shell.mortal, () => {
      this.#sound?.kill();
      this.#clock?.silence();
      this.#terminal.close();
      this.#recorder?.closeNow();
    });
    shell.signal.throwIfAborted();
    const starting = OutputClock.start(this.#time, (output, reason) => {
      this.#ports.outputFailed(output);
      this.#say(`An output does not work any more: ${reason}`);
    });
    this.#ports.openInputs(plan.inputs, {
      message: (time, bytes, source) => this.#guard(() => this.#engine?.input(time, bytes, source)),
      lost: (source) => this.#guard(() => this.#engine?.control(this.#time.now(), { type: 'source-lost', source })),
      notice: (text) => this.#say(text),
    });
    const clock = await starting;
    this.#clock = clock;
    clock.setLatency(plan.settings.latency ?? 0);
    await this.#ports.openOutputs(plan, clock, (text) => this.#say(text));
    const sounding = this.#openSound();
    const models = await this.#host.ready;
    const settings = await sounding;
    this.#recorder = new Recorder(shell.place, { onTrouble: (error) => this.#say(error.message) });
    const facts = { models, sources: [...this.#ports.inputs], ...shell.origin };
    this.#engine = new Engine(settings, (action) => this.#act(action), facts);
  }

  /** Opens the loudspeaker where it is to sound, and gives the settings of the session with it. */
  async #openSound(): Promise<Settings> {
    const plan = this.#plan;
    const alone = this.#ports.outputs.length === 0;
    if (alone && plan.speaker === undefined) this.#say('Nothing is heard, though all is recorded: there is no MIDI output.');
    this.#sound = await SessionSound.open(plan, {
      time: this.#time,
      alone,
      hooks: {
        begun: (name) => {
          if (!this.#shell.screen) this.#shell.tell(`Sound comes from the ${name}.`);
        },
        latency: (seconds) => this.#guard(() => this.#control({ type: 'latency', seconds })),
        played: (id, at, dropped) => {
          if (!this.#clockTells) this.#guard(() => this.#wentOut(id, at, dropped));
        },
        notice: (text) => this.#say(text),
      },
    });
    return this.#sound?.settings(plan.settings) ?? plan.settings;
  }

  /** Returns when the session is over. */
  async play(): Promise<void> {
    const { signal, screen, canvas, style, tell } = this.#shell;
    const over = new Promise<void>((resolve, reject) => {
      this.#over = { resolve, reject };
    });
    const stop = (): void => this.#guard(() => this.#control({ type: 'stop' }));
    signal.addEventListener('abort', stop);
    this.#begin();
    // How the terminal tells of keys is known a moment later; the first frame need not wait for it.
    void this.#terminal.open().then(() => {
      this.#piano = new KeyboardPiano({ noteEnds: this.#terminal.tellsReleases ? 'release' : this.#plan.noteEnds });
    });
    if (screen) {
      this.#screen = new SessionScreen(canvas, style, (columns) => ({ status: this.#status(), facts: this.#facts(columns) }));
      this.#screen.start();
    } else {
      tell(`Ready. In: ${this.#ports.inputs.join(', ') || 'nothing'}. Out: ${this.#outputs.join(', ') || 'nothing'}.`);
    }
    if (signal.aborted) stop();
    try {
      await over;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Ends every note and puts everything away. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#ended = true;
    const silent = this.#sound?.end();
    this.#screen?.stop();
    this.#ports.close();
    const until = performance.now() + LAST_NOTES_MS;
    while ((this.#clock?.pending ?? 0) > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 2));
    await silent;
    await this.#clock?.end();
    this.#terminal.close();
    const recorded = await this.#recorder?.close();
    await this.#host.end();
    this.#takeBack();
    if (this.#engine === undefined || recorded === undefined) return;
    const { answers } = this.#status();
    this.#result = {
      file: this.#recorder?.path ?? '',
      seconds: this.#time.now() - this.#begun,
      answers: answers.turns,
      missed: answers.missed,
      lost: recorded.lost,
    };
  }

  #begin(): void {
    const { inputs, learn } = this.#plan;
    this.#begun = this.#time.now();
    this.#engine?.begin(this.#begun);
    const start = fileStart(this.#plan.settings, this.#watch.firstBeat ?? this.#begun);
    this.#players = inputs.flatMap((input) =>
      input.kind === 'file' ? [{ source: this.#ports.sources.get(input) ?? 0, player: new FilePlayer(input.messages, start) }] : [],
    );
    this.#watch.onFlow = (flows, time) => this.#letFilesPlay(flows, time);
    if (!this.#watch.flows) this.#letFilesPlay(false, this.#begun);
    if (learn !== null) this.#control({ type: 'learn', target: learn });
    this.#tick();
  }

  #tick(): void {
    this.#guard(() => {
      const now = this.#time.now();
      this.#playFiles(now);
      this.#hear(this.#piano?.advance(now) ?? []);
      this.#engine?.advance(now);
      this.#report();
    });
    if (!this.#ended) this.#timer = setTimeout(() => this.#tick(), TICK_MS);
  }

  #playFiles(now: number): void {
    for (const { source, player } of this.#players) player.advance(now, (time, bytes) => this.#engine?.input(time, bytes, source));
    const { inputs } = this.#plan;
    if (this.#finishing || this.#players.length === 0 || this.#players.length < inputs.length) return;
    if (!this.#players.every(({ player }) => player.over)) return;
    this.#finishing = true;
    this.#engine?.control(now, { type: 'finish' });
  }

  /** Files may have to wait. What they let go of is told after the engine is done with what made them. */
  #letFilesPlay(flows: boolean, time: number): void {
    for (const { source, player } of this.#players) {
      if (flows) player.resume(time);
      else player.wait(time, (at, bytes) => queueMicrotask(() => this.#guard(() => this.#engine?.input(at, bytes, source))));
    }
  }

  /** Whether the clock tells what became of notes; what the loudspeaker alone plays, it tells itself. */
  get #clockTells(): boolean {
    return this.#sound === undefined || this.#ports.outputs.length > 0;
  }

  #report(): void {
    const { latency = 0 } = this.#plan.settings;
    this.#clock?.drain(({ id, sent, dropped }) => {
      if (this.#clockTells) this.#wentOut(id, sent + latency, dropped);
    });
  }

  /** Tells the engine when first notes went out, and which notes did not. */
  #wentOut(id: number, time: number, dropped: boolean): void {
    const note = this.#untold.get(id);
    if (note === undefined) return;
    this.#untold.delete(id);
    const now = this.#time.now();
    if (dropped) this.#engine?.dropped(now, { ...note, due: note.time });
    else if (note.first !== undefined) this.#engine?.sent(now, note.first, Math.max(0, time));
  }

  #act(action: Action): void {
    const clock = this.#clock as OutputClock;
    switch (action.type) {
      case 'send': {
        const { time, voice, bytes } = action;
        // With a loudspeaker you are always heard there; at MIDI outputs, only where that was asked for.
        const id = voice === 'you' && !this.#plan.settings.thru && !isSilence(bytes) ? 0 : clock.schedule(time, voice, bytes);
        const tells = (voice === 'model' || voice === 'click') && readMessage(bytes).type === 'note-on';
        this.#sound?.schedule(time, voice, bytes, tells ? id : undefined);
        if (!tells) return;
        this.#untold.set(id, action);
        const [oldest] = this.#untold.keys();
        if (this.#untold.size > MOST_UNTOLD && oldest !== undefined) this.#untold.delete(oldest);
        return;
      }
      case 'cancel':
        clock.cancel(action.voice, action.from);
        this.#sound?.cancel(action.voice, action.from);
        return;
      case 'ask':
        this.#host.ask(action.job);
        return;
      case 'log':
        this.#log(action.entry);
        return;
      case 'ended':
        this.#ended = true;
        this.#over?.resolve();
    }
  }

  #log(entry: LogEntry): void {
    this.#recorder?.add(encodeLogEntry(entry).trimEnd());
    if (entry.type === 'turn' || entry.type === 'end') this.#recorder?.sync();
    const line = this.#watch.hear(entry);
    if (line !== undefined && !this.#shell.screen) this.#shell.tell(line);
  }

  #key(key: KeyEvent): void {
    if (this.#engine === undefined || this.#ended) return;
    const now = this.#time.now();
    const wish = wishOf(key, { status: this.#engine.status(now), models: this.#plan.partners });
    if (wish?.type === 'octave') this.#piano?.shift(wish.by);
    else if (wish !== undefined) this.#control(wish);
    else this.#hear(this.#piano?.key(key, now) ?? []);
  }

  #control(control: Control): void {
    // The engine ends what it knows of; the clock everything. Not where other machines follow our beat: ticks on their way would be lost.
    if (control.type === 'panic') {
      this.#sound?.silence();
      if (!this.#plan.settings.clockOut) this.#clock?.silence();
    }
    try {
      this.#engine?.control(this.#time.now(), control);
    } catch (error) {
      if (!(error instanceof MstError)) throw error;
      this.#say(error.message);
    }
  }

  /** What the computer keyboard plays, where it is a piano. */
  #hear(messages: readonly PianoMessage[]): void {
    const keyboard = this.#plan.inputs.find(({ kind }) => kind === 'keyboard');
    const source = keyboard && this.#ports.sources.get(keyboard);
    if (source === undefined) return;
    for (const { time, bytes } of messages) this.#engine?.input(time, bytes, source);
  }

  /** What sounds. */
  get #outputs(): readonly string[] {
    const loudspeaker = this.#sound?.name;
    return loudspeaker === undefined ? this.#ports.outputs : [...this.#ports.outputs, loudspeaker];
  }

  #status(): ReturnType<Engine['status']> {
    return (this.#engine as Engine).status(this.#time.now());
  }

  #facts(columns: number): ScreenFacts {
    const now = this.#time.now();
    const notice = this.#notice !== undefined && this.#notice.until > now ? this.#notice.text : null;
    const { inputs } = this.#ports;
    return { now, inputs, outputs: this.#outputs, file: this.#recorder?.path ?? null, notice, help: keyHelp(columns) };
  }

  #say(text: string): void {
    this.#notice = { text, until: this.#time.now() + NOTICE_SECONDS };
    if (this.#screen === undefined) this.#shell.warn(text);
  }

  /** An error in the midst of playing ends the session, in order. */
  #guard(act: () => void): void {
    if (this.#ended && this.#over !== undefined) return;
    try {
      act();
    } catch (error) {
      this.#ended = true;
      this.#over?.reject(error);
    }
  }
}
